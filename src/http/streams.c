#include "http/streams.h"

#include "base/clock.h"
#include "base/container.h"
#include "http/answering.h"
#include "http/connection.h"
#include "http/counters.h"
#include "http/holding.h"
#include "http/turn.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

// To a reader of HTTP/1.0; to others as much as the connection's memory has room for.
enum { BLOCK_BYTES = 4096 };

struct stream {
    struct list_node node;
    struct http *http;
    struct connection *connection;
    void *state; // the handler's
    char *text;  // the piece that is leaving
    size_t length, sent;
    bool is_over;
};

static void forget_text(struct stream *stream) {
    free(stream->text);
    stream->text = NULL;
    stream->length = stream->sent = 0;
    holding_set(stream->connection, 0);
}

static void ask_handler(struct stream *stream) {
    const struct http_options *options = &stream->http->options;
    uint64_t since_ns = turn_used_ns();
    stream->is_over = !options->stream_next(options->context, stream->state, &stream->text, &stream->length);
    holding_set(stream->connection, stream->length);
    turn_spend(stream->http, TURN_STREAMS, since_ns);
}

// Whether there is something to send, after asking the handler if there was nothing. Not in a turn that has
// had its time for that, nor while others have all the memory: then the stream is asked again with the next
// tick.
static bool has_text(struct stream *stream) {
    if (stream->sent < stream->length) {
        return true;
    }
    forget_text(stream);
    if (!stream->is_over && !turn_is_spent(stream->http, TURN_STREAMS) &&
        holding_has_room(stream->connection)) {
        ask_handler(stream);
    }
    return stream->length > 0;
}

// What libmicrohttpd asks for when the system has taken what it had.
static ssize_t give(void *context, uint64_t position, char *bytes, size_t room) {
    struct stream *stream = context;
    (void)position;
    if (stream->connection->is_ending) {
        return MHD_CONTENT_READER_END_WITH_ERROR;
    }
    if (!has_text(stream)) {
        if (stream->is_over) {
            return MHD_CONTENT_READER_END_OF_STREAM;
        }
        http_connection_suspend(stream->connection);
        return 0;
    }
    size_t left = stream->length - stream->sent;
    size_t now = left < room ? left : room;
    memcpy(bytes, stream->text + stream->sent, now);
    stream->sent += now;
    return (ssize_t)now;
}

static void end(void *context) {
    struct stream *stream = context;
    struct http *http = stream->http; // the connection may be gone
    list_remove(&http->streams, &stream->node);
    http->options.stream_end(http->options.context, stream->state);
    counter_add(&http_counters.streams, -1);
    free(stream->text);
    free(stream);
}

static struct stream *new_stream(struct connection *connection) {
    struct http *http = connection->http;
    const char *last_id = MHD_lookup_connection_value(connection->mhd, MHD_HEADER_KIND, "Last-Event-ID");
    struct stream *stream = calloc(1, sizeof *stream);
    if (stream == NULL || !http->options.stream_begin(http->options.context, last_id, &stream->state)) {
        free(stream);
        return NULL;
    }
    stream->http = http;
    stream->connection = connection;
    list_add_last(&http->streams, &stream->node);
    counter_add(&http_counters.streams, 1);
    return stream;
}

// Whoever gave way is told nothing: EventSource comes back by itself after an end, and never after a refusal.
static void make_room(const struct connection *connection) {
    struct bounds *bounds = &connection->http->bounds;
    struct bounds_entry *entry = bounds_stream_gives_way(bounds, connection->entry.peer);
    if (entry != NULL) {
        bounds_move(bounds, entry, BOUNDS_ANSWERING, clock_steady_ms()); // no stream any more
        http_connection_end(CONTAINER_OF(entry, struct connection, entry));
        counter_add(&http_counters.connections_evicted, 1);
    }
}

bool streams_begin(struct connection *connection, const struct http_request *request,
                   const struct http_answer *answer, bool *has_begun) {
    static const struct request_refusal no_memory = {MHD_HTTP_SERVICE_UNAVAILABLE,
                                                     "there is no memory for one more stream"};
    make_room(connection);
    struct stream *stream = new_stream(connection);
    *has_begun = stream != NULL;
    if (stream == NULL) {
        return answering_refuse(connection->http, request, no_memory);
    }
    struct MHD_Response *response =
        MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, BLOCK_BYTES, give, stream, end);
    if (response == NULL) {
        end(stream);
        return false;
    }
    // Its patience is not that of other requests.
    (void)MHD_add_response_header(response, MHD_HTTP_HEADER_CONNECTION, "close");
    (void)MHD_set_connection_option(connection->mhd, MHD_CONNECTION_OPTION_TIMEOUT,
                                    connection->http->patience.stream_idle_s);
    return answering_send_response(connection->mhd, answer, response);
}

// Whether its reader has gone, which libmicrohttpd does not look at meanwhile.
static bool reader_has_gone(const struct connection *connection) {
    char byte;
    return recv(connection->socket, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

static void ask(struct stream *stream) {
    if (!stream->connection->is_suspended) {
        return; // it will ask by itself
    }
    if (reader_has_gone(stream->connection)) {
        http_connection_end(stream->connection);
    } else if (has_text(stream) || stream->is_over) {
        http_connection_resume(stream->connection);
    }
}

void streams_ask(struct http *http) {
    const struct list_node *last = http->streams.last;
    bool goes_on = last != NULL;
    while (goes_on && !turn_is_spent(http, TURN_STREAMS)) {
        struct list_node *node = list_take_first(&http->streams);
        list_add_last(&http->streams, node);
        goes_on = node != last;
        ask(CONTAINER_OF(node, struct stream, node));
    }
}
