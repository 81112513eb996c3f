#include "report/tally.h"

#include <string.h>

static void cut(char to[TALLY_TEXT_BYTES], struct slice text) {
    size_t length = text.length < TALLY_TEXT_BYTES - 1 ? text.length : TALLY_TEXT_BYTES - 1;
    memset(to, 0, TALLY_TEXT_BYTES);
    if (text.text != NULL) {
        memcpy(to, text.text, length);
    }
}

static bool is_one(const struct tally_row *row, const struct tally_row *other) {
    return memcmp(row->what, other->what, TALLY_TEXT_BYTES) == 0 &&
           memcmp(row->reason, other->reason, TALLY_TEXT_BYTES) == 0 &&
           memcmp(row->agency, other->agency, TALLY_TEXT_BYTES) == 0;
}

void tally_add(struct tally *tally, struct slice what, struct slice reason, struct slice agency,
               uint64_t times, int64_t at) {
    struct tally_row added = {.count = times, .first = at, .last = at};
    cut(added.what, what);
    cut(added.reason, reason);
    cut(added.agency, agency);
    for (size_t i = 0; i < tally->count; i++) {
        struct tally_row *row = &tally->rows[i];
        if (is_one(row, &added)) {
            row->count += times;
            row->first = at < row->first ? at : row->first;
            row->last = at > row->last ? at : row->last;
            return;
        }
    }
    if (tally->count < TALLY_ROWS) {
        tally->rows[tally->count++] = added;
    } else {
        tally->more += times;
    }
}
