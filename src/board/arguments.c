#include "board/arguments.h"

#include "wire/control_line.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { DIGITS_MAX = 19 }; // of a number that 64 bits surely hold

// Digits alone, without zeros before them.
static bool read_number(const char *text, uint64_t least, uint64_t most, uint64_t *number) {
    size_t length = strspn(text, "0123456789");
    *number = 0;
    if (length == 0 || length > DIGITS_MAX || text[length] != '\0' || (text[0] == '0' && length > 1)) {
        return false;
    }
    for (size_t i = 0; i < length; i++) {
        *number = 10 * *number + (uint64_t)(text[i] - '0');
    }
    return *number >= least && *number <= most;
}

static bool read_state(const char *text, struct agencies_wanted *wanted, struct error *error) {
    if (text == NULL) {
        return true;
    }
    wanted->is_missing = strcmp(text, "missing") == 0;
    wanted->has_state = board_state_parse(text, &wanted->state);
    return wanted->is_missing || wanted->has_state ||
           error_set(error, ERROR_BAD_ORDER,
                     "state: it is missing, waiting, sending, silent, finished, told or cut_off");
}

bool agencies_wanted_read(const char *state, const char *after, const char *limit,
                          struct agencies_wanted *wanted, struct error *error) {
    uint64_t after_number = 0, limit_number = AGENCIES_LISTED;
    *wanted = (struct agencies_wanted){.is_missing = false};
    if (!read_state(state, wanted, error)) {
        return false;
    }
    if (after != NULL && !read_number(after, 0, UINT32_MAX, &after_number)) {
        return error_set(error, ERROR_BAD_ORDER, "after: it is the number of an agency, or 0");
    }
    if (limit != NULL && !read_number(limit, 1, AGENCIES_LISTED_MAX, &limit_number)) {
        return error_set(error, ERROR_BAD_ORDER, "limit: it is a number from 1 to %d", AGENCIES_LISTED_MAX);
    }
    wanted->after = (uint32_t)after_number;
    wanted->limit = (uint32_t)limit_number;
    return true;
}

bool event_id_read(const char *id, const char *epoch, uint64_t *version) {
    size_t length = strlen(epoch);
    return strncmp(id, epoch, length) == 0 && id[length] == '-' &&
           read_number(id + length + 1, 0, UINT64_MAX, version);
}

void event_id_write(const char *epoch, uint64_t version, char id[EVENT_ID_BYTES]) {
    snprintf(id, EVENT_ID_BYTES, "%s-%" PRIu64, epoch, version);
}
