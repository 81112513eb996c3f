// Frames: a 4-byte big-endian length, followed by that many bytes. Bytes in, values out; does no input or
// output.
#ifndef QUINIELA_WIRE_FRAME_H
#define QUINIELA_WIRE_FRAME_H

#include "base/error.h"
#include "wire/limits.h"

#include <stddef.h>
#include <stdint.h>

enum frame_state {
    FRAME_PARTIAL,  // more bytes are needed
    FRAME_COMPLETE, // *message and *message_length describe it
    FRAME_TOO_LONG, // the length is over the limit: the stream is lost
};

// Examines the first frame in `bytes`. `length_max` is the longest message allowed. If the frame is complete,
// *message points into `bytes`, and the frame takes FRAME_HEADER_BYTES + *message_length of them. If it is
// too long, *message_length is the length it claimed.
enum frame_state frame_next(const uint8_t *bytes, size_t available, size_t length_max,
                            const uint8_t **message, size_t *message_length);

// Writes the header of a message of `length` bytes.
void frame_write_header(uint8_t header[FRAME_HEADER_BYTES], size_t length);

#endif
