// Messages from agencies: every golden file, and that what we write is what the golden files say.
#include "cmocka_all.h"

#include "golden.h"
#include "wire/frame.h"
#include "wire/message.h"

#include <dirent.h>
#include <string.h>

static struct message_decoder *decoder;

static bool decode(const struct golden *golden, struct message *message, struct error *error) {
    const uint8_t *bytes;
    size_t length;
    assert_int_equal(frame_next(golden->bytes, golden->length, MESSAGE_BYTES_MAX, &bytes, &length),
                     FRAME_COMPLETE);
    assert_int_equal(length + FRAME_HEADER_BYTES, golden->length);
    return message_decode(decoder, bytes, length, message, error);
}

static void every_golden_message(void **state) {
    (void)state;
    DIR *directory = opendir(GOLDEN_DIR);
    int good = 0, bad = 0;
    assert_non_null(directory);
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
        char *code = strchr(entry->d_name, '.');
        struct golden golden = {0};
        struct message message;
        struct error error;
        if (code == NULL || strncmp(entry->d_name, "reply-", 6) == 0 ||
            strstr(entry->d_name, ".bin") == NULL) {
            continue;
        }
        golden_read(entry->d_name, &golden);
        bool taken = decode(&golden, &message, &error);
        if (strcmp(code, ".good.bin") == 0) {
            if (!taken) {
                fail_msg("%s: %s", entry->d_name, error.text);
            }
            chunk_free(message.chunk);
            good++;
        } else {
            char expected[64];
            snprintf(expected, sizeof expected, ".%s.bin", taken ? "taken" : error_name(error.code));
            assert_string_equal(code, expected);
            assert_null(message.chunk);
            bad++;
        }
    }
    closedir(directory);
    assert_true(good >= 12 && bad >= 25);
}

static void what_a_classic_chunk_says(void **state) {
    (void)state;
    struct golden golden = {0};
    struct message message;
    struct error error;
    golden_read("classic-chunk.good.bin", &golden);
    assert_true(decode(&golden, &message, &error));
    assert_int_equal(message.type, MESSAGE_SEND_CHUNK);
    assert_int_equal(message.agency, 1);
    assert_int_equal(message.first, -1);
    const char *rows =
        "Santiago Lionel,Lorca,30904465,1999-03-17,2201\nTiago Nicolás,Núñez,34407251,2001-08-29,7574\n";
    assert_int_equal(message.chunk->rows_length, strlen(rows));
    assert_memory_equal(message.chunk->rows, rows, strlen(rows));
    chunk_free(message.chunk);
}

static void a_bad_bet_is_named(void **state) {
    (void)state;
    struct golden golden = {0};
    struct message message;
    struct error error;
    golden_read("bad-date.bad_bet.bin", &golden);
    assert_false(decode(&golden, &message, &error));
    assert_int_equal(error.bet, 1);
    assert_string_equal(error.field, "nacimiento");
    assert_int_equal(message.agency, 1);
    assert_int_equal(message.bets_sent, 2);
}

static void consultations_wait_unless_told(void **state) {
    (void)state;
    static const struct {
        const char *name;
        bool wait;
    } cases[] = {{"classic-consult.good.bin", true},
                 {"our-consult-now.good.bin", false},
                 {"edge-unknown-fields.good.bin", true}};
    for (size_t i = 0; i < 3; i++) {
        struct golden golden = {0};
        struct message message;
        struct error error;
        golden_read(cases[i].name, &golden);
        assert_true(decode(&golden, &message, &error));
        assert_int_equal(message.type, MESSAGE_CONSULT_WINNERS);
        assert_int_equal(message.wait, cases[i].wait);
    }
}

static void we_write_the_golden_messages(void **state) {
    (void)state;
    struct golden golden;
    struct error error;
    static uint8_t frame[4096];
    struct chunk *chunk = chunk_new(2, 256);
    golden_read("our-last-chunk-empty.good.bin", &golden);
    assert_int_equal(message_encode_chunk(frame, MESSAGE_SEND_LAST_CHUNK, 7, 26936, chunk), golden.length);
    assert_memory_equal(frame, golden.bytes, golden.length);
    static const char *const bets[] = {"Santiago Lionel,Lorca,30904465,1999-03-17,2201",
                                       "Tiago Nicolás,Núñez,34407251,2001-08-29,7574"};
    for (size_t i = 0; i < 2; i++) {
        assert_true(chunk_add(chunk, bets[i], strlen(bets[i]), &error));
    }
    golden_read("our-chunk.good.bin", &golden);
    assert_int_equal(message_encode_chunk(frame, MESSAGE_SEND_CHUNK, 7, 1000, chunk), golden.length);
    assert_memory_equal(frame, golden.bytes, golden.length);
    assert_true(golden.length <= message_encoded_max(chunk));
    golden_read("our-consult.good.bin", &golden);
    assert_int_equal(message_encode_consult(frame, 7, true), golden.length);
    assert_memory_equal(frame, golden.bytes, golden.length);
    golden_read("our-consult-now.good.bin", &golden);
    assert_int_equal(message_encode_consult(frame, 7, false), golden.length);
    assert_memory_equal(frame, golden.bytes, golden.length);
    chunk_free(chunk);
}

static void quotes_come_through(void **state) {
    (void)state;
    static const char text[] = "\"Pepe\" \\,Paz,1,2000-01-01,1";
    struct golden golden = {0};
    struct message message;
    struct error error;
    struct chunk *chunk = chunk_new(1, 64);
    assert_true(chunk_add(chunk, text, strlen(text), &error));
    assert_true(message_encoded_max(chunk) < sizeof golden.bytes);
    golden.length = message_encode_chunk(golden.bytes, MESSAGE_SEND_CHUNK, 1, -1, chunk);
    assert_true(golden.length <= message_encoded_max(chunk));
    assert_true(decode(&golden, &message, &error));
    assert_int_equal(message.chunk->rows_length, chunk->rows_length);
    assert_memory_equal(message.chunk->rows, chunk->rows, chunk->rows_length);
    chunk_free(message.chunk);
    chunk_free(chunk);
}

static int set_up(void **state) {
    (void)state;
    decoder = message_decoder_new();
    return decoder == NULL;
}

static int tear_down(void **state) {
    (void)state;
    message_decoder_free(decoder);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_golden_message),         cmocka_unit_test(what_a_classic_chunk_says),
        cmocka_unit_test(a_bad_bet_is_named),           cmocka_unit_test(consultations_wait_unless_told),
        cmocka_unit_test(we_write_the_golden_messages), cmocka_unit_test(quotes_come_through),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
