#include "board/answering.h"

#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char text_type[] = "text/plain; charset=utf-8";
static const char json_type[] = "application/json";

void answer_with(struct http_answer *answer, int status, const char *type, char *body, size_t length) {
    answer->status = status;
    answer->type = type;
    answer->body = body;
    answer->length = length;
}

void answer_with_fixed(struct http_answer *answer, const char *type, const void *bytes, size_t length) {
    answer->type = type;
    answer->fixed = bytes;
    answer->length = length;
}

static void without_memory(struct http_answer *answer, const char *type, const char *text) {
    answer_with_fixed(answer, type, text, strlen(text));
    answer->status = 503;
    answer_again_soon(answer);
}

void answer_without_memory(struct http_answer *answer) {
    without_memory(answer, json_type, "{\"error\":\"no memory for the answer\"}\n");
}

void answer_without_memory_line(struct http_answer *answer) {
    without_memory(answer, text_type, "no memory for the answer\n");
}

void answer_with_json(struct http_answer *answer, int status, struct json_writer *writer) {
    json_put_raw(writer, "\n");
    if (writer->failed) {
        free(writer->text);
        answer_without_memory(answer);
        return;
    }
    answer_with(answer, status, json_type, writer->text, writer->length);
}

void answer_with_error(struct http_answer *answer, int status, const char *format, ...) {
    char text[ERROR_TEXT_BYTES];
    struct json_writer writer = {0};
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    json_begin(&writer, NULL);
    json_put_text(&writer, "error", text);
    json_end(&writer);
    answer_with_json(answer, status, &writer);
}

void answer_with_line(struct http_answer *answer, int status, const char *line) {
    char *text;
    int length = asprintf(&text, "%s\n", line);
    if (length < 0) {
        answer_without_memory_line(answer);
        return;
    }
    answer_with(answer, status, text_type, text, (size_t)length);
}

void answer_again_soon(struct http_answer *answer) {
    answer->headers[0][0] = "Retry-After";
    answer->headers[0][1] = "1";
}
