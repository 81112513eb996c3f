#include "ledger/seal_lists.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

enum { LINE_BYTES = 256 };

// An entry's line: of one agency, or of several in a row that have no bets.
struct entry {
    char line[LINE_BYTES];
    bool is_one; // it is the line of an entry
    uint32_t from, to;
    char state[16];
    uint64_t count;
    char root[64];
};

static bool read_entry(FILE *file, struct entry *entry) {
    if (fgets(entry->line, sizeof entry->line, file) == NULL) {
        return false;
    }
    entry->count = 0;
    entry->root[0] = '\0';
    if (sscanf(entry->line, "{\"agencies\":[%" SCNu32 ",%" SCNu32 "],\"state\":\"%15[a-z]\"", &entry->from,
               &entry->to, entry->state) == 3) {
        entry->is_one = true;
    } else {
        entry->is_one = sscanf(entry->line,
                               "{\"agency\":%" SCNu32 ",\"state\":\"%15[a-z]\",\"count\":%" SCNu64
                               ",\"root\":\"%63[^\"]\"",
                               &entry->from, entry->state, &entry->count, entry->root) == 4;
        entry->to = entry->from;
    }
    return true;
}

static bool next_entry(FILE *file, struct entry *entry) {
    while (read_entry(file, entry)) {
        if (entry->is_one) {
            return true;
        }
        if (strcmp(entry->line, "],\n") == 0) { // what follows was set aside
            return false;
        }
    }
    return false;
}

static bool same(const struct entry *one, const struct entry *other) {
    return strcmp(one->state, other->state) == 0 && one->count == other->count &&
           strcmp(one->root, other->root) == 0;
}

static void tell(const struct entry *kept, const struct entry *made, char text[SEAL_LISTS_TEXT_BYTES]) {
    uint32_t agency = kept->from > made->from ? kept->from : made->from;
    const char *how = kept->count != made->count              ? ""
                      : strcmp(kept->state, made->state) != 0 ? ""
                                                              : ", but others";
    snprintf(text, SEAL_LISTS_TEXT_BYTES,
             "agency %" PRIu32 " was sealed with %" PRIu64 " bets, %s, and now has %" PRIu64 ", %s%s", agency,
             kept->count, kept->state, made->count, made->state, how);
}

// Has the entry tell of the agencies behind `agency` only. False when that is none.
static bool go_behind(FILE *file, struct entry *entry, uint32_t agency) {
    if (entry->to > agency) {
        entry->from = agency + 1;
        return true;
    }
    return next_entry(file, entry);
}

void seal_lists_compare(FILE *kept, FILE *made, char text[SEAL_LISTS_TEXT_BYTES]) {
    struct entry here, there;
    text[0] = '\0';
    rewind(kept);
    rewind(made);
    bool is_here = next_entry(kept, &here), is_there = next_entry(made, &there);
    while (is_here && is_there) {
        if (!same(&here, &there)) {
            tell(&here, &there, text);
            return;
        }
        uint32_t agency = here.to < there.to ? here.to : there.to;
        is_here = go_behind(kept, &here, agency);
        is_there = go_behind(made, &there, agency);
    }
}
