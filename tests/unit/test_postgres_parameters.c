// A PostgreSQL that has vanished is noticed within seconds, unless its address says something else.
// What libpq is asked for, and what the system then has, is looked at; no database answers.
#include "cmocka_all.h"

#include "store/postgres_connect.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CALLS_MAX = 8, PARAMETERS_MAX = 40 };

struct call {
    char keys[PARAMETERS_MAX][32], values[PARAMETERS_MAX][64];
    int count;
    int alive, idle_s, interval_s, probes, unsent_ms; // of its socket, as the system has it
};

static struct call calls[CALLS_MAX];
static int call_count;
static int listener = -1;
static char port[8];

PGconn *__real_PQconnectStartParams(const char *const *keys, const char *const *values, int expand);
PGconn *__wrap_PQconnectStartParams(const char *const *keys, const char *const *values, int expand);

static int option_of(int socket, int level, int name) {
    int value = -1;
    socklen_t length = sizeof value;
    assert_int_equal(getsockopt(socket, level, name, &value, &length), 0);
    return value;
}

// In libpq's place: notes what it is asked for, lets it begin, and gives up.
PGconn *__wrap_PQconnectStartParams(const char *const *keys, const char *const *values, int expand) {
    assert_true(call_count < CALLS_MAX);
    struct call *call = &calls[call_count++];
    for (; keys[call->count] != NULL; call->count++) {
        assert_true(call->count < PARAMETERS_MAX);
        snprintf(call->keys[call->count], sizeof call->keys[0], "%s", keys[call->count]);
        snprintf(call->values[call->count], sizeof call->values[0], "%s", values[call->count]);
    }
    PGconn *connection = __real_PQconnectStartParams(keys, values, expand);
    int socket = PQsocket(connection);
    if (socket >= 0) {
        call->alive = option_of(socket, SOL_SOCKET, SO_KEEPALIVE);
        call->idle_s = option_of(socket, IPPROTO_TCP, TCP_KEEPIDLE);
        call->interval_s = option_of(socket, IPPROTO_TCP, TCP_KEEPINTVL);
        call->probes = option_of(socket, IPPROTO_TCP, TCP_KEEPCNT);
        call->unsent_ms = option_of(socket, IPPROTO_TCP, TCP_USER_TIMEOUT);
    }
    PQfinish(connection);
    return NULL; // no memory, say
}

static int set_up(void **state) {
    (void)state;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(listener, (struct sockaddr *)&address, length), 0);
    assert_int_equal(listen(listener, CALLS_MAX), 0);
    assert_int_equal(getsockname(listener, (struct sockaddr *)&address, &length), 0);
    snprintf(port, sizeof port, "%u", ntohs(address.sin_port));
    memset(calls, 0, sizeof calls);
    call_count = 0;
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    return close(listener);
}

// The address's port is PORT, where one stands in it.
static void connect_to(const char *address, bool to_write) {
    struct postgres_link link;
    struct error error;
    char whole[512];
    snprintf(whole, sizeof whole, address, port);
    memset(calls, 0, sizeof calls);
    call_count = 0;
    assert_false(postgres_connect(&link, whole, to_write, &error));
    assert_string_equal(error.text, "no memory for a connection to the database");
    assert_null(link.connection);
}

static const char *value_in(const struct call *call, const char *key) {
    const char *value = "";
    int times = 0;
    for (int i = 0; i < call->count; i++) {
        if (strcmp(call->keys[i], key) == 0) {
            value = call->values[i];
            times++;
        }
    }
    if (times > 1) {
        fail_msg("%s is asked for %d times", key, times);
    }
    return value;
}

static void assert_asks(const char *key, const char *expected) {
    const char *value = value_in(&calls[0], key);
    if (strcmp(value, expected) != 0) {
        fail_msg("%s: \"%s\" is expected, and \"%s\" is asked for", key, expected, value);
    }
}

static void assert_socket(const char *what, int is, int expected) {
    if (is != expected) {
        fail_msg("%s: %d is expected, and the connection has %d", what, expected, is);
    }
}

static void a_vanished_host_is_noticed_within_seconds(void **state) {
    (void)state;
    connect_to("postgresql://127.0.0.1:%s/lottery", true);
    assert_int_equal(call_count, 1);
    assert_socket("keep-alives", calls[0].alive, 1);
    assert_socket("seconds until the first of them", calls[0].idle_s, 3);
    assert_socket("seconds between them", calls[0].interval_s, 1);
    assert_socket("how many without an answer", calls[0].probes, 3);
    assert_socket("milliseconds without a confirmation", calls[0].unsent_ms, 5000);
}

static void the_connection_says_whose_it_is(void **state) {
    (void)state;
    connect_to("postgresql://127.0.0.1:%s/lottery", true);
    assert_asks("application_name", "quiniela");
    assert_asks("fallback_application_name", "quiniela");
    assert_asks("client_encoding", "UTF8");
}

static void what_the_address_asks_for_holds(void **state) {
    (void)state;
    connect_to("postgresql://ana:secret@127.0.0.1:%s/lottery?keepalives_idle=7&keepalives_interval=2"
               "&keepalives_count=4&tcp_user_timeout=9000&application_name=sunday&client_encoding=LATIN1"
               "&fallback_application_name=other&sslmode=disable&connect_timeout=3"
               "&options=-csearch_path%%3Dx&target_session_attrs=any",
               true);
    assert_socket("seconds until the first keep-alive", calls[0].idle_s, 7);
    assert_socket("seconds between them", calls[0].interval_s, 2);
    assert_socket("how many without an answer", calls[0].probes, 4);
    assert_socket("milliseconds without a confirmation", calls[0].unsent_ms, 9000);
    assert_asks("application_name", "sunday");
    assert_asks("fallback_application_name", "other");
    assert_asks("client_encoding", "LATIN1");
    assert_asks("user", "ana");
    assert_asks("password", "secret");
    assert_asks("dbname", "lottery");
    assert_asks("sslmode", "disable");
    assert_asks("connect_timeout", "3");
    assert_asks("options", "-csearch_path=x");
    assert_asks("target_session_attrs", "any");
    connect_to("postgresql://127.0.0.1:%s/lottery?keepalives=0", true);
    assert_socket("keep-alives", calls[0].alive, 0);
}

// A name that it does not know would end every connection.
static void libpq_knows_all_that_it_is_asked_for(void **state) {
    (void)state;
    PQconninfoOption *known = PQconndefaults();
    assert_non_null(known);
    connect_to("postgresql://127.0.0.1:%s/lottery", true);
    for (int i = 0; i < calls[0].count; i++) {
        const PQconninfoOption *option = known;
        while (option->keyword != NULL && strcmp(option->keyword, calls[0].keys[i]) != 0) {
            option++;
        }
        if (option->keyword == NULL || calls[0].values[i][0] == '\0') {
            fail_msg("libpq is asked for \"%s\" = \"%s\"", calls[0].keys[i], calls[0].values[i]);
        }
        assert_string_equal(value_in(&calls[0], calls[0].keys[i]), calls[0].values[i]);
    }
    PQconninfoFree(known);
}

// "HOST ADDRESS PORT KIND" of each connection, one after the other.
static void assert_hosts(const char *address, bool to_write, const char *expected) {
    char hosts[1024] = "";
    connect_to(address, to_write);
    for (int i = 0; i < call_count; i++) {
        size_t length = strlen(hosts);
        snprintf(hosts + length, sizeof hosts - length, "%s,%s,%s,%s\n", value_in(&calls[i], "host"),
                 value_in(&calls[i], "hostaddr"), value_in(&calls[i], "port"),
                 value_in(&calls[i], "target_session_attrs"));
    }
    if (strcmp(hosts, expected) != 0) {
        fail_msg("%s, to %s: expected\n%sand it is\n%s", address, to_write ? "write" : "read", expected,
                 hosts);
    }
}

// One that takes changes, and for a reader any when there is none.
static void each_host_is_asked_for_alone_and_in_turn(void **state) {
    (void)state;
    assert_hosts("hostaddr=127.0.0.1 port=1", true, ",127.0.0.1,1,read-write\n");
    assert_hosts("hostaddr=127.0.0.1 port=1", false, ",127.0.0.1,1,\n");
    assert_hosts("hostaddr=127.0.0.1,127.0.0.2 port=1,2", true,
                 ",127.0.0.1,1,read-write\n,127.0.0.2,2,read-write\n");
    assert_hosts("hostaddr=127.0.0.1,127.0.0.2 port=1", false,
                 ",127.0.0.1,1,read-write\n,127.0.0.2,1,read-write\n,127.0.0.1,1,\n,127.0.0.2,1,\n");
    assert_hosts("host=127.0.0.3,127.0.0.4 hostaddr=127.0.0.1,127.0.0.2 port=1,2", true,
                 "127.0.0.3,127.0.0.1,1,read-write\n127.0.0.4,127.0.0.2,2,read-write\n");
    assert_hosts("postgresql://127.0.0.1:1,127.0.0.2:2/x?target_session_attrs=standby", true,
                 "127.0.0.1,,1,standby\n127.0.0.2,,2,standby\n");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_vanished_host_is_noticed_within_seconds, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_connection_says_whose_it_is, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_the_address_asks_for_holds, set_up, tear_down),
        cmocka_unit_test_setup_teardown(libpq_knows_all_that_it_is_asked_for, set_up, tear_down),
        cmocka_unit_test_setup_teardown(each_host_is_asked_for_alone_and_in_turn, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("postgres_parameters", tests, NULL, NULL);
}
