// Whatever comes as requests is answered or closed, and nothing of it is left.
// The bytes go through a real socket into libmicrohttpd.
#include "fuzz.h"

#include "http/http.h"
#include "http/http_parts.h"
#include "http/talking.h"
#include "http/turn.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PIECE_BYTES = 1000, ROUNDS_AFTER = 10, ROUNDS_MAX = 200, PIECES_MAX = 3 };

static struct http *http;
static int streams_open;
static char heard[1 << 20];

static void on_answer(void *context, const struct http_request *request, struct http_answer *answer) {
    static const char *const known[] = {"state", "after", NULL};
    static const char body[] = "body\n"; // nothing that came, as what leaves is looked at
    const char *path = http_request_path(request);
    const char *argument = http_request_argument(request, "state");
    (void)context;
    must_hold(path != NULL && path[0] == '/', "a path begins with a slash");
    must_hold(argument == NULL || strlen(argument) < sizeof heard, "an argument has an end");
    (void)http_request_has_others(request, known);
    answer->type = "text/plain";
    answer->is_stream = path[1] == 's';
    answer->body = answer->is_stream ? NULL : strdup(body);
    answer->length = answer->body == NULL ? 0 : sizeof body - 1;
}

static bool on_begin(void *context, const char *last_id, void **stream) {
    (void)context;
    must_hold(last_id == NULL || strlen(last_id) < sizeof heard, "it has an end");
    *stream = calloc(1, sizeof(int));
    streams_open += *stream != NULL;
    return *stream != NULL;
}

static bool on_next(void *context, void *stream, char **text, size_t *length) {
    int *said = stream;
    (void)context;
    if (*said == PIECES_MAX) {
        return false;
    }
    *text = strdup("data\n\n");
    *length = *text == NULL ? 0 : strlen(*text);
    ++*said;
    return true;
}

static void on_end(void *context, void *stream) {
    (void)context;
    free(stream);
    streams_open--;
}

static void on_tick(void *context) {
    (void)context;
}

static void open_server(void) {
    struct error error;
    const struct http_options options = {.names = "board.example.org",
                                         .connections_max = HTTP_CONNECTIONS_MIN,
                                         .answer = on_answer,
                                         .stream_begin = on_begin,
                                         .stream_next = on_next,
                                         .stream_end = on_end,
                                         .tick = on_tick};
    must_hold(http_open(&options, &http, &error), "the server opens");
}

// Each answer that is ours has our headers.
static void check_heard(void) {
    static const char begin[] = "HTTP/1.";
    must_hold(heard[0] == '\0' || strncmp(heard, begin, sizeof begin - 1) == 0, "what is said is HTTP");
    const char *type = strstr(heard, "Content-Type: ");
    must_hold(type == NULL || strstr(heard, "Content-Security-Policy: ") != NULL, "with our headers");
    must_hold(strstr(heard, "Access-Control") == NULL, "nobody is let in from elsewhere");
}

static size_t run(int client, size_t had) {
    turn_begin(http);
    talking_run(http);
    ssize_t count = recv(client, heard + had, sizeof heard - 1 - had, MSG_DONTWAIT);
    had += count > 0 ? (size_t)count : 0;
    heard[had] = '\0';
    return had;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    int pair[2];
    size_t had = 0;
    struct sockaddr address = {.sa_family = AF_UNIX};
    if (http == NULL) {
        open_server();
    }
    must_hold(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair) == 0, "a socket");
    talking_add(http, pair[1], &address, sizeof address, 0);
    heard[0] = '\0';
    for (size_t sent = 0; sent < length;) { // in pieces
        size_t now = length - sent < PIECE_BYTES ? length - sent : PIECE_BYTES;
        if (send(pair[0], bytes + sent, now, MSG_NOSIGNAL) != (ssize_t)now) {
            break; // it has closed the connection
        }
        sent += now;
        had = run(pair[0], had);
    }
    for (int i = 0; i < ROUNDS_AFTER; i++) {
        had = run(pair[0], had);
    }
    check_heard();
    close(pair[0]);
    for (int i = 0; http->bounds.count > 0 && i < ROUNDS_MAX; i++) {
        turn_begin(http);
        talking_run(http);
    }
    must_hold(http->bounds.count == 0 && streams_open == 0, "whoever has gone is forgotten");
    return 0;
}
