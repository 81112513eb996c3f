#include "doctor/look.h"

#include "base/clock.h"

#include <string.h>

bool look_failed_by_date(const struct look *look) {
    return look->state == TALK_TLS_FAILED &&
           (look->failure == TLS_EXPIRED || look->failure == TLS_NOT_YET_VALID ||
            look->failure == TLS_AUTHORITY_EXPIRED || look->failure == TLS_REVOCATIONS_EXPIRED);
}

bool look_is_error(const struct look *look, const char *name) {
    return look->has_reply && look->reply.type == REPLY_ERROR && strcmp(look->reply.error_name, name) == 0;
}

bool look_takes_bets(const struct look *look) {
    return look->has_reply &&
           (look->reply.type == REPLY_CHUNK_PROCESSED || look_is_error(look, "unknown_agency"));
}

// The answer comes half way between the two moments, as far as anybody knows.
static void ask(struct talk *talk, const struct look_options *options, struct look *look) {
    uint8_t frame[MESSAGE_AROUND_BYTES_MAX];
    size_t length = message_encode_question(frame, options->agency, 0);
    uint64_t before_ms = clock_epoch_ms(), began_ms = clock_steady_ms();
    look->has_reply = talk_ask(talk, frame, length, options->decoder, &look->reply);
    uint64_t took_ms = clock_steady_ms() - began_ms;
    look->reply.pieces = NULL;
    look->has_offset = look->has_reply && look->reply.time_ms >= 0;
    if (look->has_offset) {
        look->offset_ms = look->reply.time_ms - (int64_t)(before_ms + took_ms / 2);
    }
}

static void keep_state(const struct talk *talk, struct look *look) {
    look->state = talk->state;
    look->failure = talk->failure;
    look->is_unwelcome = talk->is_unwelcome;
    memcpy(look->reason, talk->reason, sizeof look->reason);
}

// A wrong clock makes every certificate look expired, or not valid yet. So the time alone is asked for again,
// whatever the dates say.
static void ask_whatever_the_date(struct target *target, const struct look_options *options,
                                  uint64_t until_ms, struct look *look) {
    struct talk talk;
    struct look other = {0};
    if (!target_connect(target, options->wait_ms)) {
        return;
    }
    if (talk_begin(&talk, target->socket, options->undated, target->server->host, until_ms)) {
        ask(&talk, options, &other);
    }
    talk_end(&talk);
    look->has_offset = other.has_offset;
    look->offset_ms = other.offset_ms;
}

static void take(struct target *target, const struct look_options *options, uint64_t until_ms,
                 struct look *look) {
    struct talk talk;
    look->has_happened = true;
    if (talk_begin(&talk, target->socket, options->tls, target->server->host, until_ms)) {
        look->is_shaken = options->tls != NULL;
        if (look->is_shaken) {
            tls_session_describe(talk.session, look->certificate);
        }
        if (options->asks) {
            ask(&talk, options, look);
        }
    }
    keep_state(&talk, look);
    talk_end(&talk);
    if (look_failed_by_date(look) && options->asks && options->undated != NULL) {
        ask_whatever_the_date(target, options, until_ms, look);
    }
}

void looks_take(struct look *looks, struct targets *targets, const struct look_options *options,
                uint64_t until_ms) {
    for (size_t i = 0; i < targets->count; i++) {
        struct target *target = &targets->list[i];
        uint64_t now = clock_steady_ms(), end = now + options->wait_ms;
        looks[i] = (struct look){0};
        if (target->failure == 0 && now < until_ms) {
            take(target, options, end < until_ms ? end : until_ms, &looks[i]);
        }
        target_close(target);
    }
}
