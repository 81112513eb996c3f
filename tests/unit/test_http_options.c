// The board is only where its settings say, and settings that would mislead are refused.
#include "settings_story.h"

#include "cli/board_place.h"
#include "cli/boarding.h"
#include "cli/server_options.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/resource.h>

static struct server_options server;

static int set_up_server(void **state) {
    static const char *const keys[] = {
        "HTTP_PORT", "HTTP_HOST",   "HTTP_NAMES",         "HTTP_CONNECTIONS_MAX",
        "SERVER_IP", "SERVER_PORT", "CONSULT_SERVER_PORT"};
    int failed = set_up(state);
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        unsetenv(keys[i]);
    }
    ((struct story *)*state)->options = &server;
    return failed;
}

#define SERVER_STORY(name) cmocka_unit_test_setup_teardown(name, set_up_server, tear_down)

// Loads the flags that follow; then checks them as a start does. What is wrong is in story->error.
static bool is_good(struct story *story, struct listening *listening) {
    server.settings = story->settings;
    *listening = (struct listening){.port_count = LOTTERY_PORTS, .sockets = {-1, -1}, .http_socket = -1};
    return listening_parse(listening, &server, &story->error) &&
           board_place_check(&server, listening, &story->error);
}

#define ASSERT_GOOD(...)                                                                                     \
    do {                                                                                                     \
        struct listening listening;                                                                          \
        ASSERT_READY(&server_command, __VA_ARGS__);                                                          \
        if (!is_good(story, &listening)) {                                                                   \
            fail_msg("refused: %s", story->error.text);                                                      \
        }                                                                                                    \
    } while (0)

#define ASSERT_REFUSED(words, ...)                                                                           \
    do {                                                                                                     \
        struct listening listening;                                                                          \
        ASSERT_READY(&server_command, __VA_ARGS__);                                                          \
        assert_false(is_good(story, &listening));                                                            \
        assert_error(&story->error, ERROR_BAD_SETTING);                                                      \
        if (strstr(story->error.text, words) == NULL) {                                                      \
            fail_msg("no \"%s\" in: %s", words, story->error.text);                                          \
        }                                                                                                    \
    } while (0)

static void there_is_no_board_unless_it_has_a_port(void **state) {
    struct story *story = *state;
    struct listening listening;
    ASSERT_READY(&server_command);
    assert_true(is_good(story, &listening));
    assert_false(board_place_is_wanted(&server, &listening));
    listening.http_socket = 3; // or one is handed over
    assert_true(board_place_is_wanted(&server, &listening));
    ASSERT_READY(&server_command, "--http-port=0");
    assert_true(is_good(story, &listening));
    assert_true(board_place_is_wanted(&server, &listening));
    assert_string_equal(server.http.host, "127.0.0.1");
    assert_int_equal(server.http.connections_max, 128);
}

static void what_is_the_boards_alone_needs_a_board(void **state) {
    struct story *story = *state;
    ASSERT_REFUSED("--http-host: is of the board, and HTTP_PORT is not set", "--http-host=::1");
    ASSERT_REFUSED("--http-names: is of the board", "--http-names=board.example");
    ASSERT_REFUSED("--http-connections-max: is of the board", "--http-connections-max=9");
    ASSERT_REFUSED("--http-port: an echo has no board", "--http-port=0", "--service=echo");
}

static void assert_place(struct story *story, const char *first, const char *second) {
    struct http_place place;
    char text[PLACE_TEXT_BYTES];
    assert_true(http_options_place(&server.http, story->settings, &place, &story->error));
    assert_int_equal(place.count, second == NULL ? 1 : 2);
    place_show_address(&place.addresses[0], text);
    assert_string_equal(text, first);
    if (second != NULL) {
        place_show_address(&place.addresses[1], text);
        assert_string_equal(text, second);
    }
}

static void a_host_is_an_address_or_localhost(void **state) {
    struct story *story = *state;
    ASSERT_GOOD("--http-port=8080");
    assert_place(story, "127.0.0.1", NULL);
    ASSERT_GOOD("--http-port=8080", "--http-host=localhost");
    assert_place(story, "127.0.0.1", "::1");
    ASSERT_GOOD("--http-port=8080", "--http-host=0.0.0.0");
    assert_place(story, "0.0.0.0", NULL);
    ASSERT_GOOD("--http-port=8080", "--http-host=::");
    assert_place(story, "0.0.0.0", "::");
    ASSERT_GOOD("--http-port=8080", "--http-host=2001:db8::5");
    assert_place(story, "2001:db8::5", NULL);
    ASSERT_REFUSED("--http-host: \"board.example\" is no numeric address, and not localhost",
                   "--http-port=8080", "--http-host=board.example");
    static const char *const many[] = {"--http-host=224.0.0.1", "--http-host=239.255.255.255",
                                       "--http-host=255.255.255.255", "--http-host=ff05::1"};
    for (size_t i = 0; i < sizeof many / sizeof many[0]; i++) {
        ASSERT_REFUSED("an address of many machines", "--http-port=8080", many[i]);
    }
    ASSERT_REFUSED("--http-host: ::ffff:127.0.0.1 is an IPv4 address in IPv6's form", "--http-port=8080",
                   "--http-host=::ffff:127.0.0.1");
    ASSERT_REFUSED("--http-host: ", "--http-port=8080", "--http-host=127.0.0.256");
    ASSERT_REFUSED("--http-host: ", "--http-port=8080", "--http-host=127.0.0.1:80");
}

static void names_are_names_of_hosts(void **state) {
    struct story *story = *state;
    ASSERT_GOOD("--http-port=8080", "--http-names=board.example,Board-2.example,quiniela,a_b");
    static const char *const wrong[] = {"board.example:443",
                                        "https://board.example",
                                        "a,,b",
                                        "a,",
                                        "a, b",
                                        "-a",
                                        "a-",
                                        "a..b",
                                        "10.0.0.5",
                                        "*.example",
                                        "::1",
                                        "b.5"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        char flag[64];
        snprintf(flag, sizeof flag, "--http-names=%s", wrong[i]);
        ASSERT_REFUSED("is not the name of a host", "--http-port=8080", flag);
    }
    char longest[300] = "--http-names=";
    memset(longest + strlen(longest), 'a', 63);
    ASSERT_GOOD("--http-port=8080", longest);
    strcat(longest, "a");
    ASSERT_REFUSED("is not the name of a host", "--http-port=8080", longest);
}

static void a_port_is_not_the_services_too(void **state) {
    struct story *story = *state;
    ASSERT_REFUSED("--http-port: it is 12345, and so is SERVER_PORT", "--http-port=12345");
    ASSERT_REFUSED("and so is CONSULT_SERVER_PORT", "--http-port=12346", "--server-ip=127.0.0.1");
    ASSERT_REFUSED("and so is SERVER_PORT", "--http-port=12345", "--server-ip=localhost");
    ASSERT_REFUSED("and so is SERVER_PORT", "--http-port=12345", "--server-ip=10.0.0.5",
                   "--http-host=0.0.0.0");
    ASSERT_REFUSED("and so is SERVER_PORT", "--http-port=12345", "--server-ip=::", "--http-host=10.0.0.5");
    ASSERT_GOOD("--http-port=12345", "--server-ip=10.0.0.5");
    ASSERT_GOOD("--http-port=12345", "--server-ip=127.0.0.1", "--http-host=::1");
    ASSERT_GOOD("--http-port=0", "--server-port=0");
}

static void the_board_has_descriptors_of_its_own(void **state) {
    struct story *story = *state;
    struct listening listening;
    uint32_t count;
    ASSERT_READY(&server_command);
    assert_true(is_good(story, &listening));
    assert_true(boarding_descriptors(&server, &listening, &count, &story->error));
    assert_int_equal(count, 0);
    ASSERT_READY(&server_command, "--http-port=0", "--http-connections-max=100");
    assert_true(is_good(story, &listening));
    assert_true(boarding_descriptors(&server, &listening, &count, &story->error));
    assert_in_range(count, 101, 200);
    const struct rlimit most = {2 * (rlim_t)count - 1, 2 * (rlim_t)count - 1};
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &most), 0);
    assert_false(boarding_descriptors(&server, &listening, &count, &story->error));
    assert_error(&story->error, ERROR_BAD_SETTING);
    assert_non_null(strstr(story->error.text, "--http-connections-max: with 100 connections"));
}

static void a_port_that_somebody_has_is_named(void **state) {
    struct story *story = *state;
    struct listening listening;
    struct board_place first, second;
    char port[32];
    ASSERT_READY(&server_command, "--http-port=0", "--http-host=localhost");
    assert_true(is_good(story, &listening));
    assert_true(board_place_bind(&first, &server, &listening, &story->error));
    snprintf(port, sizeof port, "http://localhost:%u/", first.port);
    assert_string_equal(first.url, port);
    snprintf(port, sizeof port, "--http-port=%u", first.port);
    ASSERT_READY(&server_command, port);
    assert_true(is_good(story, &listening));
    assert_false(board_place_is_free(&server, &listening, &story->error));
    assert_false(board_place_bind(&second, &server, &listening, &story->error));
    assert_int_equal(second.count, 0);
    assert_non_null(strstr(story->error.text, "--http-port: cannot listen on 127.0.0.1 port"));
    assert_non_null(strstr(story->error.text, "where another program listens already"));
    board_place_close(&first);
    assert_true(board_place_is_free(&server, &listening, &story->error));
    ASSERT_READY(&server_command, port, "--http-host=192.0.2.1");
    assert_true(is_good(story, &listening));
    assert_false(board_place_is_free(&server, &listening, &story->error));
    assert_non_null(strstr(story->error.text, "which is not an address of this machine"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        SERVER_STORY(there_is_no_board_unless_it_has_a_port),
        SERVER_STORY(what_is_the_boards_alone_needs_a_board),
        SERVER_STORY(a_host_is_an_address_or_localhost),
        SERVER_STORY(names_are_names_of_hosts),
        SERVER_STORY(a_port_is_not_the_services_too),
        SERVER_STORY(a_port_that_somebody_has_is_named),
        SERVER_STORY(the_board_has_descriptors_of_its_own), // last: a hard limit stays
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
