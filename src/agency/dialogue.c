#include "agency/internal.h"

#include "agency/progress.h"
#include "agency/report.h"
#include "base/limits.h"
#include "base/log.h"
#include "wire/frame.h"
#include "wire/message.h"
#include "wire/reply.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    BACKOFF_BASE_MS = 100,
    BACKOFF_CAP_MS = 5000,
    POLL_BASE_MS = 1000,
    POLL_CAP_MS = 30000,
    ANSWER_GROWTH_MAX = 16, // times the answer's timeout
};

static_assert((uint64_t)ANSWER_TIMEOUT_MS_MAX * ANSWER_GROWTH_MAX <= UINT32_MAX, "every wait is a number");

static void connect_now(struct dialogue *dialogue);
static void consult(struct dialogue *dialogue);

// The end -------------------------------------------------------------------------------------------------

static void disconnect(struct dialogue *dialogue) {
    dialogue->linked = false;
    dialogue->actions->disconnect(dialogue->context);
}

static void end(struct dialogue *dialogue) {
    progress_clear();
    dialogue->phase = ENDED;
    if (dialogue->linked) {
        disconnect(dialogue);
        log_event(LOG_LEVEL_INFO, "close_resource", LOG_SUCCESS, "resource: socket");
    }
    dialogue->actions->ended(dialogue->context);
}

void dialogue_fail(struct dialogue *dialogue, const struct error *error) {
    if (error != &dialogue->error) {
        dialogue->error = *error;
    }
    dialogue->failed = true;
    end(dialogue);
}

// Trying again --------------------------------------------------------------------------------------------

static struct route *route_of(struct dialogue *dialogue) {
    return dialogue->consulting && dialogue->options->has_consult ? &dialogue->consult : &dialogue->bets;
}

void dialogue_back_off(struct dialogue *dialogue, const char *action, const char *reason) {
    struct route *route = route_of(dialogue);
    const struct address *address = route_here(route);
    if (dialogue->linked) {
        disconnect(dialogue);
    }
    uint32_t wait_ms =
        route_next(route) ? backoff_aside_ms(&dialogue->backoff) : backoff_next_ms(&dialogue->backoff);
    progress_clear();
    log_event(LOG_LEVEL_WARNING, action, LOG_FAIL, "address: %s | error: %s | retry_in_ms: %" PRIu32,
              address->text, reason, wait_ms);
    dialogue->phase = BACKING_OFF;
    dialogue->actions->wait(dialogue->context, wait_ms);
}

void dialogue_down(struct dialogue *dialogue, const char *reason) {
    if (dialogue->reading_failed) { // nothing more could be sent anyway
        dialogue_fail(dialogue, &dialogue->error);
        return;
    }
    dialogue_back_off(dialogue, dialogue->phase == CONNECTING ? "connect" : "connection", reason);
}

void dialogue_refused(struct dialogue *dialogue, const char *reason) {
    struct error error;
    error_set(&error, ERROR_NOT_AUTHORIZED, "%s", reason);
    progress_clear();
    log_event(LOG_LEVEL_ERROR, "connect", LOG_FAIL, "address: %s | error: %s | message: %s",
              route_here(route_of(dialogue))->text, error_name(error.code), error.text);
    dialogue_fail(dialogue, &error);
}

void dialogue_distrusted(struct dialogue *dialogue, const char *reason, uint64_t now_ms) {
    if (trust_bad(&dialogue->trust, now_ms)) {
        dialogue_refused(dialogue, reason);
    } else {
        dialogue_down(dialogue, reason);
    }
}

// An answer that is due -----------------------------------------------------------------------------------

// A link may be silent and look whole for ever: something between the two may confirm bytes that it does not
// pass on.
void dialogue_expect_answer(struct dialogue *dialogue) {
    if (dialogue->answer_ms > 0) {
        dialogue->actions->wait(dialogue->context, dialogue->answer_ms);
    }
}

static void on_answer(struct dialogue *dialogue) {
    dialogue->answer_ms = dialogue->options->answer_timeout_ms;
}

// The next one may take twice as long: a central that is only slow must not be asked again and again for what
// it is about to answer.
static void on_no_answer(struct dialogue *dialogue) {
    char reason[ERROR_TEXT_BYTES];
    snprintf(reason, sizeof reason, "no answer within %" PRIu32 " ms", dialogue->answer_ms);
    if (dialogue->answer_ms < dialogue->options->answer_timeout_ms * ANSWER_GROWTH_MAX) {
        dialogue->answer_ms *= 2;
    }
    dialogue_down(dialogue, reason);
}

void dialogue_waited(struct dialogue *dialogue) {
    switch (dialogue->phase) {
    case BACKING_OFF:
        connect_now(dialogue);
        break;
    case POLLING:
        consult(dialogue);
        break;
    case OPENING:
    case STREAMING:
        if (dialogue->sent_count > 0) {
            on_no_answer(dialogue);
        }
        break;
    case COMPARING:
        if (dialogue->sent_count > 0) {
            on_no_answer(dialogue);
        } else {
            sending_compare_on(dialogue);
        }
        break;
    case CONSULTING:
        if (dialogue->options->poll) {
            on_no_answer(dialogue);
        }
        break;
    default: // of a connection that is gone
        break;
    }
}

// Consulting ----------------------------------------------------------------------------------------------

static void consult(struct dialogue *dialogue) {
    uint8_t *frame = malloc(MESSAGE_CONSULT_BYTES_MAX);
    if (frame == NULL) {
        dialogue_back_off(dialogue, "consulta_ganadores", "no memory");
        return;
    }
    dialogue->phase = CONSULTING;
    log_event(LOG_LEVEL_DEBUG, "consulta_ganadores", LOG_IN_PROGRESS, "agencia: %" PRIu32,
              dialogue->options->agency);
    dialogue->actions->send(
        dialogue->context, frame,
        message_encode_consult(frame, dialogue->options->agency, !dialogue->options->poll));
    if (dialogue->options->poll) {
        dialogue_expect_answer(dialogue);
    }
}

// The draw is not made yet: asks again on the same connection.
static void ask_later(struct dialogue *dialogue) {
    on_answer(dialogue);
    route_good(route_of(dialogue));
    uint32_t wait_ms = backoff_next_ms(&dialogue->polling);
    log_event(LOG_LEVEL_DEBUG, "consulta_ganadores", LOG_IN_PROGRESS, "retry_in_ms: %" PRIu32, wait_ms);
    dialogue->phase = POLLING;
    dialogue->actions->wait(dialogue->context, wait_ms);
}

static void begin_consulting(struct dialogue *dialogue) {
    progress_clear();
    dialogue->consulting = true;
    if (!dialogue->options->has_consult) {
        consult(dialogue);
        return;
    }
    disconnect(dialogue);
    connect_now(dialogue);
}

// Answers -------------------------------------------------------------------------------------------------

// Starts over, on a new connection, from what the central has; what is still on its way is forgotten. At
// once, but with a wait when that has brought nothing before.
static void resync(struct dialogue *dialogue, uint64_t next, const char *reason) {
    dialogue->acknowledged = next;
    if (dialogue->resynced) {
        dialogue_back_off(dialogue, "apuestas_enviadas", reason);
        return;
    }
    dialogue->resynced = true;
    progress_clear();
    log_event(LOG_LEVEL_WARNING, "apuestas_enviadas", LOG_FAIL,
              "agencia: %" PRIu32 " | error: %s | next: %" PRIu64, dialogue->options->agency, reason, next);
    disconnect(dialogue);
    connect_now(dialogue);
}

static void on_acknowledged(struct dialogue *dialogue, const struct reply *reply) {
    if (dialogue->sent_count == 0) {
        dialogue_back_off(dialogue, "apuestas_enviadas", "the central acknowledged what was not sent");
        return;
    }
    struct sent sent = dialogue->sent[dialogue->sent_first];
    dialogue->classic = reply->next < 0;
    if (!dialogue->classic && (uint64_t)reply->next < sent.end) {
        resync(dialogue, (uint64_t)reply->next, "the central has fewer bets than it acknowledges");
        return;
    }
    dialogue->sent_first = (dialogue->sent_first + 1) % WINDOW_MAX;
    dialogue->sent_count--;
    dialogue->acknowledged = sent.end;
    dialogue->resynced = false;
    backoff_reset(&dialogue->backoff);
    route_good(route_of(dialogue));
    on_answer(dialogue);
    progress_clear();
    bool is_question = dialogue->phase == COMPARING;
    if (!is_question) {
        report_acknowledged(dialogue->options, sent.count, sent.end);
    }
    bool is_ahead = reply->next > (int64_t)sent.end;
    if (is_ahead && !sent.last && dialogue->phase != STREAMING) {
        sending_on_ahead(dialogue, &sent, reply);
        return;
    }
    dialogue->phase = STREAMING;
    if (sent.last) {
        if (is_ahead && !sending_go_to(dialogue, (uint64_t)reply->next)) { // which complains
            return;
        }
        begin_consulting(dialogue);
        return;
    }
    sending_fill_window(dialogue);
    if (dialogue->phase == STREAMING) {
        report_progress(dialogue->options, dialogue->acknowledged);
    }
}

static void on_winners(struct dialogue *dialogue, const struct reply *reply) {
    report_winners(dialogue->options, reply->winners.text, reply->winners.length);
    end(dialogue);
}

static void on_error(struct dialogue *dialogue, const struct reply *reply) {
    progress_clear();
    if (!dialogue->consulting && reply->error.code == ERROR_GAP && reply->next >= 0) {
        resync(dialogue, (uint64_t)reply->next, reply->error_name);
        return;
    }
    if (reply->retryable) {
        dialogue_back_off(dialogue, dialogue->consulting ? "consulta_ganadores" : "apuestas_enviadas",
                          reply->error_name);
        return;
    }
    if (dialogue->consulting) {
        log_event(LOG_LEVEL_ERROR, "consulta_ganadores", LOG_FAIL, "error: %s | message: %s",
                  reply->error_name, reply->error.text);
    } else {
        struct sent none = {0},
                    *sent = dialogue->sent_count > 0 ? &dialogue->sent[dialogue->sent_first] : &none;
        report_refused(dialogue->options, sent->count, sent->end, reply);
    }
    dialogue_fail(dialogue, &reply->error);
}

static void on_message(struct dialogue *dialogue, const uint8_t *bytes, size_t length) {
    struct reply reply;
    struct error error;
    if (!reply_decode(dialogue->decoder, bytes, length, &reply, &error)) {
        dialogue_back_off(dialogue, "receive_message", error.text);
    } else if (reply.type == REPLY_ERROR) {
        on_error(dialogue, &reply);
    } else if (!dialogue->consulting && reply.type == REPLY_CHUNK_PROCESSED) {
        on_acknowledged(dialogue, &reply);
    } else if (dialogue->consulting && reply.type == REPLY_WINNERS) {
        on_winners(dialogue, &reply);
    } else if (dialogue->consulting && reply.type == REPLY_WINNERS_NOT_READY) {
        ask_later(dialogue);
    } else {
        dialogue_back_off(dialogue, "receive_message",
                          "the central's answer does not belong to what was asked");
    }
}

// The stream is out of step. Of winners that are too many there will not be fewer the next time; everything
// else may be somebody else's answer. Returns how many bytes are consumed.
static size_t on_too_long(struct dialogue *dialogue, const uint8_t *bytes, size_t available, size_t length) {
    if (dialogue->consulting && available < FRAME_HEADER_BYTES + REPLY_KIND_BYTES) {
        return 0; // it comes again with more
    }
    if (dialogue->consulting && reply_begins_winners(bytes + FRAME_HEADER_BYTES)) {
        struct error error;
        error_set(
            &error, ERROR_TOO_MANY_WINNERS,
            "the central's answer has %zu bytes, more than the %d that a client takes: ask whoever runs "
            "the central for the winners (quiniela export)",
            length, REPLY_BYTES_MAX);
        log_event(LOG_LEVEL_ERROR, "consulta_ganadores", LOG_FAIL, "error: %s | message: %s",
                  error_name(error.code), error.text);
        dialogue_fail(dialogue, &error);
    } else {
        dialogue_back_off(dialogue, "receive_message", "the central's message is too long");
    }
    return available;
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

// The connection ------------------------------------------------------------------------------------------

void dialogue_up(struct dialogue *dialogue) {
    trust_good(&dialogue->trust);
    if (dialogue->consulting) {
        consult(dialogue);
        return;
    }
    dialogue->phase = OPENING;
    dialogue->sent_first = dialogue->sent_count = 0;
    dialogue->last_sent = false;
    if (sending_go_to(dialogue, dialogue->acknowledged)) {
        sending_fill_window(dialogue);
    }
}

static void connect_now(struct dialogue *dialogue) {
    dialogue->phase = CONNECTING;
    dialogue->linked = dialogue->actions->connect(dialogue->context, route_here(route_of(dialogue)));
    if (!dialogue->linked) {
        dialogue_back_off(dialogue, "connect", "no memory");
    }
}

// From its making to its end ------------------------------------------------------------------------------

bool dialogue_new(const struct dialogue_options *options, const struct dialogue_actions *actions,
                  void *context, struct dialogue **result, struct error *error) {
    struct dialogue *dialogue = *result = calloc(1, sizeof *dialogue);
    if (dialogue == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory to send bets");
    }
    dialogue->options = options;
    dialogue->actions = actions;
    dialogue->context = context;
    dialogue->answer_ms = options->answer_timeout_ms;
    backoff_init(&dialogue->backoff, BACKOFF_BASE_MS, BACKOFF_CAP_MS, options->seed);
    backoff_init(&dialogue->polling, POLL_BASE_MS, POLL_CAP_MS, ~options->seed);
    route_init(&dialogue->bets, &options->bets, options->seed + 1);
    route_init(&dialogue->consult, options->has_consult ? &options->consult : &options->bets,
               options->seed + 2);
    dialogue->decoder = message_decoder_new();
    bool has_bets = options->reader != NULL;
    if (has_bets) {
        dialogue->chunk = chunk_new(options->chunk_size, MESSAGE_BYTES_MAX);
    }
    if (dialogue->decoder == NULL || (has_bets && dialogue->chunk == NULL)) {
        dialogue_free(result);
        return error_set(error, ERROR_NO_MEMORY, "no memory to send bets");
    }
    return true;
}

void dialogue_free(struct dialogue **dialogue) {
    if (*dialogue != NULL) {
        message_decoder_free((*dialogue)->decoder);
        chunk_free((*dialogue)->chunk);
        comparison_free((*dialogue)->comparison);
        free(*dialogue);
        *dialogue = NULL;
    }
}

void dialogue_start(struct dialogue *dialogue) {
    connect_now(dialogue);
}

void dialogue_stop(struct dialogue *dialogue) {
    end(dialogue);
}

bool dialogue_failed(const struct dialogue *dialogue, struct error *error) {
    if (dialogue->failed) {
        *error = dialogue->error;
    }
    return dialogue->failed;
}
