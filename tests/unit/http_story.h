// A server of HTTP with a small handler, and clients that speak to it byte by byte.
#ifndef QUINIELA_TESTS_HTTP_STORY_H
#define QUINIELA_TESTS_HTTP_STORY_H

#include "cmocka_all.h"

#include "http/counters.h"
#include "http/http.h"

#include <arpa/inet.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
    STORY_WAIT_MS = 60000,
    STORY_TEXT_BYTES = 256 * 1024,
    STORY_BIG_BYTES = 8 << 20,
    STORY_LARGE_BYTES = 4 << 20
};

static struct http *http;
static uint16_t http_port;
static char heard[STORY_TEXT_BYTES]; // what the last client heard

// The handler ---------------------------------------------------------------------------------------------

static char big[STORY_BIG_BYTES];
static atomic_int answered, ticks, streams_begun, streams_ended, pieces_asked;
static atomic_int pieces_given; // how many pieces each stream may say from now on; -1: all that are asked for
static atomic_bool streams_over;
static atomic_int piece_bytes = 6, burn_ms, piece_burn_ms;
static char last_id_seen[64];

enum { ANSWERS_NOTED = 64 };
static atomic_int answer_began_ms[ANSWERS_NOTED]; // by their number
static atomic_int piece_tick[ANSWERS_NOTED];      // in which each was asked for, likewise
static atomic_int urgent_number;                  // how many were answered before the last urgent one

struct story_stream {
    int said;
};

static inline void burn(int ms) {
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    int64_t until_ns = (int64_t)now.tv_sec * 1000000000 + now.tv_nsec + (int64_t)ms * 1000000;
    do {
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    } while ((int64_t)now.tv_sec * 1000000000 + now.tv_nsec < until_ns);
}

static inline int story_now_ms(void) { // since the first call
    static atomic_llong began_ms;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    long long ms = (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000, none = 0;
    (void)atomic_compare_exchange_strong(&began_ms, &none, ms);
    return (int)(ms - atomic_load(&began_ms));
}

static inline void story_answer(void *context, const struct http_request *request,
                                struct http_answer *answer) {
    static const char *const known[] = {"a", "b", NULL};
    const char *path = http_request_path(request), *a = http_request_argument(request, "a");
    (void)context;
    int number = atomic_fetch_add(&answered, 1) % ANSWERS_NOTED;
    atomic_store(&answer_began_ms[number], story_now_ms());
    if (strcmp(path, "/urgent") == 0) {
        atomic_store(&urgent_number, number);
    } else {
        burn(atomic_load(&burn_ms));
    }
    answer->type = "text/plain";
    if (strcmp(path, "/stream") == 0) {
        answer->type = "text/event-stream";
        answer->is_stream = true;
    } else if (strcmp(path, "/big") == 0) {
        answer->fixed = big;
        answer->length = sizeof big;
    } else if (strcmp(path, "/fixed") == 0) {
        answer->fixed = "fixed\n";
        answer->length = 6;
        answer->headers[0][0] = "X-Story";
        answer->headers[0][1] = "once";
    } else if (strcmp(path, "/large") == 0) {
        answer->length = STORY_LARGE_BYTES;
        answer->body = calloc(1, 2 * answer->length);
        assert_non_null(answer->body);
    } else {
        answer->status = strcmp(path, "/made") == 0 ? 200 : 404;
        answer->body = malloc(4096);
        assert_non_null(answer->body);
        answer->length = (size_t)snprintf(answer->body, 4096, "path %s a %s others %d\n", path,
                                          a == NULL ? "none" : a, http_request_has_others(request, known));
    }
}

static inline bool story_is_urgent(void *context, const struct http_request *request) {
    (void)context;
    return strcmp(http_request_path(request), "/urgent") == 0;
}

static inline bool story_begin(void *context, const char *last_id, void **stream) {
    (void)context;
    snprintf(last_id_seen, sizeof last_id_seen, "%s", last_id == NULL ? "none" : last_id);
    *stream = calloc(1, sizeof(struct story_stream));
    atomic_fetch_add(&streams_begun, *stream != NULL);
    return *stream != NULL;
}

static inline bool story_next(void *context, void *stream, char **text, size_t *length) {
    struct story_stream *state = stream;
    int given = atomic_load(&pieces_given);
    (void)context;
    if (given < 0 || state->said < given) {
        *length = (size_t)atomic_load(&piece_bytes);
        *text = malloc(*length);
        memset(*text, 'e', *length);
        state->said++;
        atomic_store(&piece_tick[atomic_fetch_add(&pieces_asked, 1) % ANSWERS_NOTED], atomic_load(&ticks));
        burn(atomic_load(&piece_burn_ms));
        return true;
    }
    return !atomic_load(&streams_over);
}

static inline void story_end(void *context, void *stream) {
    (void)context;
    free(stream);
    atomic_fetch_add(&streams_ended, 1);
}

static inline void story_tick(void *context) {
    (void)context;
    atomic_fetch_add(&ticks, 1);
}

// The server ------------------------------------------------------------------------------------------------

static inline int listen_at(uint16_t *port) {
    struct sockaddr_in where = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof where;
    int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    assert_int_equal(bind(descriptor, (struct sockaddr *)&where, length), 0);
    assert_int_equal(listen(descriptor, 1024), 0);
    assert_int_equal(getsockname(descriptor, (struct sockaddr *)&where, &length), 0);
    *port = ntohs(where.sin_port);
    return descriptor;
}

static inline struct http_options story_options(void) {
    return (struct http_options){.sockets = {listen_at(&http_port)},
                                 .socket_count = 1,
                                 .names = "board.example.org,tablero",
                                 .connections_max = 16,
                                 .answer = story_answer,
                                 .is_urgent = story_is_urgent,
                                 .stream_begin = story_begin,
                                 .stream_next = story_next,
                                 .stream_end = story_end,
                                 .tick = story_tick};
}

static inline void start_with(const struct http_options *options) {
    struct error error;
    signal(SIGPIPE, SIG_IGN);
    assert_true(http_open(options, &http, &error));
    assert_true(http_start(http, &error));
}

static inline int start(void **state) {
    struct http_options options = story_options();
    (void)state;
    start_with(&options);
    return 0;
}

static inline int stop(void **state) {
    (void)state;
    http_close(&http);
    atomic_store(&pieces_given, 0);
    atomic_store(&streams_over, false);
    atomic_store(&piece_bytes, 6);
    atomic_store(&burn_ms, 0);
    atomic_store(&piece_burn_ms, 0);
    assert_int_equal(atomic_load(&streams_begun), atomic_load(&streams_ended));
    assert_int_equal(counter_read(&http_counters.streams), 0);
    return 0;
}

// Waits until a number that the server's thread changes is at least this.
static inline void await_at_least(atomic_int *number, int least) {
    static const struct timespec moment = {.tv_nsec = 1000000};
    for (int i = 0; atomic_load(number) < least; i++) {
        assert_true(i < STORY_WAIT_MS);
        nanosleep(&moment, NULL);
    }
}

// Clients ---------------------------------------------------------------------------------------------------

static inline int come(void) {
    struct sockaddr_in where = {
        .sin_family = AF_INET, .sin_port = htons(http_port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(connect(client, (struct sockaddr *)&where, sizeof where), 0);
    return client;
}

static inline void say(int client, const char *text) {
    size_t length = strlen(text);
    assert_int_equal(send(client, text, length, MSG_NOSIGNAL), length);
}

// Hears more, behind what was heard. 0 at the end, and when the connection was reset.
static inline size_t hear_more(int client, size_t had) {
    struct pollfd polled = {.fd = client, .events = POLLIN};
    assert_int_equal(poll(&polled, 1, STORY_WAIT_MS), 1);
    ssize_t count = recv(client, heard + had, sizeof heard - 1 - had, 0);
    heard[had + (count > 0 ? (size_t)count : 0)] = '\0';
    return count > 0 ? (size_t)count : 0;
}

// Hears until a text has come; fails at the end.
static inline void hear_until(int client, const char *text) {
    heard[0] = '\0';
    for (size_t had = 0; strstr(heard, text) == NULL;) {
        size_t more = hear_more(client, had);
        if (more == 0) {
            fail_msg("expected \"%s\", heard \"%s\"", text, heard);
        }
        had += more;
    }
}

// Hears until the server closes the connection, which it closes, too.
static inline void hear_all(int client) {
    size_t had = 0;
    heard[0] = '\0';
    for (size_t more; (more = hear_more(client, had)) > 0;) {
        had += more;
    }
    close(client);
}

// A whole request, of a connection of its own that the server closes, and the status of its answer.
static inline int ask(const char *request) {
    int client = come();
    say(client, request);
    hear_all(client);
    return strncmp(heard, "HTTP/1.1 ", 9) == 0 ? atoi(heard + 9) : 0;
}

static inline void assert_heard(const char *text) {
    if (strstr(heard, text) == NULL) {
        fail_msg("expected \"%s\" in \"%s\"", text, heard);
    }
}

#endif
