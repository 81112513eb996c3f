// A link tries all addresses of a name, and never waits for ever for a machine or a name server.
// server. Over real sockets of this machine; name look-ups and socket options are the test's own.
#include "cmocka_all.h"
#include "descriptors.h"

#include "link/link.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <semaphore.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { HANG_MS = 60000, FASTER = 40, CONNECT_MS_MAX = 10000, PIECES = 40, PIECE_BYTES = 256 * 1024 };

static const char *addresses[4]; // of every name, up to NULL
static int user_timeout_ms, keeps_alive, keepalive_idle_s, keepalive_again_s;

static bool name_server_is_silent;
static sem_t name_server_asked, name_server_answers;

static void wait_for(sem_t *semaphore) {
    while (sem_wait(semaphore) != 0) { // a signal came
    }
}

// In place of the C library's, also for libuv -------------------------------------------------------------

int getaddrinfo(const char *name, const char *port, const struct addrinfo *hints, struct addrinfo **found) {
    (void)name, (void)hints;
    if (name_server_is_silent) {
        sem_post(&name_server_asked);
        wait_for(&name_server_answers);
    }
    *found = NULL;
    struct addrinfo **last = found;
    for (int i = 0; addresses[i] != NULL; i++, last = &(*last)->ai_next) {
        struct sockaddr_in *address = calloc(1, sizeof *address);
        *last = calloc(1, sizeof **last);
        assert_true(address != NULL && *last != NULL);
        address->sin_family = AF_INET;
        address->sin_port = htons((uint16_t)atoi(port));
        assert_int_equal(inet_pton(AF_INET, addresses[i], &address->sin_addr), 1);
        **last = (struct addrinfo){.ai_family = AF_INET,
                                   .ai_socktype = SOCK_STREAM,
                                   .ai_addrlen = sizeof *address,
                                   .ai_addr = (struct sockaddr *)address};
    }
    return 0;
}

void freeaddrinfo(struct addrinfo *found) {
    while (found != NULL) {
        struct addrinfo *next = found->ai_next;
        free(found->ai_addr);
        free(found);
        found = next;
    }
}

// The time to connect is shorter here; the first packet is still sent again after a second. A connection that
// is made keeps its own, or a test that gets no processor for a moment would be taken for a machine that has
// vanished.
int setsockopt(int descriptor, int level, int option, const void *value, socklen_t length) {
    int number = length >= sizeof(int) ? *(const int *)value : 0;
    if (level == SOL_SOCKET && option == SO_KEEPALIVE) {
        keeps_alive = number;
    } else if (level == IPPROTO_TCP && option == TCP_KEEPIDLE) {
        keepalive_idle_s = number;
    } else if (level == IPPROTO_TCP && option == TCP_KEEPINTVL) {
        keepalive_again_s = number;
    } else if (level == IPPROTO_TCP && option == TCP_USER_TIMEOUT) {
        user_timeout_ms = number;
        number /= number <= CONNECT_MS_MAX ? FASTER : 1;
        value = &number;
    }
    return (int)syscall(SYS_setsockopt, descriptor, level, option, value, length);
}

// What there is to connect to -----------------------------------------------------------------------------

static int sockets[8], socket_count;

static int keep(int descriptor) {
    assert_true(descriptor >= 0);
    sockets[socket_count++] = descriptor;
    return descriptor;
}

static struct sockaddr_in at(const char *address, uint16_t port) {
    struct sockaddr_in where = {.sin_family = AF_INET, .sin_port = htons(port)};
    assert_int_equal(inet_pton(AF_INET, address, &where.sin_addr), 1);
    return where;
}

// Listens at an address; *port 0 becomes a free one.
static int listen_at(const char *address, uint16_t *port, int backlog) {
    struct sockaddr_in where = at(address, *port);
    socklen_t length = sizeof where;
    int descriptor = keep(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    assert_int_equal(bind(descriptor, (struct sockaddr *)&where, length), 0);
    assert_int_equal(listen(descriptor, backlog), 0);
    assert_int_equal(getsockname(descriptor, (struct sockaddr *)&where, &length), 0);
    *port = ntohs(where.sin_port);
    return descriptor;
}

// Listens, but accepts nobody else: the first packet of each further connection is dropped silently.
static void drop_at(const char *address, uint16_t *port) {
    int listener = listen_at(address, port, 0);
    struct sockaddr_in where = at(address, *port);
    struct tcp_info queue = {0};
    do {
        int descriptor = keep(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        assert_int_equal(connect(descriptor, (struct sockaddr *)&where, sizeof where), 0);
        socklen_t length = sizeof queue;
        assert_int_equal(getsockopt(listener, IPPROTO_TCP, TCP_INFO, &queue, &length), 0);
    } while (queue.tcpi_unacked <=
             queue.tcpi_sacked); // of a listener: how many are waiting, and how many may
}

// The link ------------------------------------------------------------------------------------------------

static uv_loop_t loop;
static uv_timer_t hang;
static struct link *opened;
static bool is_up, is_down;
static char why[128];

static void on_up(void *context) {
    (void)context;
    is_up = true;
    uv_stop(&loop);
}

static size_t on_received(void *context, const uint8_t *bytes, size_t length) {
    (void)context, (void)bytes;
    return length;
}

static void on_down(void *context, const char *reason) {
    (void)context;
    is_down = true;
    snprintf(why, sizeof why, "%s", reason);
    uv_stop(&loop);
}

static void on_hang(uv_timer_t *timer) {
    (void)timer;
    fail_msg("after %d ms it was neither connected, nor given up", HANG_MS);
}

static void open_link(uint16_t port) {
    static const struct link_events events = {.up = on_up, .received = on_received, .down = on_down};
    struct address address = {.host = "a.name"};
    snprintf(address.port, sizeof address.port, "%u", port);
    opened = link_open(&loop, &address, NULL, &events, NULL);
    assert_non_null(opened);
    uv_timer_start(&hang, on_hang, HANG_MS, 0);
    uv_run(&loop, UV_RUN_DEFAULT);
}

static int set_up(void **state) {
    (void)state;
    assert_int_equal(uv_loop_init(&loop), 0);
    is_up = is_down = false;
    user_timeout_ms = keeps_alive = keepalive_idle_s = keepalive_again_s = 0;
    memset(addresses, 0, sizeof addresses);
    return uv_timer_init(&loop, &hang);
}

static int tear_down(void **state) {
    (void)state;
    if (opened != NULL) {
        link_close(&opened);
    }
    uv_close((uv_handle_t *)&hang, NULL);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&loop), 0);
    while (socket_count > 0) {
        close(sockets[--socket_count]);
    }
    return 0;
}

static void assert_came_to(int listener) {
    assert_true(is_up);
    int accepted = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    assert_true(accepted >= 0);
    close(accepted);
}

static void an_address_that_drops_everything_is_given_up_for_the_next_one(void **state) {
    (void)state;
    uint16_t port = 0;
    drop_at("127.0.0.2", &port);
    int good = listen_at("127.0.0.3", &port, 8);
    addresses[0] = "127.0.0.2";
    addresses[1] = "127.0.0.3";
    open_link(port);
    assert_came_to(good);
}

static void an_address_has_only_seconds_to_answer(void **state) {
    (void)state;
    uint16_t port = 0;
    listen_at("127.0.0.2", &port, 8);
    addresses[0] = "127.0.0.3"; // where nobody listens
    open_link(port);
    assert_true(is_down);
    assert_in_range(user_timeout_ms, 1000, CONNECT_MS_MAX);
    assert_string_equal(why, "connection refused");
}

static void all_addresses_are_tried_in_their_order(void **state) {
    (void)state;
    uint16_t port = 0;
    int second = listen_at("127.0.0.4", &port, 8), third = listen_at("127.0.0.5", &port, 8);
    addresses[0] = "127.0.0.3";
    addresses[1] = "127.0.0.4";
    addresses[2] = "127.0.0.5";
    open_link(port);
    assert_came_to(second);
    assert_int_equal(accept4(third, NULL, NULL, SOCK_CLOEXEC), -1);
}

// A central may be silent for as long as it likes, but a machine that has vanished is noticed.
static void a_connection_asks_whether_the_other_machine_is_there(void **state) {
    (void)state;
    uint16_t port = 0;
    listen_at("127.0.0.2", &port, 8);
    addresses[0] = "127.0.0.2";
    open_link(port);
    assert_true(is_up);
    assert_int_equal(keeps_alive, 1);
    assert_in_range(keepalive_idle_s, 1, 10);
    assert_in_range(keepalive_again_s, 1, 5);
    assert_in_range(user_timeout_ms, 15000, 30000); // instead of that for connecting
}

// A link to a peer that does not read yet, with more to send than both sockets take. Returns the peer's.
static int send_more_than_is_taken(void) {
    uint16_t port = 0;
    int small = 16 * 1024, listener = listen_at("127.0.0.2", &port, 8);
    assert_int_equal(setsockopt(listener, SOL_SOCKET, SO_RCVBUF, &small, sizeof small), 0);
    addresses[0] = "127.0.0.2";
    open_link(port);
    assert_true(is_up);
    int reader = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    assert_true(reader >= 0);
    for (uint32_t piece = 0; piece < PIECES; piece++) {
        uint32_t *numbers = malloc(PIECE_BYTES);
        for (uint32_t i = 0; i < PIECE_BYTES / sizeof *numbers; i++) {
            numbers[i] = piece * (PIECE_BYTES / sizeof *numbers) + i;
        }
        link_send(opened, (uint8_t *)numbers, PIECE_BYTES);
    }
    uv_run(&loop, UV_RUN_NOWAIT);
    assert_false(is_down);
    return reader;
}

static void everything_arrives_in_order_however_late_it_is_read(void **state) {
    (void)state;
    int reader = send_more_than_is_taken();
    uint32_t numbers[1024], next = 0;
    size_t length = 0;
    while (next < PIECES * (PIECE_BYTES / sizeof *numbers)) { // at the latest `hang` ends it
        uv_run(&loop, UV_RUN_NOWAIT);
        ssize_t came = recv(reader, (char *)numbers + length, sizeof numbers - length, 0);
        length += came > 0 ? (size_t)came : 0;
        for (size_t i = 0; i < length / sizeof *numbers; i++) {
            assert_int_equal(numbers[i], next++);
        }
        memmove(numbers, (char *)numbers + length / sizeof *numbers * sizeof *numbers,
                length % sizeof *numbers);
        length %= sizeof *numbers;
    }
    assert_false(is_down);
    link_close(&opened);
    close(reader);
}

static void a_peer_that_breaks_off_before_it_has_read_all_is_noticed(void **state) {
    (void)state;
    close(send_more_than_is_taken());
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_true(is_down);
    assert_true(why[0] != '\0');
}

// LeakSanitizer looks for memory at the end of the program.
static void a_link_is_closed_before_all_has_left(void **state) {
    (void)state;
    int reader = send_more_than_is_taken();
    link_close(&opened);
    assert_null(opened);
    for (int i = 0; i < 10; i++) {
        uv_run(&loop, UV_RUN_NOWAIT);
    }
    assert_false(is_down); // no event comes after it
    close(reader);
}

// A name that is being looked up ---------------------------------------------------------------------------

static void begin_to_look_up(void) {
    static const struct link_events events = {.up = on_up, .received = on_received, .down = on_down};
    struct address address = {.host = "a.name", .port = "1"};
    name_server_is_silent = true;
    opened = link_open(&loop, &address, NULL, &events, NULL);
    assert_non_null(opened);
    wait_for(&name_server_asked);
}

// What the late answer brings is freed by the thread that waits for it.
static void a_name_server_that_does_not_answer_keeps_no_link(void **state) {
    (void)state;
    int threads_before = threads();
    begin_to_look_up();
    link_close(&opened);
    assert_null(opened);
    uv_run(&loop, UV_RUN_DEFAULT); // until nothing is left on it
    assert_false(is_up || is_down);
    name_server_is_silent = false;
    assert_int_equal(sem_post(&name_server_answers), 0);
    wait_for_threads(threads_before);
}

static void nor_does_it_keep_the_program(void **state) {
    (void)state;
    int status;
    pid_t program = fork();
    assert_true(program >= 0);
    if (program == 0) {
        begin_to_look_up();
        exit(7); // with all that an orderly end does
    }
    assert_int_equal(waitpid(program, &status, 0), program); // at the latest ctest ends it
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 7);
}

int main(void) {
    if (sem_init(&name_server_asked, 0, 0) != 0 || sem_init(&name_server_answers, 0, 0) != 0) {
        return 1;
    }
    signal(SIGPIPE, SIG_IGN); // as the program does
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_address_that_drops_everything_is_given_up_for_the_next_one, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(an_address_has_only_seconds_to_answer, set_up, tear_down),
        cmocka_unit_test_setup_teardown(all_addresses_are_tried_in_their_order, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_connection_asks_whether_the_other_machine_is_there, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(everything_arrives_in_order_however_late_it_is_read, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_peer_that_breaks_off_before_it_has_read_all_is_noticed, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_link_is_closed_before_all_has_left, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_name_server_that_does_not_answer_keeps_no_link, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nor_does_it_keep_the_program, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("link", tests, NULL, NULL);
}
