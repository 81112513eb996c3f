// Messages from agencies are read as they are meant, and written as the golden files are.
#include "decoder_story.h"

#include "bet/errors.h"
#include "encoded.h"
#include "golden.h"
#include "wire/frame.h"
#include "wire/message.h"

#include <stdlib.h>
#include <string.h>

static bool decode(const struct golden *golden, struct message *message, struct error *error) {
    const uint8_t *bytes;
    size_t length;
    assert_int_equal(frame_next(golden->bytes, golden->length, MESSAGE_BYTES_MAX, &bytes, &length),
                     FRAME_COMPLETE);
    assert_int_equal(length + FRAME_HEADER_BYTES, golden->length);
    return message_decode(decoder, bytes, length, message, error);
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

static void escapes_are_undone(void **state) {
    (void)state;
    struct golden golden = {0};
    struct message message;
    struct error error;
    golden_read("edge-escapes.good.bin", &golden);
    assert_true(decode(&golden, &message, &error));
    assert_int_equal(message.agency, 1);
    const char *rows = "José 🎰,\"O/B\\,1,2000-01-01,1\n";
    assert_int_equal(message.chunk->rows_length, strlen(rows));
    assert_memory_equal(message.chunk->rows, rows, strlen(rows));
    chunk_free(message.chunk);
}

// A frame's text, with the room behind it that decoding needs.
static bool decode_text(const char *text, struct message *message, struct error *error) {
    struct golden golden = {.length = FRAME_HEADER_BYTES + strlen(text)};
    frame_write_header(golden.bytes, strlen(text));
    memcpy(golden.bytes + FRAME_HEADER_BYTES, text, strlen(text));
    return decode(&golden, message, error);
}

static void what_was_sent_is_counted_when_it_is_refused(void **state) {
    (void)state;
    static const char *const texts[] = {
        "{\"type_message\":1,\"agency\":\"1\",\"payload\":[\"x\",\"y\",\"z\"]}",
        "{\"type_message\":1,\"agency\":\"1\",\"payload\":[1,2,3]}",
        "{\"type_message\":1,\"agency\":\"1\",\"first\":-1,\"payload\":[\"x\",\"y\",\"z\"]}",
        "{\"type_message\":2,\"agency\":\"x\",\"payload\":[\"x\",\"y\",\"z\"]}",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct message message;
        struct error error;
        assert_false(decode_text(texts[i], &message, &error));
        if (message.bets_sent != 3) {
            fail_msg("%s: %u bets", texts[i], message.bets_sent);
        }
        assert_int_equal(message.agency, i < 3 ? 1 : 0);
        assert_null(message.chunk);
    }
}

static void the_position_is_as_it_was_sent(void **state) {
    (void)state;
    struct golden golden = {0};
    struct message message;
    struct error error;
    golden_read("edge-first-most.good.bin", &golden);
    assert_true(decode(&golden, &message, &error));
    assert_true(message.first == INT64_MAX);
    chunk_free(message.chunk);
    golden_read("our-last-chunk-empty.good.bin", &golden);
    assert_true(decode(&golden, &message, &error));
    assert_int_equal(message.type, MESSAGE_SEND_LAST_CHUNK);
    assert_int_equal(message.first, 26936);
    assert_int_equal(message.chunk->count, 0);
    chunk_free(message.chunk);
}

static const char letters_of_a_name[] =
    "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz"
    "abcdefghijklmnopqrstuv"; // as many as a name may have

// The message of `length` bytes that is nothing but `count` times `element`.
static uint8_t *message_of(const char *element, size_t count, size_t *length) {
    static const char begin[] = "{\"type_message\":1,\"agency\":\"1\",\"payload\":[";
    size_t each = strlen(element);
    char *text = malloc(sizeof begin + count * (each + 1) + 2 + JSON_PADDING_BYTES);
    char *out = text + sprintf(text, "%s", begin);
    for (size_t i = 0; i < count; i++) {
        out = (char *)memcpy(out, element, each) + each;
        *out++ = ',';
    }
    out += sprintf(out - 1, "]}") - 1; // in place of the last comma
    *length = (size_t)(out - text);
    return (uint8_t *)text;
}

static void as_many_bets_as_a_message_holds(void **state) {
    (void)state;
    enum { FIXED_BYTES = 44 };
    size_t length, count = (MESSAGE_BYTES_MAX - FIXED_BYTES) / (BET_TEXT_BYTES_MIN + 3);
    struct message message;
    struct error error;
    uint8_t *bytes = message_of("\"a,b,1,2000-01-01,0\"", count, &length);
    assert_true(length <= MESSAGE_BYTES_MAX && length + BET_TEXT_BYTES_MIN + 3 > MESSAGE_BYTES_MAX);
    assert_true(message_decode(decoder, bytes, length, &message, &error));
    assert_int_equal(message.chunk->count, count);
    assert_int_equal(message.chunk->rows_length, count * (BET_TEXT_BYTES_MIN + 1));
    chunk_free(message.chunk);
    free(bytes);
}

static void more_bets_than_there_can_be(void **state) {
    (void)state;
    static const char *const elements[] = {"\"\"", "0", "\",,,,\""};
    for (size_t i = 0; i < 3; i++) {
        size_t length, count = (MESSAGE_BYTES_MAX - 60) / (strlen(elements[i]) + 1);
        struct message message;
        struct error error;
        uint8_t *bytes = message_of(elements[i], count, &length);
        assert_false(message_decode(decoder, bytes, length, &message, &error));
        assert_error(&error, ERROR_BAD_BET);
        assert_int_equal(error.bet, 0);
        assert_int_equal(message.bets_sent, count);
        free(bytes);
    }
}

static void what_is_stored_is_asked_for(void **state) {
    (void)state;
    static const struct {
        const char *name;
        int64_t stored;
    } cases[] = {{"our-chunk.good.bin", -1},
                 {"our-chunk-asking.good.bin", 2},
                 {"our-chunk-asking-on.good.bin", 1002},
                 {"edge-stored-null.good.bin", -1},
                 {"edge-stored-most.good.bin", INT64_MAX}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct golden golden = {0};
        struct message message;
        struct error error;
        golden_read(cases[i].name, &golden);
        assert_true(decode(&golden, &message, &error));
        assert_true(message.stored == cases[i].stored);
        chunk_free(message.chunk);
    }
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

// A field of ours that is null counts as absent, and one that says what holds anyway is taken.
static void what_is_said_needlessly_is_taken(void **state) {
    (void)state;
    static const char *const texts[] = {"{\"type_message\":3,\"agency\":1,\"wait\":true}",
                                        "{\"type_message\":3,\"agency\":1,\"wait\":null}",
                                        "{\"type_message\":2,\"agency\":1,\"first\":null,\"payload\":[]}"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        char text[128 + JSON_PADDING_BYTES] = {0};
        struct message message;
        struct error error;
        strcpy(text, texts[i]);
        assert_true(message_decode(decoder, (const uint8_t *)text, strlen(text), &message, &error));
        assert_true(message.wait);
        assert_int_equal(message.first, -1);
        chunk_free(message.chunk);
    }
}

static void we_write_the_golden_messages(void **state) {
    (void)state;
    struct golden golden;
    struct error error;
    static uint8_t frame[4096];
    struct chunk *chunk = chunk_new(2, 256);
    golden_read("our-last-chunk-empty.good.bin", &golden);
    assert_int_equal(encode_chunk(frame, MESSAGE_SEND_LAST_CHUNK, 7, 26936, chunk), golden.length);
    assert_memory_equal(frame, golden.bytes, golden.length);
    static const char *const bets[] = {"Santiago Lionel,Lorca,30904465,1999-03-17,2201",
                                       "Tiago Nicolás,Núñez,34407251,2001-08-29,7574"};
    for (size_t i = 0; i < 2; i++) {
        assert_true(chunk_add(chunk, bets[i], strlen(bets[i]), &error));
    }
    golden_read("our-chunk.good.bin", &golden);
    assert_int_equal(encode_chunk(frame, MESSAGE_SEND_CHUNK, 7, 1000, chunk), golden.length);
    assert_memory_equal(frame, golden.bytes, golden.length);
    assert_true(golden.length <= encoded_max(chunk));
    golden_read("our-chunk-asking.good.bin", &golden);
    assert_int_equal(encode_chunk_asking(frame, MESSAGE_SEND_CHUNK, 7, 0, 2, chunk), golden.length);
    assert_memory_equal(frame, golden.bytes, golden.length);
    chunk_clear(chunk);
    golden_read("our-chunk-asking-on.good.bin", &golden);
    assert_int_equal(encode_chunk_asking(frame, MESSAGE_SEND_CHUNK, 7, 0, 1002, chunk), golden.length);
    assert_memory_equal(frame, golden.bytes, golden.length);
    assert_true(encode_chunk_asking(frame, MESSAGE_SEND_CHUNK, AGENCIES_MAX, 0, INT64_MAX, chunk) <=
                encoded_max(chunk));
    golden_read("our-question.good.bin", &golden);
    assert_int_equal(message_encode_question(frame, 7, 1002), golden.length);
    assert_memory_equal(frame, golden.bytes, golden.length);
    assert_in_range(message_encode_question(frame, AGENCIES_MAX, UINT64_MAX), 1, MESSAGE_AROUND_BYTES_MAX);
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
    assert_true(encoded_max(chunk) < sizeof golden.bytes);
    golden.length = encode_chunk(golden.bytes, MESSAGE_SEND_CHUNK, 1, -1, chunk);
    assert_true(golden.length <= encoded_max(chunk));
    assert_true(decode(&golden, &message, &error));
    assert_int_equal(message.chunk->rows_length, chunk->rows_length);
    assert_memory_equal(message.chunk->rows, chunk->rows, chunk->rows_length);
    chunk_free(message.chunk);
    chunk_free(chunk);
}

// The oldest central decodes a message piece by piece: no character may lie in two of them.
static void we_send_ascii_alone(void **state) {
    (void)state;
    static const char bet[] = "Jos\u00e9 \u20ac \uffff\U0001F3B0\U0010FFFF,\"\u00d1\\,1,2000-01-01,1";
    static const char text[] = "[\"Jos\\u00e9 \\u20ac \\uffff\\ud83c\\udfb0\\udbff\\udfff,\\\"\\u00d1\\\\,"
                               "1,2000-01-01,1\"]}";
    struct golden golden = {0};
    struct message message;
    struct error error;
    struct chunk *chunk = chunk_new(1, 128);
    assert_true(chunk_add(chunk, bet, strlen(bet), &error));
    golden.length = encode_chunk(golden.bytes, MESSAGE_SEND_CHUNK, 1, 0, chunk);
    assert_memory_equal(golden.bytes + golden.length - strlen(text), text, strlen(text));
    assert_true(decode(&golden, &message, &error));
    assert_int_equal(message.chunk->rows_length, chunk->rows_length);
    assert_memory_equal(message.chunk->rows, chunk->rows, chunk->rows_length);
    chunk_free(message.chunk);
    chunk_free(chunk);
}

#define TEN_ESCAPED "\"\\\"\\\"\\\"\\\"\\"
#define FIFTY_ESCAPED TEN_ESCAPED TEN_ESCAPED TEN_ESCAPED TEN_ESCAPED TEN_ESCAPED
#define FIVE_BEYOND "\U0001F3B0\U0010FFFF\U00010000\U0001F3B0\U0001F3B0"
#define TWENTY_FIVE_BEYOND FIVE_BEYOND FIVE_BEYOND FIVE_BEYOND FIVE_BEYOND FIVE_BEYOND

static void the_bytes_of_bets_are_foreseen(void **state) {
    (void)state;
    static const char *const bets[] = {
        "\"\"\"\\\\,\"ñ\",1,2000-01-01,1", "A,B,1,2000-01-01,1", "日本,\\,1,2000-01-01,10",
        FIFTY_ESCAPED FIFTY_ESCAPED "," FIFTY_ESCAPED FIFTY_ESCAPED ",1,2000-01-01,1",
        TWENTY_FIVE_BEYOND "," TWENTY_FIVE_BEYOND ",1,2000-01-01,1"};
    static uint8_t frame[4096];
    struct error error;
    struct chunk *chunk = chunk_new(5, 2048);
    size_t empty = encode_chunk(frame, MESSAGE_SEND_LAST_CHUNK, AGENCIES_MAX, INT64_MAX, chunk);
    size_t bytes = 0;
    assert_true(empty <= encoded_max(chunk));
    for (size_t i = 0; i < sizeof bets / sizeof bets[0]; i++) {
        assert_true(chunk_add(chunk, bets[i], strlen(bets[i]), &error));
        bytes += message_bet_bytes(bets[i], strlen(bets[i]));
        size_t length = encode_chunk(frame, MESSAGE_SEND_LAST_CHUNK, AGENCIES_MAX, INT64_MAX, chunk);
        assert_int_equal(length, empty + bytes - 1); // the first has no comma before it
        assert_true(length <= encoded_max(chunk));
    }
    chunk_free(chunk);
}

// So many that what each bet adds counts, and not only what is around them.
static void what_many_bets_take_is_foreseen(void **state) {
    (void)state;
    enum { BETS = 1000 };
    static const char *const bets[] = {"a,b,1,2000-01-01,0", "\"\",\"\",1,2000-01-01,0",
                                       "\\\\,\\\\,1,2000-01-01,0", "ñ,日,1,2000-01-01,0",
                                       "\U0001F3B0,\U0010FFFF,1,2000-01-01,0"};
    for (size_t i = 0; i < sizeof bets / sizeof bets[0]; i++) {
        struct error error;
        struct chunk *chunk = chunk_new(BETS, BETS * 64);
        for (int bet = 0; bet < BETS; bet++) {
            assert_true(chunk_add(chunk, bets[i], strlen(bets[i]), &error));
        }
        size_t most = encoded_max(chunk);
        uint8_t *frame = malloc(most);
        size_t length = encode_chunk(frame, MESSAGE_SEND_LAST_CHUNK, AGENCIES_MAX, INT64_MAX, chunk);
        if (length > most) {
            fail_msg("%d times %s: at most %zu bytes were foreseen, and it takes %zu", BETS, bets[i], most,
                     length);
        }
        free(frame);
        chunk_free(chunk);
    }
}

// Messages that fill the last bytes under the limit: their last bet is so much longer.
static void messages_just_under_the_limit(void **state) {
    (void)state;
    enum { LAST_BYTES = 256, STEP = 15, MORE_BETS = 4 };
    size_t length, count = (MESSAGE_BYTES_MAX - 2 * LAST_BYTES) / (BET_TEXT_BYTES_MIN + 3);
    uint8_t *bytes = message_of("\"a,b,1,2000-01-01,0\"", count, &length);
    bytes = realloc(bytes, MESSAGE_BYTES_MAX + JSON_PADDING_BYTES);
    length -= 2; // its end
    for (size_t left = 0; left <= LAST_BYTES; left += left < STEP ? 1 : STEP) {
        struct message message;
        struct error error;
        size_t at = length;
        for (size_t more = MORE_BETS; more > 0; more--) { // with as many letters as are missing
            char bet[BET_TEXT_BYTES_MAX];
            size_t take = (MESSAGE_BYTES_MAX - left - 2 - at) / more;
            int letters = (int)take - 3 - (BET_TEXT_BYTES_MIN - 2); // without its quotes and its comma
            int first = letters / 2;
            at += (size_t)snprintf(bet, sizeof bet, ",\"%.*s,%.*s,1,2000-01-01,0\"", first, letters_of_a_name,
                                   letters - first, letters_of_a_name);
            memcpy(bytes + at - take, bet, take);
        }
        memcpy(bytes + at, "]}", 2);
        assert_int_equal(at + 2, MESSAGE_BYTES_MAX - left);
        memset(bytes + at + 2, '"', JSON_PADDING_BYTES); // what comes behind is nobody's
        if (!message_decode(decoder, bytes, at + 2, &message, &error)) {
            fail_msg("a message of %zu bytes was expected to be taken: %s", at + 2, error.text);
        }
        assert_int_equal(message.chunk->count, count + MORE_BETS);
        chunk_free(message.chunk);
    }
    free(bytes);
}

static void the_longest_consultation(void **state) {
    (void)state;
    struct golden golden = {0};
    struct message message;
    struct error error;
    golden.length = message_encode_consult(golden.bytes, AGENCIES_MAX, false);
    assert_true(golden.length <= MESSAGE_CONSULT_BYTES_MAX);
    assert_true(decode(&golden, &message, &error));
    assert_int_equal(message.agency, AGENCIES_MAX);
    assert_false(message.wait);
    assert_null(message.chunk);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_classic_chunk_says),
        cmocka_unit_test(a_bad_bet_is_named),
        cmocka_unit_test(what_is_stored_is_asked_for),
        cmocka_unit_test(consultations_wait_unless_told),
        cmocka_unit_test(what_is_said_needlessly_is_taken),
        cmocka_unit_test(we_write_the_golden_messages),
        cmocka_unit_test(quotes_come_through),
        cmocka_unit_test(we_send_ascii_alone),
        cmocka_unit_test(escapes_are_undone),
        cmocka_unit_test(what_was_sent_is_counted_when_it_is_refused),
        cmocka_unit_test(the_position_is_as_it_was_sent),
        cmocka_unit_test(as_many_bets_as_a_message_holds),
        cmocka_unit_test(more_bets_than_there_can_be),
        cmocka_unit_test(the_bytes_of_bets_are_foreseen),
        cmocka_unit_test(what_many_bets_take_is_foreseen),
        cmocka_unit_test(messages_just_under_the_limit),
        cmocka_unit_test(the_longest_consultation),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
