#include "stream/writer.h"

#include "base/memory.h"
#include "stream/limits.h"

#include <assert.h>

// Only the request is kept: the bytes stay in the output until they have left.
struct writer_request {
    uv_write_t write;
    struct writer *writer;
    size_t length;
};

void writer_begin(struct writer *writer, uv_stream_t *stream,
                  void (*on_left)(struct writer *writer, int status)) {
    *writer = (struct writer){.stream = stream, .on_left = on_left};
}

static void on_written(uv_write_t *write, int status) {
    struct writer_request *request = (struct writer_request *)(void *)write;
    struct writer *writer = request->writer;
    writer->request = NULL;
    output_sent(&writer->out, request->length);
    memory_free(request);
    writer->on_left(writer, status);
}

// Hands one slice to libuv, which sends it when the socket takes bytes again. Returns 0 or libuv's error
// code.
static int write_later(struct writer *writer) {
    struct writer_request *request = memory_allocate(sizeof *request);
    if (request == NULL) {
        return UV_ENOMEM;
    }
    const uint8_t *bytes = output_first(&writer->out, WRITE_BYTES_MAX, &request->length);
    request->writer = writer;
    uv_buf_t buffer = uv_buf_init((char *)(uintptr_t)bytes, (unsigned)request->length);
    int failure = uv_write(&request->write, writer->stream, &buffer, 1, on_written);
    if (failure != 0) {
        memory_free(request);
        return failure;
    }
    writer->request = request;
    return 0;
}

enum writer_result writer_write(struct writer *writer, int *failure) {
    assert(writer->out.unsent > 0 && writer->request == NULL);
    uint8_t room[WRITE_BYTES_MAX];
    size_t length;
    const uint8_t *bytes = output_gather(&writer->out, room, sizeof room, &length);
    uv_buf_t buffer = uv_buf_init((char *)(uintptr_t)bytes, (unsigned)length);
    int written = uv_try_write(writer->stream, &buffer, 1);
    if (written > 0) {
        output_sent(&writer->out, (size_t)written);
        return WRITER_SENT;
    }
    if (written == UV_EAGAIN) {
        *failure = write_later(writer);
    } else {
        *failure = written < 0 ? written : UV_EIO; // the socket takes nothing and does not say why
    }
    return *failure == 0 ? WRITER_WAITS : WRITER_FAILED;
}

bool writer_is_waiting(const struct writer *writer) {
    return writer->request != NULL;
}

void writer_give_up(struct writer *writer) {
    if (writer_is_waiting(writer)) {
        output_free_rest(&writer->out);
    } else {
        output_free(&writer->out);
    }
}
