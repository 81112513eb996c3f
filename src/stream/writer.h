// Bytes out of one socket on a libuv loop, in writes of WRITE_BYTES_MAX at most. Whoever owns the stream puts
// a writer into its own struct and calls writer_write while there is something to send.
#ifndef QUINIELA_STREAM_WRITER_H
#define QUINIELA_STREAM_WRITER_H

#include "base/attributes.h"
#include "stream/output.h"

#include <stdbool.h>
#include <uv.h>

struct writer_request;

struct writer {
    struct output out; // what is to leave; the owner adds to it
    uv_stream_t *stream;
    void (*on_left)(struct writer *writer, int status);
    struct writer_request
        *request; // libuv sends a slice of `out` when the socket takes bytes again; else NULL
};

// `stream` belongs to the owner and outlives the writer. `on_left` is called on the loop, never from within
// writer_write, after each WRITER_WAITS: with 0 when the slice has left, else with libuv's code of the
// failure. After uv_close it is called with UV_ECANCELED, before the stream's close callback.
void writer_begin(struct writer *writer, uv_stream_t *stream,
                  void (*on_left)(struct writer *writer, int status));

enum writer_result {
    WRITER_SENT,  // a slice has left, or a part of one
    WRITER_WAITS, // the socket takes no more now: `on_left` will be called
    WRITER_FAILED // *failure is libuv's code
};

// Sends one slice. There must be something to send, and no slice waiting.
enum writer_result writer_write(struct writer *writer, int *failure) MUST_CHECK;

bool writer_is_waiting(const struct writer *writer);

// Frees what has not left, but for a slice that libuv still refers to; once that has left, or after uv_close,
// calling this again frees the rest.
void writer_give_up(struct writer *writer);

#endif
