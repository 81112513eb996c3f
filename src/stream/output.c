#include "stream/output.h"

#include "base/memory.h"

#include <assert.h>
#include <string.h>

enum {
    SEGMENT_BYTES_MIN = 192,  // room for a few small answers
    SEGMENT_BYTES_MAX = 4096, // small answers share a segment; a long one has one of its own length
};

struct output_segment {
    struct output_segment *next;
    const uint8_t *bytes; // its own, or stored elsewhere
    size_t sent, length;
    size_t capacity; // of `own`
    uint8_t *taken;  // to free, or NULL
    uint8_t own[];
};

// Adds an empty segment with room for `capacity` bytes of its own.
static struct output_segment *add_segment(struct output *output, size_t capacity) {
    struct output_segment *segment = memory_allocate(sizeof *segment + capacity);
    if (segment == NULL) {
        return NULL;
    }
    *segment = (struct output_segment){.bytes = segment->own, .capacity = capacity};
    *(output->last == NULL ? &output->first : &output->last->next) = segment;
    output->last = segment;
    output->kept += sizeof *segment + capacity;
    return segment;
}

// Makes room in a segment of the output's own. Each new one is larger, so that many small answers need few.
static struct output_segment *room_for(struct output *output, size_t length) {
    struct output_segment *last = output->last;
    if (last != NULL && last->capacity > 0 && last->capacity - last->length >= length) {
        return last;
    }
    size_t capacity = last == NULL ? SEGMENT_BYTES_MIN : last->capacity * 4 + SEGMENT_BYTES_MIN;
    capacity = capacity < SEGMENT_BYTES_MAX ? capacity : SEGMENT_BYTES_MAX;
    return add_segment(output, capacity < length ? length : capacity);
}

bool output_copy(struct output *output, const uint8_t *bytes, size_t length) {
    if (length == 0) {
        return true;
    }
    struct output_segment *segment = room_for(output, length);
    if (segment == NULL) {
        return false;
    }
    memcpy(segment->own + segment->length, bytes, length);
    segment->length += length;
    output->unsent += length;
    return true;
}

// Adds a segment for bytes stored elsewhere. NULL when there is no memory.
static struct output_segment *add_elsewhere(struct output *output, const uint8_t *bytes, size_t length) {
    struct output_segment *segment = add_segment(output, 0);
    if (segment != NULL) {
        segment->bytes = bytes;
        segment->length = length;
        output->unsent += length;
    }
    return segment;
}

bool output_refer(struct output *output, const uint8_t *bytes, size_t length) {
    return length == 0 || add_elsewhere(output, bytes, length) != NULL;
}

bool output_take(struct output *output, uint8_t *bytes, size_t length) {
    struct output_segment *segment = length == 0 ? NULL : add_elsewhere(output, bytes, length);
    if (segment == NULL) {
        memory_free(bytes);
        return length == 0;
    }
    segment->taken = bytes;
    output->kept += length;
    return true;
}

void output_move(struct output *output, struct output *from) {
    if (from->first == NULL) {
        return;
    }
    *(output->last == NULL ? &output->first : &output->last->next) = from->first;
    output->last = from->last;
    output->unsent += from->unsent;
    output->kept += from->kept;
    *from = (struct output){0};
}

const uint8_t *output_first(const struct output *output, size_t most, size_t *length) {
    const struct output_segment *first = output->first;
    if (first == NULL) {
        *length = 0;
        return NULL;
    }
    *length = first->length - first->sent < most ? first->length - first->sent : most;
    return first->bytes + first->sent;
}

const uint8_t *output_gather(const struct output *output, uint8_t *room, size_t most, size_t *length) {
    const uint8_t *bytes = output_first(output, most, length);
    if (*length == most || *length == output->unsent) {
        return bytes;
    }
    *length = 0;
    for (const struct output_segment *segment = output->first; segment != NULL && *length < most;
         segment = segment->next) {
        size_t part = segment->length - segment->sent;
        part = part < most - *length ? part : most - *length;
        memcpy(room + *length, segment->bytes + segment->sent, part);
        *length += part;
    }
    return room;
}

static size_t kept_by(const struct output_segment *segment) {
    return sizeof *segment + segment->capacity + (segment->taken == NULL ? 0 : segment->length);
}

static void drop_first(struct output *output) {
    struct output_segment *first = output->first;
    output->first = first->next;
    output->last = first->next == NULL ? NULL : output->last;
    output->kept -= kept_by(first);
    memory_free(first->taken);
    memory_free(first);
}

void output_sent(struct output *output, size_t length) {
    assert(length <= output->unsent);
    output->unsent -= length;
    while (length > 0) {
        struct output_segment *first = output->first;
        size_t part = first->length - first->sent < length ? first->length - first->sent : length;
        first->sent += part;
        length -= part;
        if (first->sent == first->length) {
            drop_first(output);
        }
    }
}

void output_free(struct output *output) {
    while (output->first != NULL) {
        drop_first(output);
    }
    output->unsent = 0;
}

void output_free_rest(struct output *output) {
    struct output_segment *first = output->first;
    if (first != NULL) {
        struct output rest = {.first = first->next};
        output_free(&rest);
        first->next = NULL;
        output->last = first;
        output->unsent = first->length - first->sent;
        output->kept = kept_by(first);
    }
}
