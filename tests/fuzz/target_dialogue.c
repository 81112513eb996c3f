// Whatever a central says, and when, an agency's dialogue goes on, waits or ends.
// The input is a list of steps: what happens, and a number that belongs to it. What a signed draw proves is
// believed here: it has targets of its own.
#include "fuzz.h"

#include "agency/dialogue.h"
#include "agency/file_check.h"
#include "agency/promises.h"
#include "base/log.h"
#include "bet/errors.h"
#include "wire/frame.h"
#include "wire/limits.h"
#include "wire/reply.h"

#include <stdlib.h>
#include <string.h>

enum { SIGNED = 1, SINGLE = 2, POLLS = 4, ELSEWHERE = 8 }; // bits of the first byte

static const char bets[] = "Ana,Paz,1,1999-03-17,1\nAna,Paz,2,1999-03-17,1\nAna,Paz,3,1999-03-17,3\n";

static struct {
    struct dialogue *dialogue;
    bool is_linked, is_up, is_waiting, has_ended;
} agency;

// Promises that are believed
// ----------------------------------------------------------------------------------

// The linker puts these in the place of agency/promises.c.
static uint64_t covered;
static bool is_sealed;

bool __wrap_promises_take_chunk(struct promises *promises, const struct sent *sent, const struct reply *reply,
                                struct error *error);
bool __wrap_promises_take_waiting(struct promises *promises, const struct reply *reply, bool *is_new,
                                  struct error *error);
bool __wrap_promises_take_winners(struct promises *promises, const struct reply *reply,
                                  struct promised_result *result, struct error *error);
void __wrap_promises_refute_winners(const struct promises *promises, struct bet_slice documents,
                                    struct error *error);
uint64_t __wrap_promises_covered(const struct promises *promises);
struct bet_slice __wrap_promises_seal(const struct promises *promises);
bool __wrap_promises_lack_key(const struct promises *promises);

bool __wrap_promises_take_chunk(struct promises *promises, const struct sent *sent, const struct reply *reply,
                                struct error *error) {
    (void)promises, (void)reply, (void)error;
    covered = sent->wants.receipt && sent->end > covered ? sent->end : covered;
    return true;
}

// One byte of a seal is enough.
bool __wrap_promises_take_waiting(struct promises *promises, const struct reply *reply, bool *is_new,
                                  struct error *error) {
    (void)promises, (void)error;
    *is_new = reply->seal.text != NULL && !is_sealed;
    is_sealed = is_sealed || *is_new;
    return true;
}

bool __wrap_promises_take_winners(struct promises *promises, const struct reply *reply,
                                  struct promised_result *result, struct error *error) {
    (void)promises, (void)reply, (void)error;
    *result = (struct promised_result){.number = 1, .winners = 2};
    return true;
}

void __wrap_promises_refute_winners(const struct promises *promises, struct bet_slice documents,
                                    struct error *error) {
    (void)promises, (void)documents, (void)error;
}

uint64_t __wrap_promises_covered(const struct promises *promises) {
    (void)promises;
    return covered;
}

struct bet_slice __wrap_promises_seal(const struct promises *promises) {
    (void)promises;
    return is_sealed ? (struct bet_slice){"x", 1} : (struct bet_slice){NULL, 0};
}

bool __wrap_promises_lack_key(const struct promises *promises) {
    (void)promises;
    return false;
}

// What the agency asks for
// ------------------------------------------------------------------------------------

static bool connect_to(void *context, const struct address *address) {
    (void)context, (void)address;
    must_hold(!agency.is_linked && !agency.has_ended, "there is one connection at a time");
    agency.is_linked = true;
    agency.is_up = agency.is_waiting = false;
    return true;
}

static void send_bytes(void *context, uint8_t *bytes, size_t length) {
    (void)context, (void)length;
    must_hold(agency.is_up, "it sends where there is a connection");
    free(bytes);
}

static void disconnect(void *context) {
    (void)context;
    must_hold(agency.is_linked, "it closes what is open");
    agency.is_linked = agency.is_up = false;
}

static void wait_for(void *context, uint32_t wait_ms) {
    (void)context, (void)wait_ms;
    agency.is_waiting = true;
}

static void end(void *context) {
    (void)context;
    agency.has_ended = true;
}

// What happens
// ------------------------------------------------------------------------------------------------

static void hear(const uint8_t *frame, size_t length) {
    uint8_t *bytes = calloc(1, length + JSON_PADDING_BYTES);
    must_hold(bytes != NULL, "memory");
    memcpy(bytes, frame, length);
    must_hold(dialogue_received(agency.dialogue, bytes, length) <= length, "it takes what there is");
    free(bytes);
}

static void hear_message(uint8_t kind, uint8_t number) {
    enum { CODES = 6 };
    static const struct error_code *const codes[CODES] = {ERROR_GAP,           ERROR_CONFLICT,
                                                          ERROR_DRAW_CLOSED,   ERROR_TLS_REQUIRED,
                                                          ERROR_SHUTTING_DOWN, ERROR_BAD_MESSAGE};
    uint8_t frame[2 * REPLY_SMALL_BYTES_MAX];
    struct piece pieces[] = {{.first = number & 3, .count = 1}, {.first = (number & 3) + 1, .count = 2}};
    struct error error;
    error_set(&error, codes[number % CODES], "so it is");
    size_t length = 0;
    switch (kind % 5) {
    case 0:
        length = reply_encode_processed(frame, number);
        break;
    case 1:
        length = reply_encode_stored(frame, number, pieces, 2);
        break;
    case 2:
        length = reply_encode_not_ready(frame, number);
        break;
    case 3:
        length = reply_encode_winners(frame, "1,2", number & 1 ? 3 : 1);
        break;
    default:
        length = reply_encode_error(frame, &error, (int64_t)number - 1);
        break;
    }
    if (kind >= 128 && kind % 5 == 2) {
        struct json_writer fields = {0};
        json_begin(&fields, NULL);
        json_put_text(&fields, "seal", "x");
        length = reply_add_fields(frame, length, &fields);
        free(fields.text);
    }
    hear(frame, length);
}

// A frame of the input's own bytes. Returns how many of them it has.
static size_t hear_bytes(const uint8_t *bytes, size_t length) {
    uint8_t frame[FRAME_HEADER_BYTES + UINT8_MAX];
    frame_write_header(frame, length);
    memcpy(frame + FRAME_HEADER_BYTES, bytes, length);
    hear(frame, FRAME_HEADER_BYTES + length);
    return length;
}

// Takes one step off the input. Returns how many bytes it had.
static size_t step(const uint8_t *bytes, size_t length) {
    uint8_t kind = bytes[0], number = bytes[1];
    size_t taken = 2, left = length - taken;
    if (kind == 255 && agency.is_waiting) {
        agency.is_waiting = false;
        dialogue_waited(agency.dialogue);
    } else if (kind == 254 && agency.is_linked) {
        dialogue_down(agency.dialogue, "lost");
    } else if (kind == 253 && agency.is_up) {
        taken += hear_bytes(bytes + taken, number < left ? number : left);
    } else if (kind < 253 && agency.is_up) {
        hear_message(kind, number);
    }
    if (!agency.has_ended && agency.is_linked && !agency.is_up) {
        agency.is_up = true;
        dialogue_up(agency.dialogue);
    }
    must_hold(agency.has_ended || agency.is_up || agency.is_waiting, "it never stands still");
    return taken;
}

static void play(const uint8_t *bytes, size_t length) {
    dialogue_start(agency.dialogue);
    agency.is_up = true;
    dialogue_up(agency.dialogue);
    while (length >= 2 && !agency.has_ended) {
        size_t taken = step(bytes, length);
        bytes += taken;
        length -= taken;
    }
    if (!agency.has_ended) {
        dialogue_stop(agency.dialogue);
    }
    must_hold(agency.has_ended && !agency.is_linked, "it ends when it is told to");
}

static void set_bets(struct dialogue_options *options, bool is_single) {
    static struct chunk *single;
    struct file_findings findings;
    struct error error;
    if (single == NULL) {
        single = chunk_new(1, sizeof bets);
        must_hold(single != NULL && chunk_add(single, bets, strcspn(bets, "\n"), &error), "one bet");
    }
    if (is_single) {
        options->single = single;
        return;
    }
    must_hold(reader_open(file_of((const uint8_t *)bets, sizeof bets - 1), &options->reader, &error) &&
                  file_check(options->reader, 1, &findings, &error),
              "the file is good");
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    static const struct dialogue_actions actions = {connect_to, send_bytes, disconnect, wait_for, end};
    static char any_promises; // only asked whether it is there
    struct error error;
    if (length == 0) {
        return 0;
    }
    struct dialogue_options options = {.agency = 1,
                                       .bets.count = 2,
                                       .consult.count = 1,
                                       .has_consult = (bytes[0] & ELSEWHERE) != 0,
                                       .chunk_size = 1,
                                       .window = 2,
                                       .poll = (bytes[0] & POLLS) != 0,
                                       .answer_timeout_ms = 1000,
                                       .seed = 1};
    options.promises = (bytes[0] & SIGNED) != 0 ? (struct promises *)(void *)&any_promises : NULL;
    memset(&agency, 0, sizeof agency);
    covered = 0;
    is_sealed = false;
    log_set_level(LOG_LEVEL_ERROR);
    set_bets(&options, (bytes[0] & SINGLE) != 0);
    must_hold(dialogue_new(&options, &actions, NULL, &agency.dialogue, &error), "memory");
    play(bytes + 1, length - 1);
    dialogue_free(&agency.dialogue);
    if (options.reader != NULL) {
        reader_close(&options.reader);
    }
    return 0;
}
