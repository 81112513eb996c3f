#include "base/log_gap.h"

#include <string.h>

static void note_end(struct log_gap *gap, const char *bytes, size_t written) {
    gap->is_torn = written > 0 ? bytes[written - 1] != '\n' : gap->is_torn;
}

void log_gap_widen(struct log_gap *gap, const char *lines, size_t length, size_t written) {
    note_end(gap, lines, written);
    for (const char *end = lines + length, *from = lines + written;
         (from = memchr(from, '\n', (size_t)(end - from))) != NULL; from++) {
        gap->lines++;
    }
}

size_t log_gap_tell(const struct log_gap *gap, log_gap_line *tell_lost, char told[LOG_LINE_BYTES_MAX + 1]) {
    size_t length = 0;
    if (gap->is_torn) { // the fragment stays alone on its line
        told[length++] = '\n';
    }
    return length + tell_lost(gap->lines, gap->failure, told + length);
}

bool log_gap_told(struct log_gap *gap, const char *told, size_t length, size_t written) {
    note_end(gap, told, written);
    if (written == length) {
        *gap = (struct log_gap){0};
    }
    return written == length;
}
