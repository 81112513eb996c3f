// Whatever comes, in whatever pieces, is cut into the same frames, with no byte behind touched.
#include "fuzz.h"

#include "wire/frame.h"

#include <stdlib.h>
#include <string.h>

enum { LENGTH_MAX = 64 };

static enum frame_state look(const uint8_t *bytes, size_t length, const uint8_t **message, size_t *size) {
    enum frame_state state = frame_next(bytes, length, LENGTH_MAX, message, size);
    if (state == FRAME_COMPLETE) {
        must_hold(*size <= LENGTH_MAX && *message == bytes + FRAME_HEADER_BYTES &&
                      FRAME_HEADER_BYTES + *size <= length,
                  "a frame lies within what came");
    }
    return state;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    const uint8_t *message = NULL;
    size_t size = 0;
    enum frame_state whole = look(bytes, length, &message, &size);
    for (size_t cut = 0; cut < length && cut < 2 * LENGTH_MAX; cut++) { // no piece of it says otherwise
        uint8_t *piece = malloc(cut + 1);
        must_hold(piece != NULL, "memory");
        memcpy(piece, bytes, cut);
        const uint8_t *part_message = NULL;
        size_t part_size = 0;
        enum frame_state part = look(piece, cut, &part_message, &part_size);
        must_hold(part == FRAME_PARTIAL || (part == whole && part_size == size), "a piece says the same");
        free(piece);
    }
    return 0;
}
