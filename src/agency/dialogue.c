#include "agency/dialogue.h"

#include "agency/backoff.h"
#include "agency/look.h"
#include "agency/outcome.h"
#include "agency/patience.h"
#include "agency/phase.h"
#include "agency/promises.h"
#include "agency/question.h"
#include "agency/report.h"
#include "agency/route.h"
#include "agency/sending.h"
#include "agency/stranger.h"
#include "agency/trust.h"
#include "base/memory.h"
#include "bet/errors.h"
#include "wire/frame.h"
#include "wire/limits.h"
#include "wire/message.h"
#include "wire/reply.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

enum { BACKOFF_BASE_MS = 100, BACKOFF_CAP_MS = 5000, POLL_BASE_MS = 1000, POLL_CAP_MS = 30000 };

struct dialogue {
    const struct dialogue_options *options;
    const struct dialogue_actions *actions;
    void *context; // of the actions
    enum phase phase;
    bool linked;      // there is a connection, or one is being made
    bool consulting;  // every bet is stored; only the question about the winners remains
    bool was_up;      // a connection
    bool was_down;    // the last one has failed, or the last attempt
    bool is_waiting;  // for the draw, and has said so
    bool is_closed;   // the draw, before all bets were taken: `error` is why it will fail in the end
    struct look look; // whether they still are, before that question
    struct sending sending;
    struct outcome outcome; // of the winners that were told
    struct message_decoder *decoder;
    struct route bets, consult; // which server to use
    struct backoff backoff;     // before connecting again
    struct backoff polling;     // before asking again
    struct patience patience;   // for the next answer
    struct trust trust;         // in the servers' certificates
    struct error error;         // the reason for a failure
    bool failed;
};

// States --------------------------------------------------------------------------------------------------

// The one function that changes the phase. Entering CONNECTING, BACKING_OFF, HOLDING or ENDED also drops the
// connection.
static void enter(struct dialogue *dialogue, enum phase phase) {
    assert(phase_may_follow(dialogue->phase, phase));
    dialogue->phase = phase;
    bool keeps_link = phase != CONNECTING && phase != BACKING_OFF && phase != HOLDING && phase != ENDED;
    if (dialogue->linked && !keeps_link) {
        dialogue->linked = false;
        dialogue->actions->disconnect(dialogue->context);
    }
}

// Enters a phase that needs no connection any more.
static void leave(struct dialogue *dialogue, enum phase phase) {
    bool was_linked = dialogue->linked;
    enter(dialogue, phase);
    if (was_linked) {
        report_closed();
    }
}

static void end(struct dialogue *dialogue) {
    leave(dialogue, ENDED);
    dialogue->actions->ended(dialogue->context);
}

static void fail(struct dialogue *dialogue, const struct error *error) {
    dialogue->error = *error;
    dialogue->failed = true;
    end(dialogue);
}

// Connecting, and trying again ----------------------------------------------------------------------------

static struct route *route_of(struct dialogue *dialogue) {
    return dialogue->consulting && dialogue->options->has_consult ? &dialogue->consult : &dialogue->bets;
}

// Drops the connection and comes back later, or soon if there is another server to try.
static void back_off(struct dialogue *dialogue, const char *action, const char *reason) {
    struct route *route = route_of(dialogue);
    const struct address *address = route_here(route);
    bool is_fresh = route_next(route);
    uint32_t wait_ms = is_fresh ? backoff_aside_ms(&dialogue->backoff) : backoff_next_ms(&dialogue->backoff);
    enter(dialogue, BACKING_OFF);
    dialogue->was_down = true;
    report_retry(action, address, reason, wait_ms);
    dialogue->actions->wait(dialogue->context, wait_ms);
}

// As back_off, after an answer that says to try later.
static void come_later(struct dialogue *dialogue, const char *action, const char *reason) {
    back_off(dialogue, action, reason);
    look_lost(&dialogue->look, true, &dialogue->consulting);
}

static void connect_now(struct dialogue *dialogue) {
    enter(dialogue, CONNECTING);
    dialogue->linked = dialogue->actions->connect(dialogue->context, route_here(route_of(dialogue)));
    if (!dialogue->linked) {
        back_off(dialogue, "connect", "no memory");
    }
}

void dialogue_down(struct dialogue *dialogue, const char *reason) {
    if (dialogue->sending.reading_failed) { // there is nothing more to send
        fail(dialogue, &dialogue->sending.reading_error);
        return;
    }
    back_off(dialogue, dialogue->phase == CONNECTING ? "connect" : "connection", reason);
    look_lost(&dialogue->look, dialogue->options->has_consult, &dialogue->consulting);
}

void dialogue_refused(struct dialogue *dialogue, const char *reason) {
    struct error error;
    error_set(&error, ERROR_NOT_AUTHORIZED, "%s", reason);
    report_not_accepted(route_here(route_of(dialogue)), &error);
    fail(dialogue, &error);
}

void dialogue_distrusted(struct dialogue *dialogue, const char *reason, uint64_t now_ms) {
    if (trust_bad(&dialogue->trust, now_ms)) {
        dialogue_refused(dialogue, reason);
    } else {
        dialogue_down(dialogue, reason);
    }
}

// Answers that are due ------------------------------------------------------------------------------------

// A connection may stay silent and look healthy forever: something between the two ends may acknowledge
// bytes without passing them on.
static void expect_answer(struct dialogue *dialogue) {
    if (dialogue->patience.ms > 0) {
        dialogue->actions->wait(dialogue->context, dialogue->patience.ms);
    }
}

static void on_good_answer(struct dialogue *dialogue) {
    patience_reset(&dialogue->patience);
    route_good(route_of(dialogue));
}

static void on_no_answer(struct dialogue *dialogue) {
    char reason[ERROR_TEXT_BYTES];
    snprintf(reason, sizeof reason, "no answer within %" PRIu32 " ms", dialogue->patience.ms);
    patience_grow(&dialogue->patience);
    dialogue_down(dialogue, reason);
}

// Consulting ----------------------------------------------------------------------------------------------

// Whether the question is to be answered at once.
static bool asks_for_now(const struct dialogue *dialogue) {
    return dialogue->options->poll || dialogue->look.is_owed;
}

static void consult(struct dialogue *dialogue) {
    size_t length;
    uint8_t *frame = question_make(dialogue->options, asks_for_now(dialogue), dialogue->look.can, &length);
    if (frame == NULL) {
        back_off(dialogue, "consulta_ganadores", "no memory");
        return;
    }
    enter(dialogue, CONSULTING);
    if (!dialogue->is_waiting) {
        report_waiting(route_here(route_of(dialogue)));
        dialogue->is_waiting = true;
    }
    report_question(dialogue->options);
    dialogue->actions->send(dialogue->context, frame, length);
    if (asks_for_now(dialogue)) {
        expect_answer(dialogue);
    }
}

static void begin_consulting(struct dialogue *dialogue) {
    dialogue->consulting = true;
    if (dialogue->options->has_consult) {
        connect_now(dialogue);
    } else {
        consult(dialogue);
    }
}

// What the central said of the draw is false, or it is to be asked again.
static void on_not_kept(struct dialogue *dialogue, const struct error *error) {
    if (error_retryable(error->code)) {
        come_later(dialogue, "consulta_ganadores", error->text);
        return;
    }
    report_not_believed(error);
    fail(dialogue, error);
}

// The draw has not been made yet: asks again on the same connection; or looks, where that is still owed. Once
// the seal has come it is shown at once: that is what the central waits for.
static void on_not_drawn(struct dialogue *dialogue, const struct reply *reply) {
    struct promises *promises = dialogue->options->promises;
    struct error error;
    bool is_sealed = false;
    on_good_answer(dialogue);
    if (promises != NULL && !promises_take_waiting(promises, reply, &is_sealed, &error)) {
        on_not_kept(dialogue, &error);
        return;
    }
    if (is_sealed && !dialogue->look.is_owed) {
        consult(dialogue);
        return;
    }
    if (dialogue->look.is_owed) {
        dialogue->look.is_on = true;
        dialogue->consulting = false;
        connect_now(dialogue);
        return;
    }
    uint32_t wait_ms = backoff_next_ms(&dialogue->polling);
    report_not_drawn(wait_ms);
    enter(dialogue, POLLING);
    dialogue->actions->wait(dialogue->context, wait_ms);
}

static void conclude(struct dialogue *dialogue, enum outcome_step step) {
    const struct outcome *outcome = &dialogue->outcome;
    if (step == OUTCOME_PAUSES) {
        leave(dialogue, HOLDING);
        dialogue->actions->wait(dialogue->context, 0);
    } else if (step == OUTCOME_RETRIES) {
        come_later(dialogue, "consulta_ganadores", outcome->error.text);
    } else if (step == OUTCOME_FAILED) {
        fail(dialogue, &outcome->error);
    } else {
        dialogue->failed = step == OUTCOME_NOT_KEPT || dialogue->is_closed;
        dialogue->error = dialogue->is_closed ? dialogue->error : outcome->error;
        end(dialogue);
    }
}

// What was not taken never will be. What was takes part, and has its winners. They are asked for on a new
// connection: on this one there may be answers to the chunks that were sent ahead.
static void on_draw_closed(struct dialogue *dialogue, const struct reply *reply) {
    uint64_t stored = reply->next >= 0 ? (uint64_t)reply->next : dialogue->sending.acknowledged;
    if (sending_closed(&dialogue->sending, stored) == SENDING_FAILED) {
        fail(dialogue, &dialogue->sending.error);
        return;
    }
    dialogue->is_closed = report_draw_closed(dialogue->options, stored, reply, &dialogue->error);
    if (!dialogue->is_closed) {
        report_all_stored(stored);
    }
    dialogue->consulting = true;
    dialogue->look = (struct look){0}; // what is stored stays as it is
    connect_now(dialogue);
}

// Sending -------------------------------------------------------------------------------------------------

static void carry_out(struct dialogue *dialogue, enum sending_step step) {
    const struct sending *sending = &dialogue->sending;
    switch (step) {
    case SENDING_WAITS:
        enter(dialogue, SENDING);
        expect_answer(dialogue);
        break;
    case SENDING_PAUSES:
        enter(dialogue, COMPARING);
        dialogue->actions->wait(dialogue->context, 0);
        break;
    case SENDING_DONE:
        if (!dialogue->look.is_on) {
            report_all_stored(sending->acknowledged);
        }
        dialogue->look.can = sending_can_look(sending);
        look_end(&dialogue->look);
        begin_consulting(dialogue);
        break;
    case SENDING_RESYNCS:
        look_end(&dialogue->look);
        dialogue->is_waiting = false;
        connect_now(dialogue);
        break;
    case SENDING_RETRIES:
        come_later(dialogue, sending->action, sending->error.text);
        break;
    case SENDING_FAILED:
        fail(dialogue, &sending->error);
        break;
    }
}

static void on_acknowledged(struct dialogue *dialogue, const struct reply *reply) {
    struct sent sent;
    enum sending_step step = sending_acknowledged(&dialogue->sending, reply, &sent);
    if (step == SENDING_WAITS && !sent_only_asks(&sent)) { // an answer says nothing of how storing goes
        on_good_answer(dialogue);
    }
    if (step == SENDING_WAITS && dialogue->sending.is_further) {
        backoff_reset(&dialogue->backoff);
    }
    carry_out(dialogue, step == SENDING_WAITS ? sending_go_on(&dialogue->sending, &sent, reply) : step);
}

// Messages ------------------------------------------------------------------------------------------------

static void on_error_for_good(struct dialogue *dialogue, const struct reply *reply) {
    struct error error = reply->error;
    if (dialogue->consulting) {
        report_no_winners(reply->error_name, reply->error.text);
    } else {
        sending_refused(&dialogue->sending, reply, &error);
    }
    report_unknown(reply, &error);
    fail(dialogue, &error);
}

static void on_error(struct dialogue *dialogue, const struct reply *reply) {
    if (reply->error.code == ERROR_TLS_REQUIRED) {
        report_not_accepted(route_here(route_of(dialogue)), &reply->error);
        fail(dialogue, &reply->error);
    } else if (!dialogue->consulting && reply->error.code == ERROR_GAP && reply->next >= 0) {
        carry_out(dialogue, sending_resync(&dialogue->sending, (uint64_t)reply->next, reply->error_name));
    } else if (!dialogue->consulting && reply->error.code == ERROR_DRAW_CLOSED) {
        on_draw_closed(dialogue, reply);
    } else if (reply->retryable) {
        come_later(dialogue, dialogue->consulting ? "consulta_ganadores" : "apuestas_enviadas",
                   reply->error_name);
    } else {
        on_error_for_good(dialogue, reply);
    }
}

static void on_message(struct dialogue *dialogue, const uint8_t *bytes, size_t length) {
    struct reply reply;
    struct error error;
    if (!reply_decode(dialogue->decoder, bytes, length, &reply, &error)) {
        come_later(dialogue, "receive_message", error.text);
    } else if (!dialogue->consulting && !sending_check_draw(&dialogue->sending, &reply)) {
        fail(dialogue, &dialogue->sending.error);
    } else if (reply.type == REPLY_ERROR) {
        on_error(dialogue, &reply);
    } else if (!dialogue->consulting && reply.type == REPLY_CHUNK_PROCESSED) {
        on_acknowledged(dialogue, &reply);
    } else if (dialogue->phase == CONSULTING && reply.type == REPLY_WINNERS) {
        conclude(dialogue, outcome_begin(&dialogue->outcome, dialogue->options,
                                         dialogue->sending.acknowledged, &reply));
    } else if (dialogue->phase == CONSULTING && reply.type == REPLY_WINNERS_NOT_READY) {
        on_not_drawn(dialogue, &reply);
    } else {
        come_later(dialogue, "receive_message", // or nothing was asked, as while it waits to ask again
                   "the central's answer does not match the question");
    }
}

// The stream is out of step. If there are too many winners there will not be fewer next time; anything else
// may have been another client's answer. Returns the number of bytes consumed.
static size_t on_too_long(struct dialogue *dialogue, const uint8_t *bytes, size_t available, size_t length) {
    if (dialogue->consulting && available < FRAME_HEADER_BYTES + REPLY_KIND_BYTES) {
        return 0; // called again with more bytes
    }
    if (dialogue->consulting && reply_begins_winners(bytes + FRAME_HEADER_BYTES)) {
        struct error error;
        report_too_many_winners(length, &error);
        fail(dialogue, &error);
    } else {
        come_later(dialogue, "receive_message", stranger_say(bytes, available));
    }
    return available;
}

// Events --------------------------------------------------------------------------------------------------

void dialogue_start(struct dialogue *dialogue) {
    connect_now(dialogue);
}

void dialogue_up(struct dialogue *dialogue) {
    trust_good(&dialogue->trust);
    if (!dialogue->was_up || dialogue->was_down) {
        report_connected(route_here(route_of(dialogue)), dialogue->was_up);
    }
    dialogue->was_up = true;
    dialogue->was_down = false;
    if (dialogue->consulting) {
        consult(dialogue);
    } else {
        carry_out(dialogue, dialogue->look.is_on ? sending_look(&dialogue->sending)
                                                 : sending_begin(&dialogue->sending));
    }
}

size_t dialogue_received(struct dialogue *dialogue, const uint8_t *bytes, size_t available) {
    const uint8_t *message;
    size_t length;
    switch (frame_next(bytes, available, REPLY_BYTES_MAX, &message, &length)) {
    case FRAME_COMPLETE:
        on_message(dialogue, message, length);
        return FRAME_HEADER_BYTES + length;
    case FRAME_TOO_LONG:
        return on_too_long(dialogue, bytes, available, length);
    default:
        return 0;
    }
}

void dialogue_waited(struct dialogue *dialogue) {
    switch (dialogue->phase) {
    case BACKING_OFF:
        connect_now(dialogue);
        break;
    case POLLING:
        consult(dialogue);
        break;
    case SENDING:
        on_no_answer(dialogue);
        break;
    case COMPARING:
        carry_out(dialogue, sending_compare(&dialogue->sending));
        break;
    case HOLDING:
        conclude(dialogue, outcome_go_on(&dialogue->outcome));
        break;
    case CONSULTING:
        if (asks_for_now(dialogue)) {
            on_no_answer(dialogue);
        }
        break;
    default: // of a connection that is gone
        break;
    }
}

void dialogue_stop(struct dialogue *dialogue) {
    if (dialogue->consulting || dialogue->look.is_on) {
        report_not_known(dialogue->is_closed ? &dialogue->error : NULL);
    } else {
        report_not_sent(dialogue->options, dialogue->sending.acknowledged);
    }
    end(dialogue);
}

bool dialogue_failed(const struct dialogue *dialogue, struct error *error) {
    if (dialogue->failed) {
        *error = dialogue->error;
    }
    return dialogue->failed;
}

// Making and freeing --------------------------------------------------------------------------------------

// False when out of memory.
static bool init(struct dialogue *dialogue, const struct dialogue_options *options,
                 const struct dialogue_actions *actions, void *context) {
    dialogue->options = options;
    dialogue->actions = actions;
    dialogue->context = context;
    patience_init(&dialogue->patience, options->answer_timeout_ms);
    backoff_init(&dialogue->backoff, BACKOFF_BASE_MS, BACKOFF_CAP_MS, options->seed);
    backoff_init(&dialogue->polling, POLL_BASE_MS, POLL_CAP_MS, ~options->seed);
    route_init(&dialogue->bets, &options->bets, options->seed + 1);
    route_init(&dialogue->consult, options->has_consult ? &options->consult : &options->bets,
               options->seed + 2);
    dialogue->decoder = message_decoder_new();
    sending_init(&dialogue->sending, options, actions->send, context);
    return dialogue->decoder != NULL;
}

bool dialogue_new(const struct dialogue_options *options, const struct dialogue_actions *actions,
                  void *context, struct dialogue **result, struct error *error) {
    *result = memory_zeroed(1, sizeof **result);
    if (*result != NULL && init(*result, options, actions, context)) {
        return true;
    }
    dialogue_free(result);
    return error_set(error, ERROR_NO_MEMORY, "no memory to send bets");
}

void dialogue_free(struct dialogue **dialogue) {
    if (*dialogue != NULL) {
        sending_end(&(*dialogue)->sending);
        outcome_end(&(*dialogue)->outcome);
        message_decoder_free((*dialogue)->decoder);
        memory_free(*dialogue);
        *dialogue = NULL;
    }
}
