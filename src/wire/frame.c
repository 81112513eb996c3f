#include "wire/frame.h"

#include "wire/limits.h"

enum frame_state frame_next(const uint8_t *bytes, size_t available, size_t length_max,
                            const uint8_t **message, size_t *message_length) {
    if (available < FRAME_HEADER_BYTES) {
        return FRAME_PARTIAL;
    }
    size_t length = (size_t)bytes[0] << 24 | (size_t)bytes[1] << 16 | (size_t)bytes[2] << 8 | bytes[3];
    *message = bytes + FRAME_HEADER_BYTES;
    *message_length = length;
    if (length > length_max) {
        return FRAME_TOO_LONG;
    }
    return available - FRAME_HEADER_BYTES < length ? FRAME_PARTIAL : FRAME_COMPLETE;
}

void frame_write_header(uint8_t header[FRAME_HEADER_BYTES], size_t length) {
    header[0] = (uint8_t)(length >> 24);
    header[1] = (uint8_t)(length >> 16);
    header[2] = (uint8_t)(length >> 8);
    header[3] = (uint8_t)length;
}
