#include "bench/payload.h"

#include "bench/interrupt.h"
#include "bet/bet.h"
#include "bet/errors.h"
#include "bet/limits.h"
#include "wire/json_text.h"
#include "wire/message.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void payload_init(struct payload *payload) {
    *payload = (struct payload){0};
}

void payload_free(struct payload *payload) {
    free(payload->text);
    free(payload->text_starts);
    free(payload->json);
    free(payload->json_starts);
    payload_init(payload);
}

// Making a payload can take long. So whatever does something for each bet asks this each time.
static bool may_go_on(struct error *error) {
    return !bench_interrupted() || error_set(error, ERROR_SHUTTING_DOWN, "interrupted");
}

static bool make_room(struct payload *payload, size_t length, struct error *error) {
    if (payload->text_max - payload->text_length < length) {
        size_t room = 2 * payload->text_max + length + BET_TEXT_BYTES_MAX;
        char *text = realloc(payload->text, room);
        if (text == NULL) {
            return error_set(error, ERROR_NO_MEMORY, "no memory for %zu bytes of bets", room);
        }
        payload->text = text;
        payload->text_max = room;
    }
    if (payload->count == payload->count_max) {
        uint64_t room = 2 * payload->count_max + 1024;
        size_t *starts = reallocarray(payload->text_starts, room + 1, sizeof *starts);
        if (starts == NULL) {
            return error_set(error, ERROR_NO_MEMORY, "no memory for %" PRIu64 " bets", room);
        }
        payload->text_starts = starts;
        payload->count_max = room;
    }
    return true;
}

bool payload_add(struct payload *payload, const char *text, size_t length, struct error *error) {
    if (!may_go_on(error) || !make_room(payload, length + 1, error)) {
        return false;
    }
    payload->text_starts[payload->count++] = payload->text_length;
    memcpy(payload->text + payload->text_length, text, length);
    payload->text_length += length;
    payload->text[payload->text_length++] = '\n';
    payload->text_starts[payload->count] = payload->text_length;
    return true;
}

static bool add_lines(struct payload *payload, FILE *file, struct error *error) {
    char *line = NULL;
    size_t room = 0;
    ssize_t length;
    bool good = true;
    while (good && (length = getline(&line, &room, file)) >= 0) {
        size_t kept = (size_t)length;
        kept -= kept > 0 && line[kept - 1] == '\n';
        kept -= kept > 0 && line[kept - 1] == '\r';
        good = payload_add(payload, line, kept, error);
    }
    free(line);
    return good;
}

bool payload_add_file(struct payload *payload, const char *path, struct error *error) {
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        return may_go_on(error) && error_set_system(error, errno, "%.150s: cannot open", path);
    }
    errno = 0;
    bool good = add_lines(payload, file, error);
    if (good && ferror(file)) {
        good = may_go_on(error) && error_set_system(error, errno, "%.150s: cannot read", path);
    }
    fclose(file);
    return good;
}

bool payload_repeat(struct payload *payload, uint64_t count, struct error *error) {
    uint64_t distinct = payload->count;
    if (distinct == 0) {
        return error_set(error, ERROR_BAD_SETTING, "the payload has no bets");
    }
    while (payload->count < count) {
        uint64_t source = payload->count % distinct;
        size_t length = payload->text_starts[source + 1] - payload->text_starts[source];
        // Make room first, then read the source: making room may move the text.
        if (!make_room(payload, length, error) ||
            !payload_add(payload, payload->text + payload->text_starts[source], length - 1, error)) {
            return false;
        }
    }
    return true;
}

static bool check_bet(const struct payload *payload, uint64_t index, struct error *error) {
    struct bet bet;
    struct error reason;
    size_t length = payload->text_starts[index + 1] - payload->text_starts[index] - 1;
    if (bet_parse(payload->text + payload->text_starts[index], length, &bet, &reason)) {
        return true;
    }
    return error_set(error, ERROR_BAD_BET, "bet %" PRIu64 " of the payload: %.180s", index + 1, reason.text);
}

static size_t json_bytes(const struct payload *payload, uint64_t index) {
    return message_bet_bytes(payload->text + payload->text_starts[index],
                             payload->text_starts[index + 1] - payload->text_starts[index] - 1);
}

bool payload_prepare(struct payload *payload, struct error *error) {
    size_t total = 0;
    for (uint64_t i = 0; i < payload->count; i++) {
        if (!may_go_on(error) || !check_bet(payload, i, error)) {
            return false;
        }
        total += json_bytes(payload, i);
    }
    payload->json = malloc(total + 1);
    payload->json_starts = malloc((payload->count + 1) * sizeof *payload->json_starts);
    if (payload->json == NULL || payload->json_starts == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for %zu bytes of prepared bets", total);
    }
    char *out = payload->json;
    for (uint64_t i = 0; i < payload->count; i++) {
        if (!may_go_on(error)) {
            return false;
        }
        payload->json_starts[i] = (size_t)(out - payload->json);
        out = json_ascii_write(out, payload->text + payload->text_starts[i],
                               payload->text_starts[i + 1] - payload->text_starts[i] - 1);
        *out++ = ',';
    }
    payload->json_starts[payload->count] = (size_t)(out - payload->json);
    return true;
}

uint64_t payload_place(const struct payload *payload, uint64_t wanted, uint64_t count) {
    uint64_t place = wanted % payload->count;
    return place + count <= payload->count ? place : 0;
}
