// Writes bytes to one socket on a libuv loop, WRITE_BYTES_MAX at most in one write. The owner of the stream
// embeds a writer in its own struct, and calls writer_write while there is something to send.
#ifndef QUINIELA_STREAM_WRITER_H
#define QUINIELA_STREAM_WRITER_H

#include "base/attributes.h"
#include "stream/output.h"

#include <stdbool.h>
#include <uv.h>

struct writer_request;

struct writer {
    struct output out; // bytes to send; the owner adds to it
    uv_stream_t *stream;
    void (*on_left)(struct writer *writer, int status);
    struct writer_request
        *request; // libuv sends a slice of `out` when the socket takes bytes again; otherwise NULL
};

// `stream` belongs to the owner and outlives the writer. `on_left` is called on the loop, never from within
// writer_write, after each WRITER_WAITS: with 0 when the slice has left, otherwise with libuv's error code.
// After uv_close it is called with UV_ECANCELED, before the stream's close callback.
void writer_begin(struct writer *writer, uv_stream_t *stream,
                  void (*on_left)(struct writer *writer, int status));

enum writer_result {
    WRITER_SENT,  // a slice has left, or part of one
    WRITER_WAITS, // the socket takes no more at the moment: `on_left` will be called
    WRITER_FAILED // *failure is libuv's error code
};

// Sends one slice. There must be something to send, and no slice may be waiting.
enum writer_result writer_write(struct writer *writer, int *failure) MUST_CHECK;

bool writer_is_waiting(const struct writer *writer);

// Frees what has not left, except a slice that libuv still refers to. Once that has left, or after uv_close,
// calling this again frees the rest.
void writer_give_up(struct writer *writer);

#endif
