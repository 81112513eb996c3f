// Whatever a board is asked is refused with a reason, or says which agencies, and which event.
// The input's lines are the arguments state, after and limit, and the id of the last event; an empty one is
// not given.
#include "fuzz.h"

#include "board/arguments.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINES = 4 };

static const char epoch[] = "0123456789abcdef";

// Cuts the text into lines; NULL for one that is empty or is not there.
static void cut(char *text, const char *lines[LINES]) {
    for (size_t i = 0; i < LINES; i++) {
        char *line = strsep(&text, "\n");
        lines[i] = line == NULL || line[0] == '\0' ? NULL : line;
    }
}

static bool is_number(const char *text, uint64_t number) {
    char written[32];
    snprintf(written, sizeof written, "%llu", (unsigned long long)number);
    return strcmp(text, written) == 0;
}

static void check_agencies(const char *state, const char *after, const char *limit) {
    struct agencies_wanted wanted;
    struct error error;
    if (!agencies_wanted_read(state, after, limit, &wanted, &error)) {
        must_hold(strstr(error.text, ": ") != NULL, "a refusal names the argument, and has its reason");
        return;
    }
    must_hold(wanted.limit >= 1 && wanted.limit <= AGENCIES_LISTED_MAX, "a list has its limit");
    must_hold(after == NULL ? wanted.after == 0 : is_number(after, wanted.after), "after is as written");
    must_hold(limit == NULL || is_number(limit, wanted.limit), "the limit is as written");
    must_hold((state == NULL) == (!wanted.is_missing && !wanted.has_state), "a state is one, if given");
    must_hold(!wanted.has_state || strcmp(board_state_name(wanted.state), state) == 0, "it is as written");
}

static void check_event(const char *id) {
    char written[EVENT_ID_BYTES];
    uint64_t version;
    if (id != NULL && event_id_read(id, epoch, &version)) {
        event_id_write(epoch, version, written);
        must_hold(strcmp(written, id) == 0, "an id is written as it was read");
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    char *text = strndup((const char *)bytes, length);
    const char *lines[LINES];
    if (text != NULL) {
        cut(text, lines);
        check_agencies(lines[0], lines[1], lines[2]);
        check_event(lines[3]);
        free(text);
    }
    return 0;
}
