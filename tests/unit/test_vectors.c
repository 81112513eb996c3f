// What the vectors say of messages, streams and bets is what the program reads.
#include "decoder_story.h"

#include "agency/reader.h"
#include "base/log_text.h"
#include "bet/csv_quotes.h"
#include "bet/errors.h"
#include "golden.h"
#include "vectors.h"
#include "wire/frame.h"
#include "wire/reply.h"

#include <unistd.h>

enum { FILE_BETS_MAX = 8 };

static struct vectors vectors;

static int begin(void **state) {
    vectors_begin(&vectors, "vectors.json");
    return set_up(state);
}

static int end(void **state) {
    vectors_end(&vectors);
    return tear_down(state);
}

static void same(const char *what, struct bet_slice slice) {
    char path[64];
    char *text = slice.text == NULL ? NULL : strndup(slice.text, slice.length);
    snprintf(path, sizeof path, "$.expect.%s", what);
    vector_same_text(&vectors, what, text, vector_text(&vectors, path));
    free(text);
}

static void same_number(const char *what, int64_t number, int64_t missing) {
    char path[64];
    snprintf(path, sizeof path, "$.expect.%s", what);
    vector_same_number(&vectors, what, number, vector_number(&vectors, path, missing));
}

static void same_refusal(bool is_taken, const struct error *error) {
    const char *code = vector_text(&vectors, "$.expect.refused");
    vector_same_text(&vectors, "the refusal", is_taken ? NULL : error_name(error->code), code);
}

static void same_asks(const struct message *message) {
    const struct {
        const char *name;
        bool asked;
    } asks[] = {{"time", message->wants_time},   {"draw", message->wants_draw},
                {"rules", message->wants_rules}, {"receipt", message->wants_receipt},
                {"key", message->wants_key},     {"seal", message->wants_seal}};
    char text[64] = "[", *out = text + 1;
    for (size_t i = 0; i < sizeof asks / sizeof *asks; i++) {
        out += asks[i].asked ? sprintf(out, "%s\"%s\"", out == text + 1 ? "" : ",", asks[i].name) : 0;
    }
    strcpy(out, "]");
    vector_same_text(&vectors, "what it asks", text, vector_text(&vectors, "$.expect.asks"));
}

static void same_bets(const struct chunk *chunk) {
    const char *row = chunk->rows;
    for (size_t i = 0; i < chunk->count; i++) {
        const char *row_end = strchr(row, '\n');
        const char *expected = vector_item(&vectors, "$.expect.bets", i);
        assert_non_null(expected);
        assert_int_equal(row_end - row, strlen(expected));
        assert_memory_equal(row, expected, strlen(expected));
        row = row_end + 1;
    }
    assert_null(vector_item(&vectors, "$.expect.bets", chunk->count));
}

static void same_message(const struct message *message) {
    same_number("type", message->type, 0);
    same_number("agency", message->agency, 0);
    same_number("first", message->first, -1);
    same_number("stored", message->stored, -1);
    same_number("wait", message->wait, true);
    same_number("returns", message->returns, false);
    same("only_draw", message->only_draw);
    same("seal", message->seal);
    same_asks(message);
    if (message->type != MESSAGE_CONSULT_WINNERS) {
        same_bets(message->chunk);
    }
}

static void look_at_request(const struct golden *golden) {
    struct message message;
    struct error error;
    bool is_taken = message_decode(decoder, golden->bytes + FRAME_HEADER_BYTES,
                                   golden->length - FRAME_HEADER_BYTES, &message, &error);
    same_refusal(is_taken, &error);
    if (is_taken) {
        same_message(&message);
    } else {
        same_number("bet", error.bet, -1);
        vector_same_text(&vectors, "the field", error.field, vector_text(&vectors, "$.expect.field"));
    }
    chunk_free(message.chunk);
}

static void same_pieces(const struct reply *reply) {
    for (size_t i = 0; i <= reply->piece_count; i++) {
        char path[64], digest[2 * CHUNK_DIGEST_BYTES + 1] = "";
        snprintf(path, sizeof path, "stored[%zu].first", i);
        same_number(path, i < reply->piece_count ? (int64_t)reply->pieces[i].first : -1, -1);
        snprintf(path, sizeof path, "stored[%zu].count", i);
        same_number(path, i < reply->piece_count ? (int64_t)reply->pieces[i].count : -1, -1);
        for (size_t j = 0; i < reply->piece_count && j < CHUNK_DIGEST_BYTES; j++) {
            sprintf(digest + 2 * j, "%02x", reply->pieces[i].digest[j]);
        }
        snprintf(path, sizeof path, "stored[%zu].digest", i);
        same(path, (struct bet_slice){i < reply->piece_count ? digest : NULL, strlen(digest)});
    }
}

static void same_receipt(const struct reply *reply) {
    const struct reply_receipt *receipt = &reply->receipt;
    same("receipt.entry", receipt->entry);
    same("receipt.note", receipt->note);
    same_number("receipt.index", reply->has_receipt ? (int64_t)receipt->index : -1, -1);
    for (size_t i = 0; i <= receipt->path_length; i++) {
        char path[64];
        snprintf(path, sizeof path, "receipt.path[%zu]", i);
        same(path, i < receipt->path_length ? receipt->path[i] : (struct bet_slice){0});
    }
}

// The documents of the expected list, joined.
static void same_winners(const struct reply *reply) {
    char joined[256] = "";
    const char *document;
    for (size_t i = 0; (document = vector_item(&vectors, "$.expect.winners", i)) != NULL; i++) {
        strcat(strcat(joined, i == 0 ? "" : ","), document);
    }
    assert_int_equal(reply->winners.length, strlen(joined));
    assert_memory_equal(reply->winners.text, joined, strlen(joined));
}

static void same_error(const struct reply *reply) {
    char code[sizeof reply->error_name]; // it is blanked, as it is shown and logged
    snprintf(code, sizeof code, "%s", vector_text(&vectors, "$.expect.error.code"));
    log_text_blank(code, strlen(code));
    vector_same_text(&vectors, "the code", reply->error_name, code);
    vector_same_text(&vectors, "the text", reply->error.text,
                     vector_text(&vectors, "$.expect.error.message"));
    same_number("error.retryable", reply->retryable, false);
    same_number("error.bet", reply->error.bet, -1);
}

static void same_reply(const struct reply *reply) {
    same_number("type", reply->type, 0);
    same_number("next", reply->next, -1);
    same_number("time_ms", reply->time_ms, -1);
    same_number("retry_after_ms", reply->retry_after_ms, -1);
    same_number("unsigned", reply->is_unsigned, false);
    vector_same_text(&vectors, "refuses", reply->refuses == NULL ? NULL : reply->refuses->name,
                     vector_text(&vectors, "$.expect.refuses"));
    vector_same_text(&vectors, "the draw", reply->draw[0] == '\0' ? NULL : reply->draw,
                     vector_text(&vectors, "$.expect.draw"));
    same("rules", reply->rules);
    same("seal", reply->seal);
    same("result", reply->result);
    same("key", reply->key);
    same_pieces(reply);
    same_receipt(reply);
    if (reply->type == REPLY_WINNERS) {
        same_winners(reply);
    } else if (reply->type == REPLY_ERROR) {
        same_error(reply);
    }
}

static void look_at_reply(const struct golden *golden) {
    struct reply reply;
    struct error error;
    bool is_taken = reply_decode(decoder, golden->bytes + FRAME_HEADER_BYTES,
                                 golden->length - FRAME_HEADER_BYTES, &reply, &error);
    same_refusal(is_taken, &error);
    if (is_taken) {
        same_reply(&reply);
    }
}

static bool is_to_central(void) {
    return strcmp(vector_text(&vectors, "$.direction"), "to_central") == 0;
}

static void every_message(void **state) {
    (void)state;
    int count = 0;
    vectors_list(&vectors, "messages");
    for (; vectors_next(&vectors); count++) {
        struct golden golden = {0};
        golden_read(vector_text(&vectors, "$.file"), &golden);
        if (is_to_central()) {
            look_at_request(&golden);
        } else {
            look_at_reply(&golden);
        }
    }
    assert_true(count > 100); // otherwise they were not found
}

// Takes frames from bytes that come up to `at` first, and then all.
static void read_stream(const struct golden *golden, size_t at) {
    size_t done = 0, max = is_to_central() ? MESSAGE_BYTES_MAX : REPLY_BYTES_MAX, count = 0;
    enum frame_state frame = FRAME_PARTIAL;
    for (int round = 0; round < 2 && frame != FRAME_TOO_LONG; round++) {
        size_t come = round == 0 ? at : golden->length;
        const uint8_t *message;
        size_t length;
        while ((frame = frame_next(golden->bytes + done, come - done, max, &message, &length)) ==
               FRAME_COMPLETE) {
            struct golden expected = {0};
            golden_read(vector_item(&vectors, "$.expect.messages", count++), &expected);
            assert_int_equal(length + FRAME_HEADER_BYTES, expected.length);
            assert_memory_equal(golden->bytes + done, expected.bytes, expected.length);
            done += length + FRAME_HEADER_BYTES;
        }
    }
    assert_null(vector_item(&vectors, "$.expect.messages", count));
    same_number("left", (int64_t)(golden->length - done), -1);
    vector_same_text(&vectors, "its end", frame == FRAME_TOO_LONG ? "closed" : "open",
                     vector_text(&vectors, "$.expect.then"));
}

static void every_stream_however_it_is_cut(void **state) {
    (void)state;
    vectors_list(&vectors, "streams");
    while (vectors_next(&vectors)) {
        struct golden golden = {0};
        golden_read(vector_text(&vectors, "$.file"), &golden);
        for (size_t at = 0; at <= golden.length; at++) {
            read_stream(&golden, at);
            vectors_forget(&vectors);
        }
    }
}

static void every_bet(void **state) {
    (void)state;
    vectors_list(&vectors, "bets");
    while (vectors_next(&vectors)) {
        struct bet bet;
        struct error error;
        const char *text = vector_text(&vectors, "$.text");
        bool is_good = bet_parse(text, strlen(text), &bet, &error);
        same_refusal(is_good, &error);
        same_number("number", is_good ? bet.number : -1, -1);
        vector_same_text(&vectors, "the field", is_good ? NULL : error.field,
                         vector_text(&vectors, "$.expect.field"));
    }
}

static void every_line_of_a_file(void **state) {
    (void)state;
    vectors_list(&vectors, "csv_lines");
    while (vectors_next(&vectors)) {
        char bet[256];
        size_t length;
        const char *line = vector_text(&vectors, "$.line");
        bool is_good = csv_unquote(line, strlen(line), bet, &length);
        same("bet", (struct bet_slice){is_good ? bet : NULL, is_good ? length : 0});
    }
}

// Checks a file whole, and reads its bets. Returns whether it is good; otherwise *line is the first bad one.
static bool read_file(struct reader *reader, struct chunk *chunk, uint64_t *line, struct error *error) {
    bool found = true, at_end;
    while (found) {
        bool good = reader_check_line(reader, true, &found, error);
        *line = reader_position(reader);
        if (!good) {
            return false;
        }
    }
    assert_true(reader_checked(reader, error));
    assert_true(reader_fill(reader, chunk, FILE_BETS_MAX, MESSAGE_BYTES_MAX, &at_end, error));
    return true;
}

static void every_file(void **state) {
    (void)state;
    int count = 0;
    vectors_list(&vectors, "csv_files");
    for (; vectors_next(&vectors); count++) {
        char path[] = "/tmp/quiniela-XXXXXX";
        const char *text = vector_text(&vectors, "$.text");
        int descriptor = mkstemp(path);
        assert_int_equal(write(descriptor, text, strlen(text)), strlen(text));
        close(descriptor);
        struct reader *reader;
        struct error error;
        struct chunk *chunk = chunk_new(FILE_BETS_MAX, MESSAGE_BYTES_MAX);
        uint64_t line;
        assert_true(reader_open(path, &reader, &error));
        bool is_good = read_file(reader, chunk, &line, &error);
        same_refusal(is_good, &error);
        same_number("line", is_good ? -1 : (int64_t)line, -1);
        same_bets(chunk);
        reader_close(&reader);
        chunk_free(chunk);
        unlink(path);
    }
    assert_true(count > 10);
}

static void every_digest(void **state) {
    (void)state;
    vectors_list(&vectors, "digests");
    while (vectors_next(&vectors)) {
        struct chunk *chunk = chunk_new(8, 1024);
        struct error error;
        uint8_t digest[CHUNK_DIGEST_BYTES];
        char text[2 * CHUNK_DIGEST_BYTES + 1];
        const char *bet;
        for (size_t i = 0; (bet = vector_item(&vectors, "$.bets", i)) != NULL; i++) {
            assert_true(chunk_add(chunk, bet, strlen(bet), &error));
        }
        assert_true(chunk_digest(chunk->numbers, chunk->count, chunk->rows, chunk->rows_length, digest));
        for (size_t i = 0; i < CHUNK_DIGEST_BYTES; i++) {
            sprintf(text + 2 * i, "%02x", digest[i]);
        }
        same("digest", (struct bet_slice){text, strlen(text)});
        chunk_free(chunk);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_message), cmocka_unit_test(every_stream_however_it_is_cut),
        cmocka_unit_test(every_bet),     cmocka_unit_test(every_line_of_a_file),
        cmocka_unit_test(every_file),    cmocka_unit_test(every_digest),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
