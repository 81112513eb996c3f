// The board: how the night goes, for whoever asks over HTTP. It reads the store beside the server's own, on a
// thread of its own (reader.h), so that a store or a disk that hangs keeps nobody from an answer: then the
// answer is the last that was known, and says since when.
//
// All functions but board_open and board_close are called on http's one thread.
#ifndef QUINIELA_BOARD_BOARD_H
#define QUINIELA_BOARD_BOARD_H

#include "base/error.h"
#include "board/options.h"
#include "http/http.h"

#include <stdbool.h>
#include <stddef.h>

struct board;

// Makes the board, copies *options, and begins to read. On success the caller owns *board. ERROR_NO_MEMORY,
// ERROR_SYSTEM.
bool board_open(const struct board_options *options, struct board **board, struct error *error) MUST_CHECK;

// Ends its thread, frees it and nulls the caller's pointer; NULL inside is fine. A wait for a database must
// have been interrupted (store_interrupt_on), or this waits for its end. Nothing may call the board any more.
void board_close(struct board **board);

// As struct http_options wants them; its `context` is the board.
void board_answer(void *board, const struct http_request *request, struct http_answer *answer);
void board_refuse(void *board, const struct http_request *request, int status, const char *why,
                  struct http_answer *answer);
bool board_is_urgent(void *board, const struct http_request *request);
bool board_stream_begin(void *board, const char *last_id, void **stream);
bool board_stream_next(void *board, void *stream, char **text, size_t *length);
void board_stream_end(void *board, void *stream);
void board_tick(void *board);

#endif
