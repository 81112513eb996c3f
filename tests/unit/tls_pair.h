// A client and a server of TLS, and a connection in memory between them: tls_pipe.h.
#ifndef QUINIELA_TESTS_TLS_PAIR_H
#define QUINIELA_TESTS_TLS_PAIR_H

#include "tls_pipe.h"
#include "tls_story.h"

static struct pipe to_server, to_client;
static struct tls_session *client, *server;

static int set_up(void **state) {
    (void)state;
    make_certificates_folder();
    make_contexts(DAY, DAY);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    tls_session_free(&client);
    tls_session_free(&server);
    return forget_certificates();
}

// The two have begun, and the client has said its hello.
static void begin(void) {
    tls_session_free(&client);
    tls_session_free(&server);
    to_server.length = to_client.length = 0;
    client = tls_session_new(client_context, "localhost", put, &to_server);
    server = tls_session_new(server_context, NULL, put, &to_client);
    assert_true(client != NULL && server != NULL);
    tls_session_start(client);
}

#endif
