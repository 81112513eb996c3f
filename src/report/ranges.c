#include "report/ranges.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

// The last range stands at the end of the text, from `length` on, and is written again when it grows.
void ranges_add(struct ranges *ranges, uint64_t first, uint64_t last) {
    ranges->numbers += first > last ? 0 : last - first + 1;
    if (first > last || ranges->count > RANGES_MAX) {
        return;
    }
    if (ranges->count == 0 || first != ranges->last + 1) {
        ranges->length = strlen(ranges->text);
        ranges->first = first;
        ranges->count++;
    }
    ranges->last = last;
    const char *comma = ranges->count == 1 ? "" : ", ";
    char *to = ranges->text + ranges->length;
    size_t room = sizeof ranges->text - ranges->length;
    if (ranges->count > RANGES_MAX) {
        snprintf(to, room, ", …");
    } else if (ranges->first == last) {
        snprintf(to, room, "%s%" PRIu64, comma, last);
    } else {
        snprintf(to, room, "%s%" PRIu64 "–%" PRIu64, comma, ranges->first, last);
    }
}
