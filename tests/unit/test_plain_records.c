// Of the handshake, a client may say whole hellos in the clear, each in one record, and nothing else.
// The same is refused at the same byte, however the bytes were cut.
#include "cmocka_all.h"

#include "tls/plain_records.h"

#include <stdlib.h>
#include <string.h>

enum { HELLO_BYTES = 300, ROOM = 20 * 1024, TAKEN = -1 };

struct bytes {
    uint8_t bytes[ROOM];
    size_t length;
};

// A record's header, and as much of what is in it as `filled` says.
static void put_record(struct bytes *to, uint8_t type, size_t length, size_t filled) {
    const uint8_t header[] = {type, 3, 1, (uint8_t)(length >> 8), (uint8_t)length};
    memcpy(to->bytes + to->length, header, sizeof header);
    memset(to->bytes + to->length + sizeof header, 0x16, filled);
    to->length += sizeof header + filled;
}

// A record of the handshake that begins with a message's header.
static void put_message(struct bytes *to, uint8_t kind, size_t length, size_t record_length) {
    const uint8_t header[] = {kind, (uint8_t)(length >> 16), (uint8_t)(length >> 8), (uint8_t)length};
    size_t at = to->length;
    put_record(to, 22, record_length, record_length);
    memcpy(to->bytes + at + PLAIN_RECORDS_HEADER_BYTES, header, sizeof header);
}

static void put_hello(struct bytes *to) {
    put_message(to, 1, HELLO_BYTES, HELLO_BYTES + 4);
}

// How many bytes had come when it was refused, in pieces of that many.
static int refused_at(const struct bytes *said, size_t piece) {
    struct plain_records records = {.left = 0};
    for (size_t at = 0; at < said->length; at += piece) {
        size_t now = said->length - at < piece ? said->length - at : piece;
        uint8_t *exactly = malloc(now); // the sanitizers see reads beyond it
        assert_non_null(exactly);
        memcpy(exactly, said->bytes + at, now);
        bool is_good = plain_records_follow(&records, exactly, now);
        free(exactly);
        if (!is_good) {
            return (int)(at + now);
        }
    }
    return TAKEN;
}

// `at`: the first byte, from 1, with which it can be seen; TAKEN.
static void assert_refused(const struct bytes *said, int at) {
    static const size_t pieces[] = {1, 2, 3, 4, 5, 7, 9, 309, ROOM};
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        int piece = (int)pieces[i];
        int end = (at + piece - 1) / piece * piece; // of the piece that the byte is in
        int expected = at == TAKEN ? TAKEN : end < (int)said->length ? end : (int)said->length;
        assert_int_equal(refused_at(said, pieces[i]), expected);
    }
}

static void whole_hellos_are_taken(void **state) {
    (void)state;
    struct bytes said = {.length = 0};
    put_hello(&said);
    assert_refused(&said, TAKEN);
    put_record(&said, 20, 1, 1); // as a client says between the two
    put_hello(&said);
    put_record(&said, 23, 500, 500);
    put_record(&said, 23, 0, 0);
    put_record(&said, 21, 2, 2);
    assert_refused(&said, TAKEN);
}

static void the_longest_is_taken_and_one_longer_is_not(void **state) {
    (void)state;
    struct bytes longest = {.length = 0}, longer = {.length = 0}, shortest = {.length = 0};
    put_message(&longest, 1, PLAIN_RECORDS_BYTES_MAX - 4, PLAIN_RECORDS_BYTES_MAX);
    assert_refused(&longest, TAKEN);
    put_message(&longer, 1, PLAIN_RECORDS_BYTES_MAX - 3, PLAIN_RECORDS_BYTES_MAX + 1);
    assert_refused(&longer, 5);
    put_message(&shortest, 1, 0, 4); // which OpenSSL finds too short
    assert_refused(&shortest, TAKEN);
}

static void one_that_goes_on_in_another_record_is_refused(void **state) {
    (void)state;
    struct bytes said = {.length = 0};
    put_message(&said, 1, 131071, 16384);
    assert_refused(&said, 9);
    said.length = 0;
    put_message(&said, 1, HELLO_BYTES, HELLO_BYTES + 3);
    assert_refused(&said, 9);
}

static void one_with_something_behind_it_is_refused(void **state) {
    (void)state;
    struct bytes said = {.length = 0};
    put_message(&said, 1, HELLO_BYTES, HELLO_BYTES + 5);
    assert_refused(&said, 9);
}

static void a_record_with_no_room_for_a_message_is_refused_by_its_header(void **state) {
    (void)state;
    for (size_t length = 0; length < 4; length++) {
        struct bytes said = {.length = 0};
        put_record(&said, 22, length, length);
        assert_refused(&said, 5);
    }
}

static void another_message_is_refused(void **state) {
    (void)state;
    for (int kind = 0; kind < 256; kind++) {
        struct bytes said = {.length = 0};
        put_message(&said, (uint8_t)kind, HELLO_BYTES, HELLO_BYTES + 4);
        assert_refused(&said, kind == 1 ? TAKEN : 9);
    }
}

// The second one, too; also behind what OpenSSL passes over, such as early data of a client that is asked to
// repeat its hello.
static void no_record_is_followed_by_one_that_is_not_looked_at(void **state) {
    (void)state;
    for (int type = 0; type < 256; type++) {
        struct bytes said = {.length = 0};
        if (type == 22) {
            put_hello(&said);
        } else {
            put_record(&said, (uint8_t)type, 100, 100);
        }
        int before = (int)said.length;
        put_message(&said, 1, 131071, 1000);
        assert_refused(&said, before + 9);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_hellos_are_taken),
        cmocka_unit_test(the_longest_is_taken_and_one_longer_is_not),
        cmocka_unit_test(one_that_goes_on_in_another_record_is_refused),
        cmocka_unit_test(one_with_something_behind_it_is_refused),
        cmocka_unit_test(a_record_with_no_room_for_a_message_is_refused_by_its_header),
        cmocka_unit_test(another_message_is_refused),
        cmocka_unit_test(no_record_is_followed_by_one_that_is_not_looked_at),
    };
    return cmocka_run_group_tests_name("plain_records", tests, NULL, NULL);
}
