// Ports are held before anything is given up, by nobody else, and nothing is left open in the end.
#include "allocations.h"
#include "cmocka_all.h"
#include "descriptors.h"

#include "net/connection.h"
#include "net/net.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

// A service that does nothing ------------------------------------------------------------------------------

static bool may_start = true;

static bool loop_started(struct loop *loop, void *state, void *context, struct error *error) {
    (void)loop, (void)state, (void)context;
    return may_start || error_set(error, ERROR_SYSTEM, "not today");
}

static void nothing_of_loop(struct loop *loop, void *state) {
    (void)loop, (void)state;
}

static void nothing(struct connection *connection) {
    (void)connection;
}

static size_t received(struct connection *connection, const uint8_t *bytes, size_t length) {
    (void)connection, (void)bytes;
    return length;
}

static bool owes_answer(struct connection *connection) {
    (void)connection;
    return false;
}

static void ended(struct connection *connection, const uint8_t *rest, size_t length) {
    (void)rest, (void)length;
    connection_abort(connection);
}

static const struct handler handler = {.loop_started = loop_started,
                                       .loop_woken = nothing_of_loop,
                                       .loop_ended = nothing_of_loop,
                                       .opened = nothing,
                                       .received = received,
                                       .owes_answer = owes_answer,
                                       .ended = ended,
                                       .closed = nothing};

static struct net *net;
static struct error error;

// Sockets of others ---------------------------------------------------------------------------------------

static struct sockaddr_in at(const char *address, uint16_t port) {
    struct sockaddr_in where = {.sin_family = AF_INET, .sin_port = htons(port)};
    assert_int_equal(inet_pton(AF_INET, address, &where.sin_addr), 1);
    return where;
}

// Binds a socket as a server does that does not share its port. Returns -1 when that is refused.
static int bind_at(const char *address, uint16_t port) {
    struct sockaddr_in where = at(address, port);
    int on = 1, descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    assert_int_equal(setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on), 0);
    if (bind(descriptor, (struct sockaddr *)&where, sizeof where) != 0) {
        close(descriptor);
        return -1;
    }
    return descriptor;
}

static uint16_t port_of(int descriptor) {
    struct sockaddr_in where;
    socklen_t length = sizeof where;
    assert_int_equal(getsockname(descriptor, (struct sockaddr *)&where, &length), 0);
    return ntohs(where.sin_port);
}

static bool answers_at(const char *address, uint16_t port) {
    struct sockaddr_in where = at(address, port);
    int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool connected = connect(descriptor, (struct sockaddr *)&where, sizeof where) == 0;
    close(descriptor);
    return connected;
}

// The net -------------------------------------------------------------------------------------------------

static struct net_options options(int ports, const char *const *addresses) {
    struct net_options made = {.port_count = ports, .loops = 2, .backlog = 8};
    for (size_t i = 0; addresses[i] != NULL; i++) {
        struct place one;
        assert_true(place_parse(addresses[i], &one, &error));
        made.place.kind = PLACE_ADDRESSES;
        made.place.addresses[made.place.count++] = one.addresses[0];
    }
    return made;
}

// Addresses that nobody else uses: at 127.0.0.1 any port may be taken, if only by a client's connection.
static const char *const here[] = {"127.0.97.1", NULL}, *const both[] = {"127.0.97.1", "127.0.97.2", NULL};
static int before;

static int set_up(void **state) {
    (void)state;
    may_start = true;
    before = descriptors();
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    if (net != NULL) {
        net_close(&net);
    }
    int left = descriptors() - before;
    if (left != 0) {
        fprintf(stderr, "%d descriptors were left open\n", left);
    }
    return left;
}

// libuv keeps a few descriptors from its first loop on.
static int begin(void **state) {
    (void)state;
    struct net_options wanted = options(1, here);
    bool begun = net_open(&wanted, &handler, NULL, &net, &error) && net_start(net, &error);
    if (net != NULL) {
        net_close(&net);
    }
    return !begun;
}

static void free_ports_are_the_same_at_all_addresses(void **state) {
    (void)state;
    struct net_options wanted = options(2, both);
    assert_true(net_open(&wanted, &handler, NULL, &net, &error));
    assert_int_not_equal(net_port(net, 0), 0);
    assert_int_not_equal(net_port(net, 0), net_port(net, 1));
    assert_string_equal(net_address(net), "127.0.97.1,127.0.97.2");
    for (int port = 0; port < 2; port++) {
        assert_false(answers_at("127.0.97.1", net_port(net, port))); // not yet
    }
    assert_true(net_start(net, &error));
    for (int port = 0; port < 2; port++) {
        assert_true(answers_at("127.0.97.1", net_port(net, port)));
        assert_true(answers_at("127.0.97.2", net_port(net, port)));
        assert_false(answers_at("127.0.97.3", net_port(net, port)));
    }
}

static void one_address_is_the_only_one(void **state) {
    (void)state;
    struct net_options wanted = options(1, here);
    assert_true(net_open(&wanted, &handler, NULL, &net, &error));
    assert_true(net_start(net, &error));
    assert_string_equal(net_address(net), "127.0.97.1");
    assert_true(answers_at("127.0.97.1", net_port(net, 0)));
    assert_false(answers_at("127.0.97.2", net_port(net, 0)));
}

static void a_port_where_somebody_listens_is_refused_by_name(void **state) {
    (void)state;
    char words[64];
    int other = bind_at("127.0.97.2", 0);
    assert_int_equal(listen(other, 1), 0);
    struct net_options wanted = options(1, both);
    wanted.ports[0] = port_of(other);
    assert_false(net_open(&wanted, &handler, NULL, &net, &error));
    assert_null(net);
    snprintf(words, sizeof words, "cannot listen on 127.0.97.2 port %u, where another", port_of(other));
    if (strstr(error.text, words) == NULL) {
        fail_msg("\"%s\" does not say \"%s\"", error.text, words);
    }
    close(other);
}

// Until somebody listens the system lets others bind the port, too.
static void who_begins_to_listen_meanwhile_is_noticed(void **state) {
    (void)state;
    struct net_options wanted = options(1, both);
    assert_true(net_open(&wanted, &handler, NULL, &net, &error));
    int other = bind_at("127.0.97.2", net_port(net, 0));
    assert_true(other >= 0);
    assert_int_equal(listen(other, 1), 0);
    assert_false(net_start(net, &error));
    assert_non_null(strstr(error.text, "cannot listen on port"));
    close(other);
}

static void a_net_that_cannot_be_had_leaves_nothing_open(void **state) {
    (void)state;
    struct net_options wanted = options(2, both);
    may_start = false;
    assert_false(net_open(&wanted, &handler, NULL, &net, &error));
    assert_string_equal(error.text, "not today");
}

static void without_memory_there_is_no_net(void **state) {
    (void)state;
    struct net_options wanted = options(1, here);
    for (int failing = 1; failing <= 4;
         failing++) { // itself, its loops, what they ask of each other, its peers
        allocations = (struct allocations){true, failing};
        bool opened = net_open(&wanted, &handler, NULL, &net, &error);
        allocations.counted = false;
        assert_false(opened);
        assert_null(net);
        assert_error(&error, ERROR_NO_MEMORY);
    }
}

static void sockets_that_are_handed_over_are_listened_on_and_closed(void **state) {
    (void)state;
    int given = bind_at("127.0.97.3", 0);
    uint16_t port = port_of(given);
    struct net_options wanted = options(2, here);
    wanted.sockets[0] = given;
    assert_true(net_open(&wanted, &handler, NULL, &net, &error));
    assert_int_equal(net_port(net, 0), port);
    assert_string_equal(net_address(net), "127.0.97.3");
    assert_true(net_start(net, &error));
    assert_true(answers_at("127.0.97.3", port));
    for (int descriptor = 0; descriptor < 256; descriptor++) {
        int listens = 0;
        socklen_t length = sizeof listens;
        if (getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &listens, &length) == 0 && listens != 0) {
            assert_int_equal(fcntl(descriptor, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
        }
    }
    assert_true(answers_at("127.0.97.1", net_port(net, 1)));
    net_close(&net);
    assert_false(answers_at("127.0.97.3", port)); // none of the loops' copies is left either
}

#define PORTS_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        PORTS_TEST(free_ports_are_the_same_at_all_addresses),
        PORTS_TEST(one_address_is_the_only_one),
        PORTS_TEST(a_port_where_somebody_listens_is_refused_by_name),
        PORTS_TEST(who_begins_to_listen_meanwhile_is_noticed),
        PORTS_TEST(a_net_that_cannot_be_had_leaves_nothing_open),
        PORTS_TEST(without_memory_there_is_no_net),
        PORTS_TEST(sockets_that_are_handed_over_are_listened_on_and_closed),
    };
    return cmocka_run_group_tests_name("ports", tests, begin, NULL);
}
