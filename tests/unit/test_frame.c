// Frames are read whole at every split point, and refused beyond the limit.
#include "cmocka_all.h"

#include "wire/frame.h"

#include <string.h>

static void every_split_point(void **state) {
    (void)state;
    uint8_t bytes[] = {0, 0, 0, 3, 'a', 'b', 'c', 0, 0, 0, 0};
    const uint8_t *message;
    size_t length;
    for (size_t available = 0; available < 7; available++) {
        assert_int_equal(frame_next(bytes, available, 3, &message, &length), FRAME_PARTIAL);
    }
    for (size_t available = 7; available <= sizeof bytes; available++) {
        assert_int_equal(frame_next(bytes, available, 3, &message, &length), FRAME_COMPLETE);
        assert_ptr_equal(message, bytes + 4);
        assert_int_equal(length, 3);
    }
    assert_int_equal(frame_next(bytes + 7, 4, 3, &message, &length), FRAME_COMPLETE);
    assert_int_equal(length, 0);
}

static void too_long_is_told_by_the_header_alone(void **state) {
    (void)state;
    const uint8_t *message;
    size_t length;
    uint8_t header[FRAME_HEADER_BYTES];
    frame_write_header(header, MESSAGE_BYTES_MAX);
    assert_int_equal(frame_next(header, 4, MESSAGE_BYTES_MAX, &message, &length), FRAME_PARTIAL);
    frame_write_header(header, MESSAGE_BYTES_MAX + 1);
    assert_int_equal(frame_next(header, 4, MESSAGE_BYTES_MAX, &message, &length), FRAME_TOO_LONG);
    assert_int_equal(length, MESSAGE_BYTES_MAX + 1);
    memset(header, 0xff, sizeof header);
    assert_int_equal(frame_next(header, 4, MESSAGE_BYTES_MAX, &message, &length), FRAME_TOO_LONG);
    assert_int_equal(length, 0xffffffff);
}

static void headers_are_big_endian(void **state) {
    (void)state;
    uint8_t header[FRAME_HEADER_BYTES];
    frame_write_header(header, 0x01020304);
    assert_memory_equal(header, "\x01\x02\x03\x04", 4);
    frame_write_header(header, 0);
    assert_memory_equal(header, "\0\0\0\0", 4);
}

static void frames_follow_one_another(void **state) {
    (void)state;
    static const uint8_t bytes[] = {0, 0, 0, 2, 'a', 'b', 0, 0, 0, 0, 0, 0, 0, 1, 'c', 0, 0};
    static const size_t lengths[] = {2, 0, 1};
    const uint8_t *message;
    size_t length, at = 0;
    for (int i = 0; i < 3; i++) {
        assert_int_equal(frame_next(bytes + at, sizeof bytes - at, 2, &message, &length), FRAME_COMPLETE);
        assert_int_equal(length, lengths[i]);
        at += FRAME_HEADER_BYTES + length;
    }
    assert_int_equal(frame_next(bytes + at, sizeof bytes - at, 2, &message, &length), FRAME_PARTIAL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_split_point),
        cmocka_unit_test(headers_are_big_endian),
        cmocka_unit_test(frames_follow_one_another),
        cmocka_unit_test(too_long_is_told_by_the_header_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
