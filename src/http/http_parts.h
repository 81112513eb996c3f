// Structs only: a server, and a connection of it. For the folder's own files.
#ifndef QUINIELA_HTTP_HTTP_PARTS_H
#define QUINIELA_HTTP_HTTP_PARTS_H

#include "base/list.h"
#include "base/share.h"
#include "http/bounds.h"
#include "http/options.h"

#include <microhttpd.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct connection {
    struct bounds_entry entry;
    struct list_node node; // in `put_off`
    struct http *http;
    struct MHD_Connection *mhd;
    int socket;        // libmicrohttpd's
    bool has_begun;    // its request has been looked at
    bool has_zero;     // the request's target has a zero byte, at which libmicrohttpd's texts end
    bool is_suspended; // libmicrohttpd does nothing with it until it is resumed
    bool is_put_off;
    bool is_ending;
};

enum turn_kind { // of work in a turn
    TURN_URGENT, // answers that a handler says are urgent
    TURN_OTHERS, // all other answers
    TURN_STREAMS,
    TURN_KINDS,
};

struct http {
    struct http_options options;
    struct http_patience patience;
    char *names;
    struct MHD_Daemon *daemon;
    int events; // libmicrohttpd's descriptor: readable when a connection has something to do
    int wake;   // an eventfd: readable when the thread is to end
    pthread_t thread;
    bool has_thread;
    atomic_bool is_ending;
    jmp_buf broken; // where to go on when libmicrohttpd cannot

    struct bounds bounds;
    struct connection *arriving; // which libmicrohttpd is told of
    struct list_head streams, put_off;
    uint64_t tick_at_ms, accept_at_ms;
    struct share share; // of processor time
    uint64_t turn_began_ns, turn_spent_ns[TURN_KINDS];
};

#endif
