#include "agency/uploader.h"

#include "agency/backoff.h"
#include "agency/link.h"
#include "agency/progress.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/signals.h"
#include "bet/bet.h"
#include "wire/frame.h"
#include "wire/message.h"
#include "wire/reply.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    BACKOFF_BASE_MS = 100,
    BACKOFF_CAP_MS = 5000,
    POLL_BASE_MS = 1000,
    POLL_CAP_MS = 30000,
    MESSAGE_FIXED_BYTES = 256
};

enum phase { CONNECTING, OPENING, STREAMING, CONSULTING, POLLING, BACKING_OFF, ENDED };

// A chunk that was sent and is not acknowledged yet.
struct sent {
    uint64_t end; // the agency's bets, this chunk's included
    uint32_t count;
    bool last;
};

struct uploader {
    const struct uploader_options *options;
    uv_loop_t *loop;
    uv_poll_t signals;
    int signals_descriptor;
    uv_timer_t timer; // while backing off
    struct link *link;
    struct message_decoder *decoder;
    struct chunk *chunk; // the one that is being read
    struct backoff backoff;
    struct backoff polling; // between one question for the winners and the next
    enum phase phase;
    bool consulting;       // every bet is stored; what is left is to ask
    uint64_t acknowledged; // bets that the central has said are stored
    bool classic;          // the central does not know `next`: one chunk at a time
    bool resynced;         // gone back (or on) to where the central is, and nothing acknowledged since
    struct sent sent[WINDOW_MAX];
    uint32_t sent_first, sent_count; // a ring
    bool last_sent;
    bool reading_failed; // a bad line: what was sent before it may still be acknowledged
    struct error *error; // of uploader_run
    bool failed;
};

static void connect_now(struct uploader *uploader);
static void consult(struct uploader *uploader);

// The end -------------------------------------------------------------------------------------------------

static void close_handle(uv_handle_t *handle) {
    if (!uv_is_closing(handle)) {
        uv_close(handle, NULL);
    }
}

static void end(struct uploader *uploader) {
    progress_clear();
    uploader->phase = ENDED;
    if (uploader->link != NULL) {
        link_close(&uploader->link);
        log_event(LOG_LEVEL_INFO, "close_resource", LOG_SUCCESS, "resource: socket");
    }
    close_handle((uv_handle_t *)&uploader->timer);
    close_handle((uv_handle_t *)&uploader->signals);
    uv_stop(uploader->loop);
}

static void fail(struct uploader *uploader, const struct error *error) {
    if (error != uploader->error) {
        *uploader->error = *error;
    }
    uploader->failed = true;
    end(uploader);
}

static void on_signal(uv_poll_t *signals, int status, int events) {
    (void)status, (void)events;
    struct uploader *uploader = signals->data;
    int number = signals_take(uploader->signals_descriptor);
    if (number != 0) {
        progress_clear();
        log_event(LOG_LEVEL_INFO, "signal_received", LOG_SUCCESS, "signal: %s", signals_name(number));
        end(uploader);
    }
}

// Trying again --------------------------------------------------------------------------------------------

static void on_timer(uv_timer_t *timer) {
    struct uploader *uploader = timer->data;
    if (uploader->phase == POLLING) {
        consult(uploader);
    } else {
        connect_now(uploader);
    }
}

// Gives the connection up and comes back later. What was on its way is forgotten: the central says what it
// has.
static void back_off(struct uploader *uploader, const char *action, const char *reason) {
    const struct address *address = uploader->consulting && uploader->options->has_consult
                                        ? &uploader->options->consult
                                        : &uploader->options->bets;
    if (uploader->link != NULL) {
        link_close(&uploader->link);
    }
    uint32_t wait_ms = backoff_next_ms(&uploader->backoff);
    progress_clear();
    log_event(LOG_LEVEL_WARNING, action, LOG_FAIL, "address: %s | error: %s | retry_in_ms: %" PRIu32,
              address->text, reason, wait_ms);
    uploader->phase = BACKING_OFF;
    uv_timer_start(&uploader->timer, on_timer, wait_ms, 0);
}

// Sending -------------------------------------------------------------------------------------------------

// Fills uploader->chunk with the next bets. *last tells whether there are none behind it.
static bool next_chunk(struct uploader *uploader, const struct chunk **chunk, bool *last,
                       struct error *error) {
    const struct uploader_options *options = uploader->options;
    if (options->reader == NULL) {
        *chunk = options->single;
        *last = true;
        return true;
    }
    *chunk = uploader->chunk;
    chunk_clear(uploader->chunk);
    return reader_fill(options->reader, uploader->chunk, options->chunk_size,
                       MESSAGE_BYTES_MAX - MESSAGE_FIXED_BYTES, last, error);
}

static bool send_chunk(struct uploader *uploader, struct error *error) {
    const struct chunk *chunk;
    bool last;
    uint64_t first = uploader->options->reader == NULL ? 0 : reader_position(uploader->options->reader);
    if (!next_chunk(uploader, &chunk, &last, error)) {
        return false;
    }
    uint8_t *frame = malloc(message_encoded_max(chunk));
    if (frame == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for a chunk");
    }
    enum message_type type = last ? MESSAGE_SEND_LAST_CHUNK : MESSAGE_SEND_CHUNK;
    size_t length = message_encode_chunk(frame, type, uploader->options->agency, (int64_t)first, chunk);
    uint32_t place = (uploader->sent_first + uploader->sent_count) % WINDOW_MAX;
    uploader->sent[place] = (struct sent){first + chunk->count, chunk->count, last};
    uploader->sent_count++;
    uploader->last_sent = last;
    link_send(uploader->link, frame, length);
    return true;
}

static void log_bad_line(struct uploader *uploader, const struct error *error) {
    progress_clear();
    log_event(LOG_LEVEL_ERROR, "read_bets", LOG_FAIL, "error: %s | message: %s", error_name(error->code),
              error->text);
    *uploader->error = *error;
    uploader->reading_failed = true;
}

// Sends chunks while the window has room and there are any.
static void fill_window(struct uploader *uploader) {
    uint32_t window = uploader->classic || uploader->phase == OPENING ? 1 : uploader->options->window;
    struct error error;
    while (uploader->sent_count < window && !uploader->last_sent && !uploader->reading_failed) {
        if (!send_chunk(uploader, &error)) {
            log_bad_line(uploader, &error);
        }
    }
    if (uploader->reading_failed && uploader->sent_count == 0) {
        fail(uploader, uploader->error);
    }
}

// Goes to the bet at `index`: the central may have more than we knew, or less. Fails when it has more than
// there are.
static bool go_to(struct uploader *uploader, uint64_t index) {
    struct reader *reader = uploader->options->reader;
    struct error error;
    bool is_there =
        reader != NULL ? reader_seek(reader, index, &error)
                       : index <= 1 || error_set(&error, ERROR_CONFLICT,
                                                 "there is 1 bet, and %" PRIu64 " are stored already", index);
    if (is_there) {
        return true;
    }
    log_bad_line(uploader, &error);
    fail(uploader, &error);
    return false;
}

static void consult(struct uploader *uploader) {
    uint8_t *frame = malloc(MESSAGE_CONSULT_BYTES_MAX);
    if (frame == NULL) {
        back_off(uploader, "consulta_ganadores", "no memory");
        return;
    }
    uploader->phase = CONSULTING;
    link_send(uploader->link, frame,
              message_encode_consult(frame, uploader->options->agency, !uploader->options->poll));
}

// The draw is not made yet: asks again on the same connection.
static void ask_later(struct uploader *uploader) {
    uint32_t wait_ms = backoff_next_ms(&uploader->polling);
    log_event(LOG_LEVEL_DEBUG, "consulta_ganadores", LOG_IN_PROGRESS, "retry_in_ms: %" PRIu32, wait_ms);
    uploader->phase = POLLING;
    uv_timer_start(&uploader->timer, on_timer, wait_ms, 0);
}

static void begin_consulting(struct uploader *uploader) {
    progress_clear();
    uploader->consulting = true;
    if (!uploader->options->has_consult) {
        consult(uploader);
        return;
    }
    link_close(&uploader->link);
    connect_now(uploader);
}

// Answers -------------------------------------------------------------------------------------------------

static void log_acknowledged(const struct uploader *uploader, const struct sent *sent) {
    const struct uploader_options *options = uploader->options;
    if (options->reader == NULL) {
        struct bet_slice fields[BET_FIELDS];
        bet_split(options->single->rows, options->single->rows_length - 1, fields);
        log_event(LOG_LEVEL_INFO, "apuesta_enviada", LOG_SUCCESS, "dni: %.*s | numero: %.*s",
                  (int)fields[BET_DOCUMENT].length, fields[BET_DOCUMENT].text, (int)fields[BET_NUMBER].length,
                  fields[BET_NUMBER].text);
        return;
    }
    // An empty last chunk only says that there is no more, unless the file is empty.
    enum log_level level = sent->count == 0 && sent->end > 0 ? LOG_LEVEL_DEBUG : LOG_LEVEL_INFO;
    log_event(level, "apuestas_enviadas", LOG_SUCCESS, "agencia: %" PRIu32 " | cantidad: %" PRIu32,
              options->agency, sent->count);
}

static void show_progress(const struct uploader *uploader) {
    const struct reader *reader = uploader->options->reader;
    if (reader != NULL) {
        progress_show(uploader->options->agency, reader_offset(reader), reader_size(reader),
                      uploader->acknowledged);
    }
}

// Starts over, on a new connection, from what the central has; what is still on its way is forgotten. At
// once, but with a wait when that has brought nothing before.
static void resync(struct uploader *uploader, uint64_t next, const char *reason) {
    uploader->acknowledged = next;
    if (uploader->resynced) {
        back_off(uploader, "apuestas_enviadas", reason);
        return;
    }
    uploader->resynced = true;
    progress_clear();
    log_event(LOG_LEVEL_WARNING, "apuestas_enviadas", LOG_FAIL,
              "agencia: %" PRIu32 " | error: %s | next: %" PRIu64, uploader->options->agency, reason, next);
    link_close(&uploader->link);
    connect_now(uploader);
}

static void on_acknowledged(struct uploader *uploader, const struct reply *reply) {
    if (uploader->sent_count == 0) {
        back_off(uploader, "apuestas_enviadas", "the central acknowledged what was not sent");
        return;
    }
    struct sent sent = uploader->sent[uploader->sent_first];
    uploader->classic = reply->next < 0;
    if (!uploader->classic && (uint64_t)reply->next < sent.end) {
        resync(uploader, (uint64_t)reply->next, "the central has fewer bets than it acknowledges");
        return;
    }
    uploader->sent_first = (uploader->sent_first + 1) % WINDOW_MAX;
    uploader->sent_count--;
    uploader->acknowledged = sent.end;
    uploader->resynced = false;
    backoff_reset(&uploader->backoff);
    progress_clear();
    log_acknowledged(uploader, &sent);
    // In a connection's first answer: what was sent before. After the last chunk: for go_to to complain of.
    bool is_ahead = reply->next > (int64_t)sent.end && (uploader->phase == OPENING || sent.last);
    uploader->phase = STREAMING;
    if (is_ahead) {
        uploader->acknowledged = (uint64_t)reply->next;
        if (!go_to(uploader, uploader->acknowledged)) {
            return;
        }
    }
    if (sent.last) {
        begin_consulting(uploader);
        return;
    }
    fill_window(uploader);
    if (uploader->phase == STREAMING) {
        show_progress(uploader);
    }
}

static void on_winners(struct uploader *uploader, const struct reply *reply) {
    const char *text = reply->winners.text;
    size_t length = reply->winners.length;
    uint64_t count = length > 0;
    for (size_t i = 0; i < length; i++) {
        count += text[i] == ',';
    }
    log_event(LOG_LEVEL_INFO, "consulta_ganadores", LOG_SUCCESS, "cant_ganadores: %" PRIu64, count);
    if (uploader->options->print_winners && length > 0) {
        for (size_t i = 0; i < length; i++) {
            putchar(text[i] == ',' ? '\n' : text[i]);
        }
        putchar('\n');
        fflush(stdout);
    }
    end(uploader);
}

static void on_error(struct uploader *uploader, const struct reply *reply) {
    progress_clear();
    if (!uploader->consulting && reply->error.code == ERROR_GAP && reply->next >= 0) {
        resync(uploader, (uint64_t)reply->next, reply->error_name);
        return;
    }
    if (reply->retryable) {
        back_off(uploader, uploader->consulting ? "consulta_ganadores" : "apuestas_enviadas",
                 reply->error_name);
        return;
    }
    if (uploader->consulting) {
        log_event(LOG_LEVEL_ERROR, "consulta_ganadores", LOG_FAIL, "error: %s | message: %s",
                  reply->error_name, reply->error.text);
    } else {
        uint32_t count = uploader->sent_count > 0 ? uploader->sent[uploader->sent_first].count : 0;
        log_event(LOG_LEVEL_ERROR, "apuestas_enviadas", LOG_FAIL,
                  "agencia: %" PRIu32 " | cantidad: %" PRIu32 " | error: %s | message: %s",
                  uploader->options->agency, count, reply->error_name, reply->error.text);
    }
    fail(uploader, &reply->error);
}

static void on_message(struct uploader *uploader, const uint8_t *bytes, size_t length) {
    struct reply reply;
    struct error error;
    if (!reply_decode(uploader->decoder, bytes, length, &reply, &error)) {
        back_off(uploader, "receive_message", error.text);
    } else if (reply.type == REPLY_ERROR) {
        on_error(uploader, &reply);
    } else if (!uploader->consulting && reply.type == REPLY_CHUNK_PROCESSED) {
        on_acknowledged(uploader, &reply);
    } else if (uploader->consulting && reply.type == REPLY_WINNERS) {
        on_winners(uploader, &reply);
    } else if (uploader->consulting && reply.type == REPLY_WINNERS_NOT_READY) {
        ask_later(uploader);
    } else {
        back_off(uploader, "receive_message", "the central's answer does not belong to what was asked");
    }
}

static size_t on_received(void *context, const uint8_t *bytes, size_t available) {
    struct uploader *uploader = context;
    const uint8_t *message;
    size_t length;
    switch (frame_next(bytes, available, REPLY_BYTES_MAX, &message, &length)) {
    case FRAME_COMPLETE:
        on_message(uploader, message, length);
        return FRAME_HEADER_BYTES + length;
    case FRAME_TOO_LONG:
        back_off(uploader, "receive_message", "the central's message is too long");
        return available;
    default:
        return 0;
    }
}

// The connection ------------------------------------------------------------------------------------------

static void on_up(void *context) {
    struct uploader *uploader = context;
    if (uploader->consulting) {
        consult(uploader);
        return;
    }
    uploader->phase = OPENING;
    uploader->sent_first = uploader->sent_count = 0;
    uploader->last_sent = false;
    if (go_to(uploader, uploader->acknowledged)) {
        fill_window(uploader);
    }
}

static void on_down(void *context, const char *reason) {
    struct uploader *uploader = context;
    if (uploader->reading_failed) { // nothing more could be sent anyway
        fail(uploader, uploader->error);
        return;
    }
    back_off(uploader, uploader->phase == CONNECTING ? "connect" : "connection", reason);
}

static void connect_now(struct uploader *uploader) {
    static const struct link_events events = {.up = on_up, .received = on_received, .down = on_down};
    bool at_consult = uploader->consulting && uploader->options->has_consult;
    uploader->phase = CONNECTING;
    uploader->link =
        link_open(uploader->loop, at_consult ? &uploader->options->consult : &uploader->options->bets,
                  &events, uploader);
    if (uploader->link == NULL) {
        back_off(uploader, "connect", "no memory");
    }
}

static void start_loop(struct uploader *uploader) {
    uv_timer_init(uploader->loop, &uploader->timer);
    uv_poll_init(uploader->loop, &uploader->signals, uploader->signals_descriptor);
    uploader->timer.data = uploader->signals.data = uploader;
    uv_poll_start(&uploader->signals, UV_READABLE, on_signal);
}

static void free_parts(struct uploader *uploader) {
    message_decoder_free(uploader->decoder);
    chunk_free(uploader->chunk);
    if (uploader->signals_descriptor >= 0) {
        close(uploader->signals_descriptor);
    }
}

static bool make_parts(struct uploader *uploader, struct error *error) {
    uploader->signals_descriptor = signals_open(error);
    if (uploader->signals_descriptor < 0) {
        return false;
    }
    uploader->decoder = message_decoder_new();
    bool has_bets = uploader->options->reader != NULL;
    if (has_bets) {
        uploader->chunk = chunk_new(uploader->options->chunk_size, MESSAGE_BYTES_MAX);
    }
    if (uploader->decoder == NULL || (has_bets && uploader->chunk == NULL)) {
        return error_set(error, ERROR_NO_MEMORY, "no memory to send bets");
    }
    uploader->loop = link_begin_loop(error);
    return uploader->loop != NULL;
}

bool uploader_run(const struct uploader_options *options, struct error *error) {
    struct uploader uploader = {.options = options, .error = error};
    if (!make_parts(&uploader, error)) {
        free_parts(&uploader);
        return false;
    }
    backoff_init(&uploader.backoff, BACKOFF_BASE_MS, BACKOFF_CAP_MS, options->seed);
    backoff_init(&uploader.polling, POLL_BASE_MS, POLL_CAP_MS, ~options->seed);
    start_loop(&uploader);
    connect_now(&uploader);
    uv_run(uploader.loop, UV_RUN_DEFAULT);
    link_end_loop(uploader.loop);
    free_parts(&uploader);
    return !uploader.failed;
}
