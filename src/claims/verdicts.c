#include "claims/verdicts.h"

#include "base/utf8.h"
#include "bet/errors.h"
#include "claims/visible.h"
#include "seal/errors.h"
#include "wire/json_writer.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum {
    WHAT_CHARACTERS_MAX = 200,
    WHY_CHARACTERS_MAX = 1000,
    CHARACTER_BYTES_MAX = 10, // "\U0010ffff"
    WHY_BYTES = 4 * WHY_CHARACTERS_MAX + 8,
};

// Foreign text ----------------------------------------------------------------------------------------------

// Writes the first character of `text` as it may be shown. Returns its length there.
static size_t show_character(const char *text, size_t length, char shown[CHARACTER_BYTES_MAX + 1]) {
    uint32_t character = 0;
    size_t bytes = utf8_character(text, length, &character);
    if (bytes == 0) {
        snprintf(shown, CHARACTER_BYTES_MAX + 1, "\\x%02x", (unsigned char)*text);
    } else if (visible(character)) {
        snprintf(shown, CHARACTER_BYTES_MAX + 1, "%.*s", (int)bytes, text);
    } else {
        snprintf(shown, CHARACTER_BYTES_MAX + 1, character < 0x10000 ? "\\u%04x" : "\\U%08x",
                 (unsigned)character);
    }
    return bytes == 0 ? 1 : bytes;
}

// A copy of the text that can do no harm where it is shown, cut after `max` characters. NULL without memory.
static char *harmless(const char *text, size_t max) {
    static const char dots[] = "\xE2\x80\xA6";
    size_t left = strlen(text), taken = 0;
    char *copy = malloc((left < max ? left : max) * CHARACTER_BYTES_MAX + sizeof dots), *at = copy;
    while (copy != NULL && left > 0 && taken < max) {
        char shown[CHARACTER_BYTES_MAX + 1];
        size_t length = show_character(text, left, shown);
        at = stpcpy(at, shown);
        text += length;
        left -= length;
        taken++;
    }
    if (copy != NULL) {
        strcpy(at, left > 0 ? dots : "");
    }
    return copy;
}

// The list --------------------------------------------------------------------------------------------------

static bool append(struct verdicts *verdicts, enum verdict_state state, char *what, char *why) {
    struct verdict *list = reallocarray(verdicts->list, verdicts->count + 1, sizeof *list);
    if (list == NULL || what == NULL || why == NULL) {
        verdicts->list = list == NULL ? verdicts->list : list;
        free(what);
        free(why);
        return false;
    }
    verdicts->list = list;
    list[verdicts->count++] = (struct verdict){state, what, why};
    return true;
}

void verdicts_add(struct verdicts *verdicts, enum verdict_state state, const char *what, const char *format,
                  ...) {
    char why[WHY_BYTES];
    va_list values;
    va_start(values, format);
    vsnprintf(why, sizeof why, format, values);
    va_end(values);
    if (!append(verdicts, state, harmless(what, WHAT_CHARACTERS_MAX), harmless(why, WHY_CHARACTERS_MAX))) {
        verdicts->is_short = true;
    }
}

bool verdicts_refuse(struct verdicts *verdicts, const char *what, const struct error *error) {
    if (error->code != ERROR_BAD_FORM && error->code != ERROR_FALSE_CLAIM && error->code != ERROR_BAD_BET) {
        return false;
    }
    verdicts_add(verdicts, VERDICT_FALSE, what, "%s", error->text);
    return true;
}

void verdicts_free(struct verdicts *verdicts) {
    for (size_t i = 0; i < verdicts->count; i++) {
        free(verdicts->list[i].what);
        free(verdicts->list[i].why);
    }
    free(verdicts->list);
    *verdicts = (struct verdicts){.list = NULL};
}

// What follows ----------------------------------------------------------------------------------------------

static size_t count_of(const struct verdicts *verdicts, enum verdict_state state) {
    size_t count = 0;
    for (size_t i = 0; i < verdicts->count; i++) {
        count += verdicts->list[i].state == state;
    }
    return count;
}

static size_t count_claims(const struct verdicts *verdicts) {
    return count_of(verdicts, VERDICT_OK) + count_of(verdicts, VERDICT_FALSE) +
           count_of(verdicts, VERDICT_NOT_CHECKED);
}

enum verdicts_status verdicts_status(const struct verdicts *verdicts) {
    if (count_of(verdicts, VERDICT_FALSE) > 0) {
        return VERDICTS_FALSE;
    }
    if (count_of(verdicts, VERDICT_NOT_CHECKED) > 0) {
        return VERDICTS_NOT_ALL_CHECKED;
    }
    return count_claims(verdicts) > 0 ? VERDICTS_HOLD : VERDICTS_WRONG_USE;
}

static const char *const states[] = {
    [VERDICT_OK] = "ok",
    [VERDICT_FALSE] = "FALSE",
    [VERDICT_NOT_CHECKED] = "not checked",
    [VERDICT_NOT_GIVEN] = "not given",
    [VERDICT_NOTE] = "note",
};

void verdicts_print(const struct verdicts *verdicts, FILE *stream) {
    for (size_t i = 0; i < verdicts->count; i++) {
        const struct verdict *verdict = &verdicts->list[i];
        fprintf(stream, "%-11s  %s: %s\n", states[verdict->state], verdict->what, verdict->why);
    }
    size_t all = count_claims(verdicts);
    enum verdicts_status status = verdicts_status(verdicts);
    if (status == VERDICTS_FALSE) {
        fprintf(stream, "\nFALSE: %zu of %zu claims.\n", count_of(verdicts, VERDICT_FALSE), all);
    } else if (status == VERDICTS_NOT_ALL_CHECKED) {
        fprintf(stream, "\nNothing is false, but %zu of %zu claims were not checked.\n",
                count_of(verdicts, VERDICT_NOT_CHECKED), all);
    } else {
        fprintf(stream, "\nEvery claim holds (%zu).\n", all);
    }
}

void verdict_put_json(struct json_writer *json, const struct verdict *verdict) {
    json_begin(json, NULL);
    json_put_text(json, "state", verdict->state == VERDICT_FALSE ? "false" : states[verdict->state]);
    json_put_text(json, "what", verdict->what);
    json_put_text(json, "why", verdict->why);
    json_end(json);
}

bool verdicts_print_json(const struct verdicts *verdicts, const char *origin, FILE *stream,
                         struct error *error) {
    struct json_writer json = {.text = NULL};
    json_begin(&json, NULL);
    json_put_number(&json, "exit", verdicts_status(verdicts));
    json_put_text(&json, "origin", origin);
    json_begin_list(&json, "claims");
    for (size_t i = 0; i < verdicts->count; i++) {
        verdict_put_json(&json, &verdicts->list[i]);
    }
    json_end_list(&json);
    json_end(&json);
    bool done = !json.failed;
    if (done) {
        fwrite(json.text, 1, json.length, stream);
        fputc('\n', stream);
    }
    free(json.text);
    return done || error_set(error, ERROR_NO_MEMORY, "no memory for what was found");
}
