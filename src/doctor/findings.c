#include "doctor/findings.h"

#include "base/log_text.h"
#include "base/translate.h"
#include "base/utf8.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_BYTES = 1024, RESULT_COLUMNS = 8, CHECK_COLUMNS = 21 };

static const char *const names[] = {
    [FINDING_OK] = N_("ok"),
    [FINDING_WRONG] = N_("wrong"),
    [FINDING_SKIPPED] = N_("skipped"),
    [FINDING_NOT_TOLD] = N_("not told"),
};

void findings_begin(struct findings *findings, bool as_json) {
    *findings = (struct findings){.as_json = as_json};
    if (as_json) {
        json_begin(&findings->json, NULL);
        json_begin_list(&findings->json, "checks");
    }
}

static void put(struct findings *findings, enum finding finding, const char *check, const char *todo,
                const char *text) {
    struct json_writer *json = &findings->json;
    json_begin(json, NULL);
    json_put_text(json, "check", check);
    json_put_text(json, "result", names[finding]);
    json_put_text(json, "message", text);
    json_put_text(json, "what_to_do", todo);
    json_end(json);
}

// printf's own width counts bytes, and a letter may have two.
static void print_column(const char *text, size_t columns) {
    size_t used = utf8_columns(text, strlen(text));
    printf("%s%*s  ", text, used < columns ? (int)(columns - used) : 0, "");
}

void findings_add(struct findings *findings, enum finding finding, const char *check, const char *todo,
                  const char *format, ...) {
    char text[TEXT_BYTES];
    va_list values;
    va_start(values, format);
    vsnprintf(text, sizeof text, translate(format), values);
    va_end(values);
    log_text_blank(text, strlen(text)); // it may have what another machine has sent
    findings->has_wrong = findings->has_wrong || finding == FINDING_WRONG;
    if (findings->as_json) {
        put(findings, finding, check, todo, text);
        return;
    }
    print_column(translate(names[finding]), RESULT_COLUMNS);
    print_column(translate(check), CHECK_COLUMNS);
    printf("%s%s%s\n", text, todo != NULL ? ". " : "", todo != NULL ? translate(todo) : "");
    fflush(stdout); // the next check may take a while
}

bool findings_end(struct findings *findings) {
    struct json_writer *json = &findings->json;
    if (!findings->as_json) {
        return true;
    }
    json_end_list(json);
    json_put_bool(json, "ok", !findings->has_wrong);
    json_end(json);
    bool whole = !json->failed;
    if (whole) {
        printf("%.*s\n", (int)json->length, json->text);
    }
    free(json->text);
    return whole;
}
