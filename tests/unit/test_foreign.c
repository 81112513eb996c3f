// Another protocol than ours is recognised by how it begins, and ours is never taken for it.
#include "cmocka_all.h"

#include "wire/foreign.h"
#include "wire/frame.h"

#include <string.h>

static enum foreign look(const char *bytes, size_t length) {
    return foreign_look((const uint8_t *)bytes, length);
}

static void tls_and_http_are_recognised(void **state) {
    (void)state;
    assert_int_equal(look("\x16\x03\x01\x02\x00\x01", 6), FOREIGN_TLS_HELLO);
    assert_int_equal(look("\x16\x03\x03", 3), FOREIGN_TLS_HELLO);
    assert_int_equal(look("\x15\x03\x03\x00\x02\x02\x46", 7), FOREIGN_TLS); // an alert
    assert_int_equal(look("GET / HTTP/1.1\r\n", 16), FOREIGN_HTTP);
    assert_int_equal(look("HTTP/1.1 400 Bad Request\r\n", 26), FOREIGN_HTTP);
}

static void too_few_bytes_and_other_ones_are_nothing(void **state) {
    (void)state;
    assert_int_equal(look("", 0), FOREIGN_UNKNOWN);
    assert_int_equal(look("\x16\x03", 2), FOREIGN_UNKNOWN);
    assert_int_equal(look("\x16\x04\x01", 3), FOREIGN_UNKNOWN);
    assert_int_equal(look("\x16\x03\x05", 3), FOREIGN_UNKNOWN);
    assert_int_equal(look("\x18\x03\x01", 3), FOREIGN_UNKNOWN);
    assert_int_equal(look("GET", 3), FOREIGN_UNKNOWN);
    assert_int_equal(look("\xff\xff\xff\xff", 4), FOREIGN_UNKNOWN);
}

static void a_frame_is_none_of_them(void **state) {
    (void)state;
    uint8_t header[FRAME_HEADER_BYTES];
    for (size_t length = 0; length <= REPLY_BYTES_MAX; length += 4099) {
        frame_write_header(header, length);
        assert_int_equal(foreign_look(header, sizeof header), FOREIGN_UNKNOWN);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tls_and_http_are_recognised),
        cmocka_unit_test(too_few_bytes_and_other_ones_are_nothing),
        cmocka_unit_test(a_frame_is_none_of_them),
    };
    return cmocka_run_group_tests_name("foreign", tests, NULL, NULL);
}
