// A host is ours by its address, as localhost, or by a name of the settings, and in no other way.
#include "cmocka_all.h"

#include "http/host.h"

#include <string.h>

static const char names[] = "board.example.org,Tablero,lotería-no,a_b.c";

static void assert_ours(const char *const *hosts, size_t count, bool ours) {
    for (size_t i = 0; i < count; i++) {
        if (host_is_ours(hosts[i], strlen(hosts[i]), names) != ours) {
            fail_msg("expected \"%s\" to be %s", hosts[i], ours ? "ours" : "nobody's");
        }
    }
}

static void what_is_ours_is_known(void **state) {
    (void)state;
    static const char *const ours[] = {
        "127.0.0.1",
        "127.0.0.1:8080",
        "0.0.0.0:1",
        "192.0.2.1:65535",
        "[::1]",
        "[::1]:8080",
        "[2001:DB8::7]:",
        "[::ffff:192.0.2.1]",
        "localhost",
        "LocalHost:8080",
        "localhost.",
        "localhost.:80",
        "board.example.org",
        "BOARD.example.ORG.:443",
        "tablero",
        "tablero:1",
        "a_b.c",
        "localhost:",
    };
    assert_ours(ours, sizeof ours / sizeof *ours, true);
}

static void nothing_else_is(void **state) {
    (void)state;
    static const char *const others[] = {
        "",
        ":",
        ":80",
        ".",
        "example.org",
        "x.board.example.org",
        "board.example.org.evil",
        "board.example.org..",
        "board",
        "localhost.evil.org",
        "localhost..",
        "evil.localhost",
        "user@localhost",
        "user:x@127.0.0.1",
        "127.0.0.1@evil.org",
        "localhost:65536",
        "localhost:-1",
        "localhost:80x",
        "localhost:000080",
        "localhost: 80",
        "localhost:80:80",
        " localhost",
        "localhost ",
        "127.0.0.1.",
        "127.1",
        "0x7f000001",
        "2130706433",
        "127.0.0.1.nip.io",
        "127.0.0.01",
        "256.0.0.1",
        "::1",
        "::1:80",
        "[::1",
        "[::1]x",
        "[::1]:x",
        "[]",
        "[",
        "]",
        "[127.0.0.1]",
        "[fe80::1%25eth0]",
        "[fe80::1%eth0]",
        "[v1.x]",
        "[localhost]",
        "localhost/",
        "localhost#",
        "localhost,board.example.org",
        "board.example.org,",
        ",",
        "lotería-no",
        "tablero:8443:1",
    };
    assert_ours(others, sizeof others / sizeof *others, false);
    assert_false(host_is_ours("localhost\0x", 11, names));
    assert_false(host_is_ours("127.0.0.1\0", 10, names));
    assert_false(host_is_ours("tablero", 7, NULL));
    assert_false(host_is_ours("", 0, ""));
    assert_true(host_is_ours("localhost, and more", 9, NULL));
}

static void names_are_checked(void **state) {
    (void)state;
    static const char *const bad[] = {
        "",    ",",     "a,",     ",a",       "a b",  "a, b", " a",     "a ",   "http://a",
        "a/b", "a:b",   "a:8443", "a.",       "a..b", "-a",   "a-",     "a.-b", "*.example.org",
        "*",   "[::1]", "::1",    "10.0.0.5", "b.5",  "5",    "lotería"};
    struct error error;
    assert_true(host_names_check("board.example.org", &error));
    assert_true(host_names_check("board.example.org,Tablero,a_b.c,5.example,a--b", &error));
    assert_true(host_names_check(NULL, &error));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        if (host_names_check(bad[i], &error)) {
            fail_msg("expected \"%s\" to be refused", bad[i]);
        }
        assert_error(&error, ERROR_BAD_SETTING);
        assert_non_null(strstr(error.text, "is not the name of a host"));
    }
}

// Every one that passes is a host that a request may name, in whatever case, with a port and a last dot.
static void names_that_pass_are_ours(void **state) {
    (void)state;
    static const char *const good[] = {"board.example.org", "Tablero", "a_b.c", "5.example", "a--b"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        struct error error;
        char host[64];
        assert_true(host_names_check(good[i], &error));
        assert_true(host_is_ours(good[i], strlen(good[i]), good[i]));
        snprintf(host, sizeof host, "%s.:8443", good[i]);
        assert_true(host_is_ours(host, strlen(host), good[i]));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_ours_is_known),
        cmocka_unit_test(nothing_else_is),
        cmocka_unit_test(names_are_checked),
        cmocka_unit_test(names_that_pass_are_ours),
    };
    return cmocka_run_group_tests_name("http_host", tests, NULL, NULL);
}
