// Fills answers.
#ifndef QUINIELA_BOARD_ANSWERING_H
#define QUINIELA_BOARD_ANSWERING_H

#include "base/attributes.h"
#include "http/http.h"
#include "wire/json_writer.h"

// With bytes made with malloc, which the answer takes over, or with those of the program.
void answer_with(struct http_answer *answer, int status, const char *type, char *body, size_t length);
void answer_with_fixed(struct http_answer *answer, const char *type, const void *bytes, size_t length);

// With what was written; the writer's memory is taken over. 503 when there was none.
void answer_with_json(struct http_answer *answer, int status, struct json_writer *writer);

// With {"error":"…"}, or with a line of text.
void answer_with_error(struct http_answer *answer, int status, const char *format, ...) PRINTF_LIKE(3, 4);
void answer_with_line(struct http_answer *answer, int status, const char *line);

// "Retry-After: 1": it may soon be otherwise.
void answer_again_soon(struct http_answer *answer);

// There is no memory for the answer: that, likewise.
void answer_without_memory(struct http_answer *answer);
void answer_without_memory_line(struct http_answer *answer);

#endif
