// SERVER_IP is an address, a name or neither, and of a name the right addresses are bound.
#include "cmocka_all.h"

#include "net/place.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

static void check_kind(const char *text, enum place_kind kind) {
    struct place place;
    struct error error = {0};
    if (!place_parse(text, &place, &error) || place.kind != kind) {
        fail_msg("\"%s\": %d, not %d: %s", text == NULL ? "" : text, place.kind, kind, error.text);
    }
    assert_int_equal(place.count, kind == PLACE_ADDRESSES);
}

static void nothing_means_every_address(void **state) {
    (void)state;
    check_kind(NULL, PLACE_EVERYWHERE);
    check_kind("", PLACE_EVERYWHERE);
}

static void a_numeric_address_is_taken_as_it_is(void **state) {
    (void)state;
    static const char *const all[] = {
        "127.0.0.1", "10.1.2.3", "0.0.0.0", "::", "::1", "2001:db8::7", "::ffff:10.1.2.3", "fe80::1%lo"};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        struct place place;
        struct error error;
        char text[PLACE_TEXT_BYTES];
        check_kind(all[i], PLACE_ADDRESSES);
        assert_true(place_parse(all[i], &place, &error));
        place_show(&place, text, sizeof text);
        assert_string_equal(text, all[i]);
    }
    check_kind("fe80::1%1", PLACE_ADDRESSES); // the loopback's number
}

static void a_name_is_a_name(void **state) {
    (void)state;
    static const char *const all[] = {
        "server",       "localhost", "central.example.com", "central.example.com.",
        "tp0_server",   "7up",       "central-1",           "a1.b2.c3",
        "3com.example", "xn--ao-zja"};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        check_kind(all[i], PLACE_NAME);
    }
}

static void what_is_neither_is_refused_with_what_is_wrong(void **state) {
    (void)state;
    static const struct {
        const char *text, *says;
    } all[] = {
        {"127.0.0.l", "looks like a numeric address"},
        {"l27.0.0.1", "looks like a numeric address"},
        {"300.1.1.1", "looks like a numeric address"},
        {"127.1", "looks like a numeric address"},
        {"2130706433", "looks like a numeric address"},
        {"0x7f000001", "looks like a numeric address"},
        {"127.0.0.1.example.com", "looks like a numeric address"},
        {"10.0.0.0/24", "a network"},
        {"fd00::/8", "a network"},
        {"http://server", "a network or a URL"},
        {"127.0.0.1:12345", "the port has a setting of its own"},
        {"server:12345", "the port has a setting of its own"},
        {"[::1]", "leave out the brackets"},
        {"::g", "not a numeric address"},
        {"fe80::1", "it needs a zone"},
        {"fe80::1%", "not an interface"},
        {"fe80::1%nosuch0", "not an interface"},
        {"fe80::1%4294967295", "not an interface"},
        {"::1%lo", "only a link-local address has"},
        {"127.0.0.1 ", "neither"},
        {" 127.0.0.1", "neither"},
        {"127.0.0.1\r", "\\r\" is neither"},
        {"\"127.0.0.1\"", "\"\\\"127.0.0.1\\\"\" is neither"},
        {"127.0.0.1 # so", "neither"},
        {"server,127.0.0.1", "neither"},
        {"a..b", "neither"},
        {".a", "neither"},
        {".", "neither"},
        {"-a", "neither"},
        {"a-.b", "neither"},
        {"*", "neither"},
        {"se\u00f1or", "neither"},
    };
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        struct place place;
        struct error error = {0};
        assert_false(place_parse(all[i].text, &place, &error));
        assert_error(&error, ERROR_BAD_SETTING);
        if (strstr(error.text, all[i].says) == NULL) {
            fail_msg("%s: %s", all[i].text, error.text);
        }
    }
    char longest[300];
    memset(longest, 'a', sizeof longest);
    longest[64] = '\0'; // a label of 64
    struct place place;
    struct error error;
    assert_false(place_parse(longest, &place, &error));
    longest[63] = '\0';
    check_kind(longest, PLACE_NAME);
}

// What a name was resolved to -----------------------------------------------------------------------------

static struct sockaddr_storage address(const char *text) {
    struct place place;
    struct error error;
    assert_true(place_parse(text, &place, &error));
    return place.addresses[0];
}

static void check_own(const char *const *found, size_t count, const char *expected, size_t expected_bytes) {
    struct sockaddr_storage addresses[8];
    struct place place;
    struct error error;
    char text[256];
    for (size_t i = 0; i < count; i++) {
        addresses[i] = address(found[i]);
    }
    assert_true(place_take_own(&place, addresses, count, &error));
    place_show(&place, text, sizeof text);
    assert_memory_equal(text, expected, expected_bytes);
    assert_int_equal(place.kind == PLACE_EVERYWHERE, strcmp(expected, "*") == 0);
}

#define CHECK_OWN(expected, ...)                                                                             \
    do {                                                                                                     \
        static const char *const found[] = {__VA_ARGS__};                                                    \
        check_own(found, sizeof found / sizeof found[0], expected, strlen(expected));                        \
    } while (0)

// Whether this machine has ::1 is not for us to say: it may stand behind.
static void of_a_names_addresses_this_machines_are_taken_and_loopback(void **state) {
    (void)state;
    CHECK_OWN("127.0.0.1", "127.0.0.1");
    CHECK_OWN("127.0.1.1,127.0.0.1", "127.0.1.1");
    CHECK_OWN("127.0.0.1", "192.0.2.7", "127.0.0.1", "127.0.0.1", "2001:db8::7");
    CHECK_OWN("*", "192.0.2.7");
    CHECK_OWN("*", "192.0.2.7", "2001:db8::7");
    CHECK_OWN("*", "0.0.0.0"); // is nobody's
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_means_every_address),
        cmocka_unit_test(a_numeric_address_is_taken_as_it_is),
        cmocka_unit_test(a_name_is_a_name),
        cmocka_unit_test(what_is_neither_is_refused_with_what_is_wrong),
        cmocka_unit_test(of_a_names_addresses_this_machines_are_taken_and_loopback),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
