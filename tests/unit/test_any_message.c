// Whatever a central says, and whenever, an agency goes on, waits or ends, and no assertion fails.
#include "promises_story.h"

#include "agency/dialogue.h"
#include "agency/file_check.h"
#include "base/log.h"
#include "wire/frame.h"
#include "wire/limits.h"
#include "wire/message.h"

enum { BETS = 4, CHUNK_BETS = 2, FLYING_MAX = 64, ROOM = REPLY_SMALL_BYTES_MAX + 64 * 1024 };

// The linker puts this in the place of fsync: nothing here is to outlive a power cut.
int __wrap_fsync(int descriptor);

int __wrap_fsync(int descriptor) {
    (void)descriptor;
    return 0;
}

// How the agency is set up.
static struct { bool is_signed, is_single, polls; } kind;

static struct office *office;
static struct dialogue_options options;
static struct dialogue *dialogue;
static struct message_decoder *decoder;
static struct chunk *bet;
static char csv[TEMPORARY_BYTES + 32];

// What it has asked for.
static struct {
    bool is_linked, is_up, is_waiting, has_ended, consults;
    struct sent flying[FLYING_MAX]; // chunks that were sent on this connection and not answered
    size_t count;
} asked;

// What it asks for ------------------------------------------------------------------------------------------

static bool connect_to(void *context, const struct address *address) {
    (void)context, (void)address;
    assert_false(asked.is_linked);
    asked.is_linked = true;
    asked.is_up = asked.is_waiting = asked.consults = false;
    asked.count = 0;
    return true;
}

static void send_bytes(void *context, uint8_t *bytes, size_t length) {
    (void)context;
    struct message message;
    struct error error;
    uint8_t *padded = calloc(1, length + JSON_PADDING_BYTES);
    assert_true(padded != NULL && asked.is_up);
    memcpy(padded, bytes, length);
    must(message_decode(decoder, padded + FRAME_HEADER_BYTES, length - FRAME_HEADER_BYTES, &message, &error),
         &error);
    asked.consults = message.type == MESSAGE_CONSULT_WINNERS;
    if (!asked.consults) {
        const struct chunk *chunk = message.chunk;
        assert_true(asked.count < FLYING_MAX);
        struct sent *sent = &asked.flying[asked.count++];
        *sent = (struct sent){.end = (message.first > 0 ? (uint64_t)message.first : 0) + chunk->count,
                              .count = chunk->count,
                              .wants = {.rules = message.wants_rules, .receipt = message.wants_receipt}};
        assert_true(
            chunk_digest(chunk->numbers, chunk->count, chunk->rows, chunk->rows_length, sent->digest));
        chunk_free(message.chunk);
    }
    free(padded);
    free(bytes);
}

static void disconnect(void *context) {
    (void)context;
    assert_true(asked.is_linked);
    asked.is_linked = asked.is_up = false;
}

static void wait_for(void *context, uint32_t wait_ms) {
    (void)context, (void)wait_ms;
    asked.is_waiting = true;
}

static void end(void *context) {
    (void)context;
    asked.has_ended = true;
}

static const struct dialogue_actions actions = {connect_to, send_bytes, disconnect, wait_for, end};

// What the central says -------------------------------------------------------------------------------------

static void hear(const uint8_t *frame, size_t length) {
    uint8_t *bytes = calloc(1, length + JSON_PADDING_BYTES);
    assert_non_null(bytes);
    memcpy(bytes, frame, length);
    (void)dialogue_received(dialogue, bytes, length);
    free(bytes);
}

// With what proves the draw.
static void say(uint8_t frame[ROOM], size_t length, bool has_seal, bool has_result) {
    char note[1024];
    struct json_writer fields = {0};
    json_begin(&fields, NULL);
    json_put_bytes(&fields, "rules", office->rules, office->rules_length);
    if (has_seal) {
        json_put_bytes(&fields, "seal", office->sealed->note, office->sealed->note_length);
    }
    if (has_result) {
        json_put_bytes(&fields, "result", note, result_of(office, 1, note));
    }
    hear(frame, kind.is_signed ? reply_add_fields(frame, length, &fields) : length);
    free(fields.text);
}

// Acknowledges the oldest chunk, with its receipt.
static void acknowledge(uint8_t frame[ROOM]) {
    struct sent none = {.end = 0}, *sent = asked.count > 0 ? &asked.flying[0] : &none;
    struct json_writer fields = {0};
    struct reply reply = acknowledgement(office, sent);
    size_t length = reply_encode_processed(frame, sent->end);
    json_begin(&fields, NULL);
    json_put_bytes(&fields, "rules", reply.rules.text, reply.rules.length);
    if (sent->wants.receipt) {
        receipt_json_write(&fields, &reply.receipt);
    }
    if (asked.count > 0) {
        memmove(asked.flying, asked.flying + 1, (FLYING_MAX - 1) * sizeof *asked.flying);
        asked.count--;
    }
    hear(frame, kind.is_signed ? reply_add_fields(frame, length, &fields) : length);
    free(fields.text);
}

static void say_error(uint8_t frame[ROOM], const struct error_code *code, int64_t next) {
    struct error error;
    error_set(&error, code, "so it is");
    hear(frame, reply_encode_error(frame, &error, next));
}

// A list of what is stored: the file's own bets, or others.
static void say_list(uint8_t frame[ROOM], bool is_own) {
    struct piece pieces[] = {{.first = 0, .count = CHUNK_BETS}, {.first = CHUNK_BETS, .count = CHUNK_BETS}};
    struct chunk *chunk = chunk_new(CHUNK_BETS, 1024);
    struct reader *reader;
    struct error error;
    bool at_end;
    must(reader_open(csv, &reader, &error), &error);
    for (size_t i = 0; is_own && i < 2; i++) {
        chunk_clear(chunk);
        must(reader_fill(reader, chunk, CHUNK_BETS, MESSAGE_BYTES_MAX, &at_end, &error), &error);
        assert_true(
            chunk_digest(chunk->numbers, chunk->count, chunk->rows, chunk->rows_length, pieces[i].digest));
    }
    reader_close(&reader);
    chunk_free(chunk);
    say(frame, reply_encode_stored(frame, BETS, pieces, 2), false, false);
}

static void say_text(uint8_t frame[ROOM], const char *text, size_t claimed) {
    frame_write_header(frame, claimed);
    memcpy(frame + FRAME_HEADER_BYTES, text, strlen(text));
    hear(frame, FRAME_HEADER_BYTES + strlen(text));
}

// What it may say
// ---------------------------------------------------------------------------------------------

static void say_own_list(uint8_t frame[ROOM]) {
    say_list(frame, true);
}

static void say_other_list(uint8_t frame[ROOM]) {
    say_list(frame, false);
}

static void say_processed_of_old(uint8_t frame[ROOM]) {
    say_text(frame, "{\"type_message\":1,\"payload\":null}", 34);
}

static void say_more(uint8_t frame[ROOM]) {
    say(frame, reply_encode_processed(frame, BETS), false, false);
}

static void say_none(uint8_t frame[ROOM]) {
    say(frame, reply_encode_processed(frame, 0), false, false);
}

static void say_not_ready(uint8_t frame[ROOM]) {
    say(frame, reply_encode_not_ready(frame, 1000), false, false);
}

static void say_sealed(uint8_t frame[ROOM]) {
    say(frame, reply_encode_not_ready(frame, 1000), true, false);
}

static void say_not_ready_bare(uint8_t frame[ROOM]) {
    hear(frame, reply_encode_not_ready(frame, 1000));
}

static void say_winners(uint8_t frame[ROOM]) {
    say(frame, reply_encode_winners(frame, "1", 1), true, true);
}

static void say_winners_without_result(uint8_t frame[ROOM]) {
    say(frame, reply_encode_winners(frame, "1", 1), true, false);
}

static void say_gap(uint8_t frame[ROOM]) {
    say_error(frame, ERROR_GAP, 0);
}

static void say_gap_somewhere(uint8_t frame[ROOM]) {
    say_error(frame, ERROR_GAP, -1);
}

static void say_conflict(uint8_t frame[ROOM]) {
    say_error(frame, ERROR_CONFLICT, -1);
}

static void say_closed(uint8_t frame[ROOM]) {
    say_error(frame, ERROR_DRAW_CLOSED, 0);
}

static void say_tls(uint8_t frame[ROOM]) {
    say_error(frame, ERROR_TLS_REQUIRED, -1);
}

static void say_late(uint8_t frame[ROOM]) {
    say_error(frame, ERROR_SHUTTING_DOWN, -1);
}

static void say_unknown_type(uint8_t frame[ROOM]) {
    say_text(frame, "{\"type_message\":9}", 18);
}

static void say_nothing(uint8_t frame[ROOM]) {
    say_text(frame, "", 0);
}

static void say_no_json(uint8_t frame[ROOM]) {
    say_text(frame, "HTTP", 4);
}

static void say_too_many_winners(uint8_t frame[ROOM]) {
    say_text(frame, "{\"type_message\":2,\"payload\":\"123456789", (size_t)REPLY_BYTES_MAX + 1);
}

static void say_no_frame(uint8_t frame[ROOM]) {
    say_text(frame, "{\"type_message\":9}", UINT32_MAX);
}

static void (*const messages['z' + 1])(uint8_t frame[ROOM]) = {
    ['k'] = acknowledge,
    ['p'] = say_processed_of_old,
    ['l'] = say_own_list,
    ['L'] = say_other_list,
    ['a'] = say_more,
    ['b'] = say_none,
    ['n'] = say_not_ready,
    ['s'] = say_sealed,
    ['S'] = say_not_ready_bare,
    ['w'] = say_winners,
    ['g'] = say_gap,
    ['W'] = say_winners_without_result,
    ['G'] = say_gap_somewhere,
    ['c'] = say_conflict,
    ['d'] = say_closed,
    ['t'] = say_tls,
    ['x'] = say_late,
    ['u'] = say_unknown_type,
    ['e'] = say_nothing,
    ['j'] = say_no_json,
    ['z'] = say_no_frame,
    ['y'] = say_too_many_winners,
};

static void say_message(char message) {
    static uint8_t frame[ROOM];
    messages[(unsigned char)message](frame);
}

// The story -------------------------------------------------------------------------------------------------

// One event: a message; T: the wait is over; D: the connection is lost. C: until it asks for the winners.
static void happen(char event) {
    if (event == 'C') {
        for (int i = 0; i < 2 * BETS && !asked.consults && !asked.has_ended; i++) {
            say_message('k');
        }
    } else if (event == 'D') {
        dialogue_down(dialogue, "lost");
    } else if (event == 'T') {
        asked.is_waiting = false;
        dialogue_waited(dialogue);
    } else {
        say_message(event);
    }
    if (asked.is_linked && !asked.is_up) {
        asked.is_up = true;
        dialogue_up(dialogue);
    }
}

// What is said where there is no connection is heard by nobody.
static void happen_if_possible(char event) {
    if (!asked.has_ended && (event == 'T' ? asked.is_waiting : asked.is_up)) {
        happen(event);
        assert_true(asked.has_ended || asked.is_up || asked.is_waiting); // else it stands still for ever
    }
}

static void begin(void) {
    struct error error;
    struct file_findings findings;
    memset(&asked, 0, sizeof asked);
    if (kind.is_signed) {
        unlink(office->receipts);
        must(open_office(office), &office->error);
    }
    options = (struct dialogue_options){.agency = AGENCY,
                                        .bets.count = 1,
                                        .chunk_size = CHUNK_BETS,
                                        .window = 1,
                                        .poll = kind.polls,
                                        .promises = kind.is_signed ? office->promises : NULL,
                                        .answer_timeout_ms = 1000,
                                        .seed = 1};
    if (kind.is_single) {
        options.single = bet;
    } else {
        must(reader_open(csv, &options.reader, &error), &error);
        must(file_check(options.reader, AGENCY, &findings, &error), &error);
    }
    must(dialogue_new(&options, &actions, NULL, &dialogue, &error), &error);
    dialogue_start(dialogue);
    asked.is_up = true;
    dialogue_up(dialogue);
}

static void play(const char *before, char first, char second) {
    const char then[] = {first, second, 'T', first, 'T', '\0'};
    begin();
    for (const char *event = before; *event != '\0'; event++) {
        happen_if_possible(*event);
    }
    for (const char *event = then; *event != '\0'; event++) {
        happen_if_possible(*event);
    }
    if (!asked.has_ended) {
        dialogue_stop(dialogue);
    }
    dialogue_free(&dialogue);
    if (options.reader != NULL) {
        reader_close(&options.reader);
    }
}

// From the first question to what comes after the draw.
static const char *const places[] = {"", "k", "l", "a", "C", "Cn", "Cs", "Cw", "CDT", "CDTx", "CDTxT", "d"};

// In each place each event comes first; of those that come second each third, others in the next place: so
// each pair is played in each third place.
static void play_all(bool is_signed, bool is_single, bool polls) {
    static const char events[] = "kplLabnsSwWgGcdtxuejyzTD", some[] = "klansSwWgcdxTD";
    kind.is_signed = is_signed;
    kind.is_single = is_single;
    kind.polls = polls;
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        size_t turn = i; // a place has as many pairs as three divide
        for (const char *first = events; *first != '\0'; first++) {
            for (const char *second = some; *second != '\0'; second++) {
                if (turn++ % 3 == 0) {
                    play(places[i], *first, *second);
                }
            }
        }
    }
}

static void of_an_unsigned_draw(void **state) {
    (void)state;
    play_all(false, false, false);
    play_all(false, true, true);
}

static void of_a_signed_draw(void **state) {
    (void)state;
    play_all(true, false, true);
    play_all(true, true, false);
}

static int begin_story(void **state) {
    static const char row[] = "Ana,Paz,1,1999-03-17,1";
    struct error error;
    char text[BETS * 64];
    size_t length = 0;
    int status = set_up(state);
    office = *state;
    snprintf(csv, sizeof csv, "%s/agency-3.csv", office->folder);
    for (int i = 0; i < BETS; i++) {
        length += (size_t)sprintf(text + length, "Ana,Paz,%d,1999-03-17,%d\n", i, i);
    }
    write_kept(office, "agency-3.csv", (struct slice){text, length});
    bet = chunk_new(1, sizeof row);
    assert_true(bet != NULL && chunk_add(bet, row, sizeof row - 1, &error));
    decoder = message_decoder_new();
    assert_non_null(decoder);
    return status;
}

static int end_story(void **state) {
    chunk_free(bet);
    message_decoder_free(decoder);
    return tear_down(state);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(of_an_unsigned_draw, begin_story, end_story),
        cmocka_unit_test_setup_teardown(of_a_signed_draw, begin_story, end_story),
    };
    log_set_level(LOG_LEVEL_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
