// Requests of HTTP are answered or refused by their rules, and each answer has its headers.
#include "http_story.h"

#include "base/log.h"
#include "http/http_parts.h"

#include <sys/wait.h>

#define GET(path, host) "GET " path " HTTP/1.1\r\nHost: " host "\r\nConnection: close\r\n\r\n"

static void assert_status(const char *request, int status) {
    int has = ask(request);
    if (has != status) {
        fail_msg("expected %d of \"%s\", it is \"%s\"", status, request, heard);
    }
}

static void a_handler_answers(void **state) {
    (void)state;
    assert_status(GET("/fixed", "127.0.0.1"), 200);
    assert_heard("\r\n\r\nfixed\n");
    assert_heard("Content-Length: 6\r\n");
    assert_heard("Content-Type: text/plain\r\n");
    assert_heard("X-Story: once\r\n");
    assert_status(GET("/made?a=1%202&b", "127.0.0.1"), 200);
    assert_heard("path /made a 1 2 others 0\n");
    assert_status(GET("/else/%41", "127.0.0.1"), 404);
    assert_heard("path /else/A a none others 0\n");
}

static void arguments_are_told_apart(void **state) {
    (void)state;
    const struct {
        const char *request, *answer;
    } cases[] = {
        {GET("/made?a", "::1]"), NULL},
        {GET("/made?a", "localhost"), "a  others 0"},
        {GET("/made?a=", "localhost"), "a  others 0"},
        {GET("/made?A=1", "localhost"), "a none others 1"},
        {GET("/made?c=1", "localhost"), "a none others 1"},
        {GET("/made?a=1&a=2", "localhost"), "a 1 others 1"},
        {GET("/made?a=1&b=2", "localhost"), "a 1 others 0"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_status(cases[i].request, cases[i].answer == NULL ? 421 : 200);
        if (cases[i].answer != NULL) {
            assert_heard(cases[i].answer);
        }
    }
}

static void each_answer_has_its_headers(void **state) {
    (void)state;
    const char *const requests[] = {GET("/fixed", "localhost"), GET("/else", "localhost"),
                                    GET("/fixed", "elsewhere"), "PUT / HTTP/1.1\r\nHost: localhost\r\n\r\n"};
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
        (void)ask(requests[i]);
        assert_heard("\r\nCache-Control: no-store\r\n");
        assert_heard("\r\nX-Content-Type-Options: nosniff\r\n");
        assert_heard("\r\nReferrer-Policy: no-referrer\r\n");
        assert_heard("\r\nCross-Origin-Resource-Policy: same-origin\r\n");
        assert_heard("\r\nContent-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; "
                     "connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; "
                     "frame-ancestors 'none'\r\n");
        assert_null(strstr(heard, "Access-Control"));
    }
}

static void nothing_but_get_and_head_is_done(void **state) {
    (void)state;
    const char *const methods[] = {"POST",  "PUT",     "DELETE", "OPTIONS", "TRACE",
                                   "PATCH", "CONNECT", "get",    "BREW"};
    int before = atomic_load(&answered);
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
        char request[200];
        snprintf(request, sizeof request, "%s /fixed HTTP/1.1\r\nHost: localhost\r\n\r\n", methods[i]);
        assert_status(request, 405);
        assert_heard("\r\nAllow: GET, HEAD\r\n");
    }
    assert_int_equal(atomic_load(&answered), before);
    assert_status("HEAD /fixed HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", 200);
    assert_heard("\r\nContent-Length: 6\r\n");
    assert_null(strstr(heard, "fixed\n"));
    assert_status("HEAD /stream HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", 200);
    assert_heard("\r\nContent-Type: text/event-stream\r\n");
}

// They are answered although none of the body has come.
static void a_body_is_refused_unread(void **state) {
    (void)state;
    const char *const headers[] = {"Content-Length: 5",
                                   "Content-Length: 99999999999999",
                                   "Transfer-Encoding: chunked",
                                   "Content-Length: 1\r\nExpect: 100-continue",
                                   "Content-Length: 0\r\nContent-Length: 7",
                                   "transfer-encoding: gzip",
                                   "Content-Length: 00"};
    int before = atomic_load(&answered);
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++) {
        char request[200];
        snprintf(request, sizeof request, "GET /fixed HTTP/1.1\r\nHost: localhost\r\n%s\r\n\r\n", headers[i]);
        int client = come();
        say(client, request);
        hear_all(client);
        assert_heard("HTTP/1.1 413 ");
        assert_null(strstr(heard, "100 Continue"));
    }
    assert_int_equal(atomic_load(&answered), before);
    assert_status("GET /fixed HTTP/1.0\r\nContent-Length: 0\r\n\r\n", 200);
}

static void a_host_must_be_ours(void **state) {
    (void)state;
    const struct {
        const char *request;
        int status;
    } cases[] = {
        {GET("/fixed", "127.0.0.1:8080"), 200},
        {GET("/fixed", "[::1]:8080"), 200},
        {GET("/fixed", "192.0.2.7"), 200},
        {GET("/fixed", "Board.Example.org:443"), 200},
        {GET("/fixed", "tablero."), 200},
        {GET("/fixed", "evil.example.org"), 421},
        {GET("/fixed", "localhost@evil.example.org"), 421},
        {GET("/fixed", ""), 421},
        {GET("/fixed", "localhost:x"), 421},
        {"GET /fixed HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n", 400},
        {"GET /fixed HTTP/1.1\r\n\r\n", 400},
        {"GET /fixed HTTP/1.0\r\n\r\n", 200},
        {"GET /fixed HTTP/1.0\r\nHost: evil.example.org\r\n\r\n", 421},
        {GET("http://localhost:1/fixed", "localhost"), 200},
        {GET("HTTP://board.example.org/fixed", "localhost"), 200},
        {GET("http://evil.example.org/fixed", "localhost"), 421},
        {GET("http://localhost/fixed", "evil.example.org"), 421},
        {GET("http://localhost@evil.example.org/fixed", "localhost"), 421},
        {GET("http://localhost", "localhost"), 404},
        {GET("https://localhost/fixed", "localhost"), 400},
        {GET("ftp://localhost/fixed", "localhost"), 400},
        {GET("fixed", "localhost"), 400},
        {GET("*", "localhost"), 400},
        {GET("/fixed%00", "localhost"), 400},
        {GET("/fixed?a=%00", "localhost"), 400},
        {"GET /fixed HTTP/1.1\r\nHost: localhost\r\nContent-Length : 5\r\n\r\n", 400},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_status(cases[i].request, cases[i].status);
    }
    assert_status(GET("/fixed", "evil.example.org"), 421);
    assert_heard("HTTP_NAMES");
}

// A head of 8 KiB is read, a larger one is not, and neither is one that has no end.
static int ask_bytes(const char *request, size_t length) {
    int client = come();
    assert_int_equal(send(client, request, length, MSG_NOSIGNAL), length);
    hear_all(client);
    return strncmp(heard, "HTTP/1.1 ", 9) == 0 ? atoi(heard + 9) : 0;
}

static void a_method_ends_at_its_space(void **state) {
    (void)state;
    static const char zero[] = "GET\0 /fixed HTTP/1.0\r\n\r\n", zeros[] = "GET\0\0x /fixed HTTP/1.0\r\n\r\n";
    assert_int_equal(ask_bytes(zero, sizeof zero - 1), 400);
    assert_heard("the request's method is none");
    assert_int_equal(ask_bytes(zeros, sizeof zeros - 1), 400);
    assert_status("GET /fixed HTTP/1.0\r\n\r\n", 200);
}

// Also as many as a head's 8 KiB have room for.
static void arguments_have_a_greatest_number(void **state) {
    (void)state;
    const size_t counts[] = {HTTP_ARGUMENTS_MAX, HTTP_ARGUMENTS_MAX + 1, 200, 2000, 4000};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        char request[9000] = "GET /made?a", *end = request + strlen(request);
        for (size_t argument = 1; argument < counts[i]; argument++) {
            end = stpcpy(end, "&c");
        }
        strcpy(end, " HTTP/1.0\r\n\r\n");
        assert_status(request, counts[i] <= HTTP_ARGUMENTS_MAX ? 200 : 414);
    }
}

static void a_head_has_a_greatest_length(void **state) {
    (void)state;
    const struct {
        size_t bytes;
        int status;
    } cases[] = {{8000, 200}, {8193, 431}, {65536, 431}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *request = calloc(1, cases[i].bytes + 200);
        size_t length = (size_t)sprintf(request, "GET /fixed HTTP/1.0\r\nX: ");
        memset(request + length, 'x', cases[i].bytes - length);
        strcat(request, "\r\n\r\n");
        int client = come();
        (void)!send(client, request, strlen(request), MSG_NOSIGNAL);
        hear_all(client);
        free(request);
        assert_int_equal(atoi(heard + 9), cases[i].status);
    }
}

static void requests_of_a_connection_are_answered_in_turn(void **state) {
    (void)state;
    int client = come();
    say(client,
        "GET /fixed HTTP/1.1\r\nHost: localhost\r\n\r\nGET /made?a=2 HTTP/1.1\r\nHost: localhost\r\n\r\n");
    hear_until(client, "path /made a 2");
    assert_true(strstr(heard, "\r\n\r\nfixed\n") < strstr(heard, "path /made a 2"));
    say(client, GET("/made?a=3", "localhost"));
    hear_all(client);
    assert_heard("path /made a 3");
}

// One whose request does not end, and one that asks nothing further, are closed; so is one that drips.
static void nobody_is_waited_for_long(void **state) {
    (void)state;
    const struct http_patience patience = {
        .request_ms = 2000, .idle_s = 10, .answer_ms = 60000, .stream_idle_s = 60};
    struct http_options options = story_options();
    http_close(&http);
    options.patience = &patience;
    start_with(&options);
    int begun = come(), idle = come(), silent = come();
    say(begun, "GET /fixed HTTP/1.1\r\nHo");
    say(idle, "GET /fixed HTTP/1.1\r\nHost: localhost\r\n\r\n");
    hear_until(idle, "fixed\n");
    hear_all(begun);
    assert_int_equal(heard[0], '\0');
    hear_all(idle);
    hear_all(silent);
}

// An answer that is not read is given up, and the next ones are not its business.
static void an_answer_that_is_not_read_is_given_up(void **state) {
    (void)state;
    const struct http_patience patience = {
        .request_ms = 60000, .idle_s = 3, .answer_ms = 60000, .stream_idle_s = 60};
    struct http_options options = story_options();
    http_close(&http);
    options.patience = &patience;
    start_with(&options);
    int client = come();
    say(client, GET("/big", "localhost"));
    struct pollfd polled = {.fd = client, .events = POLLRDHUP};
    assert_int_equal(poll(&polled, 1, STORY_WAIT_MS), 1);
    close(client);
    assert_status(GET("/fixed", "localhost"), 200);
}

static void a_large_answer_comes_whole(void **state) {
    (void)state;
    int client = come();
    size_t count = 0;
    say(client, GET("/big", "localhost"));
    for (size_t more; (more = hear_more(client, 0)) > 0;) {
        count += more;
    }
    close(client);
    assert_true(count > STORY_BIG_BYTES);
}

static void what_is_answered_and_refused_is_counted(void **state) {
    (void)state;
    int64_t requests = counter_read(&http_counters.requests);
    int64_t refused = counter_read(&http_counters.requests_refused);
    int64_t connections = counter_read(&http_counters.connections);
    assert_status(GET("/fixed", "localhost"), 200);
    assert_status(GET("/fixed", "elsewhere"), 421);
    assert_int_equal(counter_read(&http_counters.requests), requests + 2);
    assert_int_equal(counter_read(&http_counters.requests_refused), refused + 1);
    assert_int_equal(counter_read(&http_counters.connections), connections + 2);
}

// It ticks by itself, and may be closed before it has been started.
static void it_ticks_and_ends(void **state) {
    (void)state;
    struct http *other;
    struct error error;
    uint16_t port;
    await_at_least(&ticks, atomic_load(&ticks) + 2);
    struct http_options options = story_options();
    assert_true(http_open(&options, &other, &error));
    http_close(&other);
    assert_null(other);
    http_close(&other);
    close(listen_at(&port));
}

// libmicrohttpd finds that a descriptor of its own is gone, and would end the process.
static void it_never_ends_the_process(void **state) {
    (void)state;
    pid_t child = fork(); // which keeps what the server cannot free
    if (child == 0) {
        struct http_options options = story_options();
        log_set_level(LOG_LEVEL_CRITICAL + 1);
        start_with(&options);
        say(come(), "GET /fixed HTTP/1.1\r\nHost: localhost\r\n\r\n");
        await_at_least(&answered, 1);
        close(http->events);
        http_close(&http);
        _exit(EXIT_SUCCESS);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), EXIT_SUCCESS);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_never_ends_the_process), // first, while there is one thread
        cmocka_unit_test_setup_teardown(a_handler_answers, start, stop),
        cmocka_unit_test_setup_teardown(arguments_are_told_apart, start, stop),
        cmocka_unit_test_setup_teardown(each_answer_has_its_headers, start, stop),
        cmocka_unit_test_setup_teardown(nothing_but_get_and_head_is_done, start, stop),
        cmocka_unit_test_setup_teardown(a_body_is_refused_unread, start, stop),
        cmocka_unit_test_setup_teardown(a_host_must_be_ours, start, stop),
        cmocka_unit_test_setup_teardown(a_method_ends_at_its_space, start, stop),
        cmocka_unit_test_setup_teardown(arguments_have_a_greatest_number, start, stop),
        cmocka_unit_test_setup_teardown(a_head_has_a_greatest_length, start, stop),
        cmocka_unit_test_setup_teardown(requests_of_a_connection_are_answered_in_turn, start, stop),
        cmocka_unit_test_setup_teardown(nobody_is_waited_for_long, start, stop),
        cmocka_unit_test_setup_teardown(an_answer_that_is_not_read_is_given_up, start, stop),
        cmocka_unit_test_setup_teardown(a_large_answer_comes_whole, start, stop),
        cmocka_unit_test_setup_teardown(what_is_answered_and_refused_is_counted, start, stop),
        cmocka_unit_test_setup_teardown(it_ticks_and_ends, start, stop),
    };
    return cmocka_run_group_tests_name("http", tests, NULL, NULL);
}
