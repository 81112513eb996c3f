// An address is split into host and port, and what is not an address is refused.
#include "cmocka_all.h"

#include "agency/address.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static void expect_address(const char *text, const char *host, const char *port) {
    struct address address;
    struct error error;
    if (!address_parse(text, &address, &error)) {
        fail_msg("%s", error.text);
    }
    assert_string_equal(address.text, text);
    assert_string_equal(address.host, host);
    assert_string_equal(address.port, port);
}

static void names_and_numbers_are_understood(void **state) {
    (void)state;
    expect_address("server:12345", "server", "12345");
    expect_address("central.example:1", "central.example", "1");
    expect_address("127.0.0.1:65535", "127.0.0.1", "65535");
    expect_address("[::1]:12345", "::1", "12345");
    expect_address("[fe80::1%eth0]:12346", "fe80::1%eth0", "12346");
}

static void what_is_no_address_is_refused(void **state) {
    (void)state;
    static const char *const wrong[] = {
        "",      "server", "server:", ":12345", "server:0", "server:65536",   "server:4294967297",
        "a:12x", "a:-1",   "a:+1",    "a: 1",   "a:1 ",     "::1:12345",      "::1",
        "[]:1",  "[::1]",  "[::1]:",  "[::1:1", "[::1]x:1", "http://a:12345", "a:b:1",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct address address;
        struct error error;
        if (address_parse(wrong[i], &address, &error)) {
            fail_msg("\"%s\" was taken for an address", wrong[i]);
        }
        assert_error(&error, ERROR_BAD_SETTING);
        assert_non_null(strstr(error.text, wrong[i]));
    }
}

static void one_is_not_several(void **state) {
    (void)state;
    struct address address;
    struct error error;
    assert_false(address_parse("a:1,b:2", &address, &error));
    assert_error(&error, ERROR_BAD_SETTING);
    assert_string_equal(error.text, "\"a:1,b:2\" has a comma; give a single HOST:PORT");
}

static void an_address_has_an_end(void **state) {
    (void)state;
    struct address address;
    struct error error;
    char host[ADDRESS_BYTES_MAX], text[ADDRESS_BYTES_MAX + 8];
    memset(host, 'a', sizeof host);
    host[ADDRESS_BYTES_MAX - 3] = '\0'; // with ":1" and a NUL it just fits
    snprintf(text, sizeof text, "%s:1", host);
    expect_address(text, host, "1");
    snprintf(text, sizeof text, "%s:12", host);
    assert_false(address_parse(text, &address, &error));
    assert_error(&error, ERROR_BAD_SETTING);
}

static void several_addresses_are_taken_apart(void **state) {
    (void)state;
    struct addresses addresses;
    struct error error;
    assert_true(addresses_parse("a:1,[::1]:2,c.example:65535", &addresses, &error));
    assert_int_equal(addresses.count, 3);
    assert_string_equal(addresses.list[0].text, "a:1");
    assert_string_equal(addresses.list[1].host, "::1");
    assert_string_equal(addresses.list[2].port, "65535");
    assert_true(addresses_parse("a:1, b:2 , c:3", &addresses, &error));
    assert_string_equal(addresses.list[1].text, "b:2");
    assert_string_equal(addresses.list[2].text, "c:3");
    assert_true(addresses_parse("a:1", &addresses, &error));
    assert_int_equal(addresses.count, 1);
}

static void a_wrong_one_of_several_is_named(void **state) {
    (void)state;
    static const struct {
        const char *text, *says;
    } wrong[] = {{"a:1,", "address 2: \"\""},
                 {",a:1", "address 1: \"\""},
                 {"a:1,,c:3", "address 2: \"\""},
                 {"a:1,b,c:3", "address 2: \"b\""},
                 {"a:1, b:2,c:0", "address 3: \"c:0\""},
                 {"a:1,b:2 c:3", "a space"},
                 {"", "\"\" is not HOST:PORT"}};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct addresses addresses;
        struct error error;
        if (addresses_parse(wrong[i].text, &addresses, &error)) {
            fail_msg("\"%s\" was taken", wrong[i].text);
        }
        assert_error(&error, ERROR_BAD_SETTING);
        if (strstr(error.text, wrong[i].says) == NULL) {
            fail_msg("\"%s\": %s", wrong[i].text, error.text);
        }
    }
}

static void there_is_room_for_so_many(void **state) {
    (void)state;
    struct addresses addresses;
    struct error error;
    char text[8 * (ADDRESSES_MAX + 1)] = "a:1";
    for (int i = 1; i < ADDRESSES_MAX; i++) {
        strcat(text, ",a:1");
    }
    assert_true(addresses_parse(text, &addresses, &error));
    assert_int_equal(addresses.count, ADDRESSES_MAX);
    strcat(text, ",a:1");
    assert_false(addresses_parse(text, &addresses, &error));
    assert_error(&error, ERROR_BAD_SETTING);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_and_numbers_are_understood),
        cmocka_unit_test(what_is_no_address_is_refused),
        cmocka_unit_test(one_is_not_several),
        cmocka_unit_test(an_address_has_an_end),
        cmocka_unit_test(several_addresses_are_taken_apart),
        cmocka_unit_test(a_wrong_one_of_several_is_named),
        cmocka_unit_test(there_is_room_for_so_many),
    };
    return cmocka_run_group_tests_name("address", tests, NULL, NULL);
}
