// A ClientHello that resumes a session is recognised, without reading beyond its end.
// Whatever else stands in it.
#include "cmocka_all.h"

#include "tls/hello.h"

#include <stdlib.h>
#include <string.h>

struct hello {
    uint8_t bytes[512];
    size_t length;
};

static void put(struct hello *hello, const void *bytes, size_t length) {
    memcpy(hello->bytes + hello->length, bytes, length);
    hello->length += length;
}

static void put_number(struct hello *hello, int bytes, size_t number) {
    for (int i = bytes - 1; i >= 0; i--) {
        hello->bytes[hello->length++] = (uint8_t)(number >> (8 * i));
    }
}

// As RFC 8446, section 4.1.2 has it, up to the extensions.
static struct hello begin(size_t session_name_bytes) {
    static const uint8_t header[] = {22, 3, 1, 1, 0, 1, 0, 0, 252, 3, 3}, random[32] = {7};
    static const uint8_t name[32] = {9}, ciphers[] = {0, 4, 0x13, 1, 0x13, 2}, compression[] = {1, 0};
    struct hello hello = {.length = 0};
    put(&hello, header, sizeof header);
    put(&hello, random, sizeof random);
    put_number(&hello, 1, session_name_bytes);
    put(&hello, name, session_name_bytes);
    put(&hello, ciphers, sizeof ciphers);
    put(&hello, compression, sizeof compression);
    return hello;
}

static void put_extension(struct hello *hello, size_t kind, size_t length) {
    put_number(hello, 2, kind);
    put_number(hello, 2, length);
    memset(hello->bytes + hello->length, 41, length); // what is in it does not count
    hello->length += length;
}

static struct hello whole(size_t session_name_bytes, bool resumes) {
    struct hello hello = begin(session_name_bytes);
    put_number(&hello, 2, 4 + 2 + 4 + 4 + 40 + (resumes ? 4 + 100 : 0));
    put_extension(&hello, 43, 2);
    put_extension(&hello, 42, 0);
    put_extension(&hello, 51, 40);
    if (resumes) {
        put_extension(&hello, 41, 100);
    }
    return hello;
}

static void one_that_goes_on_with_a_session_says_so(void **state) {
    (void)state;
    struct hello with = whole(32, true), without = whole(32, false), short_name = whole(0, true);
    assert_true(tls_hello_resumes(with.bytes, with.length));
    assert_true(tls_hello_resumes(short_name.bytes, short_name.length));
    assert_false(tls_hello_resumes(without.bytes, without.length));
}

static void one_that_is_cut_short_is_read_to_its_end_only(void **state) {
    (void)state;
    struct hello hello = whole(32, true);
    size_t said = hello.length - 100 - 4 + 2; // up to the extension's kind
    for (size_t length = 0; length <= hello.length; length++) {
        uint8_t *exactly = malloc(length + (length == 0)); // the sanitizers see reads beyond it
        assert_non_null(exactly);
        memcpy(exactly, hello.bytes, length);
        assert_int_equal(tls_hello_resumes(exactly, length), length >= said);
        free(exactly);
    }
}

static void what_is_no_hello_says_no(void **state) {
    (void)state;
    struct hello hello = whole(32, true);
    hello.bytes[0] = 23;
    assert_false(tls_hello_resumes(hello.bytes, hello.length));
    hello.bytes[0] = 22;
    hello.bytes[5] = 2;
    assert_false(tls_hello_resumes(hello.bytes, hello.length));
    memset(hello.bytes, 0xff, sizeof hello.bytes);
    assert_false(tls_hello_resumes(hello.bytes, sizeof hello.bytes));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_that_goes_on_with_a_session_says_so),
        cmocka_unit_test(one_that_is_cut_short_is_read_to_its_end_only),
        cmocka_unit_test(what_is_no_hello_says_no),
    };
    return cmocka_run_group_tests_name("hello", tests, NULL, NULL);
}
