#include "doctor/findings.h"

#include "base/log_text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_BYTES = 1024 };

static const char *const names[] = {
    [FINDING_OK] = "ok",
    [FINDING_WRONG] = "wrong",
    [FINDING_SKIPPED] = "skipped",
    [FINDING_NOT_TOLD] = "not told",
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

void findings_add(struct findings *findings, enum finding finding, const char *check, const char *todo,
                  const char *format, ...) {
    char text[TEXT_BYTES];
    va_list values;
    va_start(values, format);
    vsnprintf(text, sizeof text, format, values);
    va_end(values);
    log_text_blank(text, strlen(text)); // it may have what another machine has sent
    findings->has_wrong = findings->has_wrong || finding == FINDING_WRONG;
    if (findings->as_json) {
        put(findings, finding, check, todo, text);
        return;
    }
    printf("%-8s  %-21s  %s%s%s\n", names[finding], check, text, todo != NULL ? ". " : "",
           todo != NULL ? todo : "");
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
