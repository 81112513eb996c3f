// What proves a draw is asked for and told field by field, and read only as it was meant.
#include "decoder_story.h"

#include "bet/errors.h"
#include "golden.h"
#include "wire/chunk_writer.h"
#include "wire/frame.h"
#include "wire/limits.h"
#include "wire/message.h"
#include "wire/reply.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char note[] = "n\n\n\xe2\x80\x94 k eA==\n";

static void assert_golden(const uint8_t *frame, size_t length, const char *name) {
    struct golden golden;
    golden_read(name, &golden);
    assert_int_equal(length, golden.length);
    assert_memory_equal(frame, golden.bytes, length);
}

static struct bet_slice slice(const char *text) {
    return (struct bet_slice){text, strlen(text)};
}

static void assert_slice(struct bet_slice is, const char *text) {
    assert_int_equal(is.length, strlen(text));
    assert_memory_equal(is.text, text, is.length);
}

static bool decode_message(const char *text, struct message *message, struct error *error) {
    static char padded[512 + JSON_PADDING_BYTES];
    assert_true(strlen(text) < 512);
    strcpy(padded, text);
    error_clear(error);
    return message_decode(decoder, (const uint8_t *)padded, strlen(text), message, error);
}

static bool decode_reply(const char *text, struct reply *reply, struct error *error) {
    static char padded[16 * 1024];
    assert_true(strlen(text) + JSON_PADDING_BYTES < sizeof padded);
    strcpy(padded, text);
    error_clear(error);
    return reply_decode(decoder, (const uint8_t *)padded, strlen(text), reply, error);
}

// Messages ------------------------------------------------------------------------------------------------

static void a_chunk_asks_at_its_end(void **state) {
    (void)state;
    static const char *const bets[] = {"Santiago Lionel,Lorca,30904465,1999-03-17,2201",
                                       "Tiago Nicolás,Núñez,34407251,2001-08-29,7574"};
    const struct message_asks asks = {.draw = true, .rules = true, .receipt = true};
    struct chunk_writer writer;
    struct error error;
    bool fits;
    chunk_writer_init(&writer);
    assert_true(chunk_writer_begin(&writer, 7, 0, SIZE_MAX, &error));
    for (size_t i = 0; i < 2; i++) {
        assert_true(chunk_writer_add(&writer, bets[i], strlen(bets[i]), &fits, &error));
    }
    chunk_writer_ask(&writer, &asks);
    size_t length = chunk_writer_end(&writer, MESSAGE_SEND_CHUNK, -1);
    assert_golden(writer.frame, length, "signed-chunk.good.bin");
    chunk_writer_free(&writer);
}

// Even where all of it is escaped.
static void the_longest_end_has_room(void **state) {
    (void)state;
    char draw[MESSAGE_DRAW_TEXT_BYTES], end[MESSAGE_END_BYTES_MAX];
    memset(draw, '\x01', sizeof draw - 1);
    draw[sizeof draw - 1] = '\0';
    const struct message_asks asks = {.draw = true, .rules = true, .receipt = true, .only_draw = draw};
    size_t length = (size_t)(message_encode_end(end, &asks) - end);
    assert_in_range(length, 6 * (sizeof draw - 1), sizeof end);
}

static void what_a_chunk_asks_for_is_read(void **state) {
    (void)state;
    struct message message;
    struct error error;
    assert_true(decode_message("{\"type_message\":2,\"agency\":1,\"payload\":[],\"rules\":true,"
                               "\"receipt\":true,\"only_draw\":\"friday\"}",
                               &message, &error));
    assert_true(message.wants_rules && message.wants_receipt && !message.wants_draw);
    assert_slice(message.only_draw, "friday");
    chunk_free(message.chunk);
    assert_true(decode_message("{\"type_message\":1,\"agency\":1,\"payload\":[],\"rules\":null,"
                               "\"receipt\":false,\"only_draw\":null,\"seal\":7,\"key\":7}",
                               &message, &error)); // the last two are not a chunk's
    assert_false(message.wants_rules || message.wants_receipt || message.wants_seal || message.wants_key);
    assert_null(message.only_draw.text);
    chunk_free(message.chunk);
    assert_true(decode_message("{\"type_message\":1,\"agency\":1,\"payload\":[],\"only_draw\":\"\"}",
                               &message, &error));
    assert_true(message.only_draw.text != NULL && message.only_draw.length == 0); // a text, of no draw
    chunk_free(message.chunk);
}

static void a_consultation_asks_for_the_seal_or_shows_it(void **state) {
    (void)state;
    struct message message;
    struct error error;
    assert_true(decode_message("{\"type_message\":3,\"agency\":1,\"seal\":true,\"key\":true,\"rules\":true}",
                               &message, &error));
    assert_true(message.wants_seal && message.wants_key && message.wants_rules);
    assert_null(message.seal.text);
    assert_true(decode_message("{\"type_message\":3,\"agency\":1,\"seal\":\"n\\n\"}", &message, &error));
    assert_true(message.wants_seal && !message.wants_key);
    assert_slice(message.seal, "n\n");
    assert_true(decode_message("{\"type_message\":3,\"agency\":1,\"seal\":false}", &message, &error));
    assert_false(message.wants_seal);
}

static void what_is_not_understood_is_refused_by_name(void **state) {
    (void)state;
    static const struct {
        const char *text, *field;
    } cases[] = {
        {"{\"type_message\":1,\"agency\":1,\"payload\":[],\"rules\":1}", "rules"},
        {"{\"type_message\":1,\"agency\":1,\"payload\":[],\"rules\":true,\"rules\":true}", "rules"},
        {"{\"type_message\":1,\"agency\":1,\"payload\":[],\"receipt\":\"true\"}", "receipt"},
        {"{\"type_message\":1,\"agency\":1,\"payload\":[],\"only_draw\":true}", "only_draw"},
        {"{\"type_message\":1,\"agency\":1,\"payload\":[],\"only_draw\":\"a\",\"only_draw\":\"a\"}",
         "only_draw"},
        {"{\"type_message\":3,\"agency\":1,\"seal\":1}", "seal"},
        {"{\"type_message\":3,\"agency\":1,\"seal\":[\"n\"]}", "seal"},
        {"{\"type_message\":3,\"agency\":1,\"seal\":true,\"seal\":\"n\"}", "seal"},
        {"{\"type_message\":3,\"agency\":1,\"key\":\"\"}", "key"},
        {"{\"type_message\":3,\"agency\":1,\"rules\":{}}", "rules"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct message message;
        struct error error;
        if (decode_message(cases[i].text, &message, &error)) {
            fail_msg("%s was expected to be refused", cases[i].text);
        }
        assert_error(&error, ERROR_BAD_MESSAGE);
        assert_string_equal(error.field, cases[i].field);
        assert_null(message.chunk);
    }
}

static void a_shown_seal_has_a_limit(void **state) {
    (void)state;
    for (size_t more = 0; more <= 1; more++) {
        static char text[SHOWN_SEAL_BYTES_MAX + 128 + JSON_PADDING_BYTES];
        size_t length = (size_t)sprintf(text, "{\"type_message\":3,\"agency\":1,\"seal\":\"");
        memset(text + length, 'x', SHOWN_SEAL_BYTES_MAX + more);
        length += SHOWN_SEAL_BYTES_MAX + more;
        length += (size_t)sprintf(text + length, "\"}");
        struct message message;
        struct error error;
        assert_int_equal(message_decode(decoder, (uint8_t *)text, length, &message, &error), more == 0);
    }
}

static void we_ask_for_the_seal_as_the_golden_files_do(void **state) {
    (void)state;
    uint8_t frame[1024];
    struct message_consultation asks = {.agency = 7, .wait = true, .rules = true};
    assert_golden(frame, message_encode_consultation(frame, &asks), "signed-consult.good.bin");
    asks = (struct message_consultation){.agency = 7};
    assert_golden(frame, message_encode_consultation(frame, &asks), "signed-consult-now.good.bin");
}

static void a_seal_that_is_shown_arrives_as_it_was(void **state) {
    (void)state;
    struct message_consultation shows = {.agency = AGENCIES_MAX, .returns = true, .rules = true, .key = true};
    struct message message;
    struct error error;
    shows.seal = slice(note);
    uint8_t *frame = calloc(1, message_consultation_bytes_max(&shows) + JSON_PADDING_BYTES);
    size_t length = message_encode_consultation(frame, &shows);
    assert_in_range(length, 1, message_consultation_bytes_max(&shows));
    assert_true(
        message_decode(decoder, frame + FRAME_HEADER_BYTES, length - FRAME_HEADER_BYTES, &message, &error));
    assert_true(message.wants_seal && message.wants_key && message.wants_rules && message.returns &&
                !message.wait);
    assert_slice(message.seal, note);
    free(frame);
}

// Replies -------------------------------------------------------------------------------------------------

static const struct reply_receipt golden_receipt = {
    .entry = {"ZW50cnk=", 8},
    .index = 1,
    .path_length = 2,
    .path = {{"aA==", 4}, {"aQ==", 4}},
    .note = {note, sizeof note - 1},
};

static void we_write_the_golden_replies(void **state) {
    (void)state;
    uint8_t frame[REPLY_SMALL_BYTES_MAX];
    struct json_writer fields = {0};
    json_begin(&fields, NULL);
    json_put_text(&fields, "rules", "quiniela rules v1\n\xe2\x80\x94 k eA==\n");
    receipt_json_write(&fields, &golden_receipt);
    assert_golden(frame, reply_add_fields(frame, reply_encode_processed(frame, 27), &fields),
                  "reply-receipt.bin");
    fields.length = 0;
    json_begin(&fields, NULL);
    json_put_null(&fields, "rules");
    assert_golden(frame, reply_add_fields(frame, reply_encode_processed(frame, 27), &fields),
                  "reply-rules-unsigned.bin");
    fields.length = 0;
    json_begin(&fields, NULL);
    json_put_text(&fields, "seal", "o/d\n6\nr\n\n\xe2\x80\x94 k eA==\n");
    json_put_text(&fields, "key", "aw==");
    assert_golden(frame, reply_add_fields(frame, reply_encode_not_ready(frame, 1000), &fields),
                  "reply-sealed.bin");
    free(fields.text);
}

static void winners_come_with_their_seal(void **state) {
    (void)state;
    static const char documents[] = "30876370,24807259";
    uint8_t frame[REPLY_SMALL_BYTES_MAX];
    struct json_writer fields = {0};
    json_begin(&fields, NULL);
    json_put_text(&fields, "seal", "o/d\n6\nr\n");
    json_put_text(&fields, "result", "r\n");
    size_t length = reply_encode_winners_begin(frame, sizeof documents - 1, &fields);
    memcpy(frame + length, documents, sizeof documents - 1);
    length += sizeof documents - 1;
    size_t end = reply_encode_winners_end(frame + length, &fields);
    assert_in_range(end, 1, REPLY_WINNERS_AROUND_BYTES + fields.length);
    assert_golden(frame, length + end, "reply-winners-signed.bin");
    size_t most = REPLY_BYTES_MAX;
    while (!reply_winners_fit(most, fields.length)) {
        most--;
    }
    assert_true(reply_winners_fit(most + fields.length, 0) &&
                !reply_winners_fit(most + fields.length + 1, 0));
    assert_false(reply_winners_fit(0, SIZE_MAX));
    free(fields.text);
}

static struct reply read_golden(const char *name) {
    static struct golden golden; // what a reply's texts point into lives in the decoder
    struct reply reply;
    struct error error;
    golden_read(name, &golden);
    assert_true(reply_decode(decoder, golden.bytes + FRAME_HEADER_BYTES, golden.length - FRAME_HEADER_BYTES,
                             &reply, &error));
    return reply;
}

static void we_read_them(void **state) {
    (void)state;
    struct reply reply = read_golden("reply-receipt.bin");
    assert_true(reply.has_receipt && !reply.is_unsigned);
    assert_slice(reply.rules, "quiniela rules v1\n\xe2\x80\x94 k eA==\n");
    assert_slice(reply.receipt.entry, "ZW50cnk=");
    assert_int_equal(reply.receipt.index, 1);
    assert_int_equal(reply.receipt.path_length, 2);
    assert_slice(reply.receipt.path[1], "aQ==");
    assert_slice(reply.receipt.note, note);
    reply = read_golden("reply-rules-unsigned.bin");
    assert_true(reply.is_unsigned && reply.rules.text == NULL && !reply.has_receipt);
    reply = read_golden("reply-sealed.bin");
    assert_slice(reply.seal, "o/d\n6\nr\n\n\xe2\x80\x94 k eA==\n");
    assert_slice(reply.key, "aw==");
    reply = read_golden("reply-winners-signed.bin");
    assert_slice(reply.winners, "30876370,24807259");
    assert_slice(reply.result, "r\n");
    reply = read_golden("reply-processed.bin"); // and one that has none of it
    assert_true(reply.rules.text == NULL && reply.seal.text == NULL && reply.key.text == NULL);
    assert_false(reply.is_unsigned || reply.has_receipt);
}

#define PROCESSED "{\"type_message\":1,\"payload\":null,\"next\":1,"

static void a_reply_that_is_not_understood_is_refused(void **state) {
    (void)state;
    static const char *const cases[] = {
        PROCESSED "\"rules\":7}",
        PROCESSED "\"rules\":\"a\",\"rules\":\"a\"}",
        PROCESSED "\"seal\":true}",
        PROCESSED "\"receipt\":true}",
        PROCESSED "\"receipt\":{}}",
        PROCESSED "\"receipt\":{\"entry\":\"a\",\"index\":0,\"path\":[]}}",
        PROCESSED "\"receipt\":{\"entry\":\"a\",\"index\":-1,\"path\":[],\"note\":\"n\"}}",
        PROCESSED "\"receipt\":{\"entry\":\"a\",\"index\":0,\"path\":\"\",\"note\":\"n\"}}",
        PROCESSED "\"receipt\":{\"entry\":\"a\",\"index\":0,\"path\":[7],\"note\":\"n\"}}",
        PROCESSED "\"receipt\":{\"entry\":null,\"index\":0,\"path\":[],\"note\":\"n\"}}",
        PROCESSED "\"receipt\":{\"entry\":\"a\",\"entry\":\"a\",\"index\":0,\"path\":[],\"note\":\"n\"}}",
        "{\"type_message\":2,\"payload\":\"\",\"result\":[]}",
        "{\"type_message\":3,\"payload\":null,\"key\":1}",
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct reply reply;
        struct error error;
        if (decode_reply(cases[i], &reply, &error)) {
            fail_msg("%s was expected to be refused", cases[i]);
        }
        assert_error(&error, ERROR_BAD_MESSAGE);
    }
}

static void a_path_has_a_limit(void **state) {
    (void)state;
    for (size_t more = 0; more <= 1; more++) {
        char text[1024];
        struct reply reply;
        struct error error;
        size_t length = (size_t)sprintf(text, PROCESSED
                                        "\"receipt\":{\"entry\":\"a\",\"index\":0,\"note\":\"n\",\"path\":[");
        for (size_t i = 0; i < RECEIPT_PATH_MAX + more; i++) {
            length += (size_t)sprintf(text + length, "%s\"h\"", i == 0 ? "" : ",");
        }
        sprintf(text + length, "]}}");
        assert_int_equal(decode_reply(text, &reply, &error), more == 0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_chunk_asks_at_its_end),
        cmocka_unit_test(the_longest_end_has_room),
        cmocka_unit_test(what_a_chunk_asks_for_is_read),
        cmocka_unit_test(a_consultation_asks_for_the_seal_or_shows_it),
        cmocka_unit_test(what_is_not_understood_is_refused_by_name),
        cmocka_unit_test(a_shown_seal_has_a_limit),
        cmocka_unit_test(we_ask_for_the_seal_as_the_golden_files_do),
        cmocka_unit_test(a_seal_that_is_shown_arrives_as_it_was),
        cmocka_unit_test(we_write_the_golden_replies),
        cmocka_unit_test(winners_come_with_their_seal),
        cmocka_unit_test(we_read_them),
        cmocka_unit_test(a_reply_that_is_not_understood_is_refused),
        cmocka_unit_test(a_path_has_a_limit),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
