#include "classic.h"

#include "../unit/encoded.h"
#include "bet/chunk.h"
#include "network.h"
#include "plan.h"
#include "service/service.h"
#include "wire/frame.h"
#include "wire/message.h"
#include "wire/reply.h"
#include "world.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { START_MS_MAX = 500 };

struct classic {
    uint32_t agency, chunk_size, sent;
    bool busy, asked;
    struct wire *wire;
    void (*over)(void *context);
    void *context;
};

static struct classic all[PLAN_AGENCIES_MAX + 1];

void classic_begin(void) {
    memset(all, 0, sizeof all);
}

bool classic_is_busy(uint32_t agency) {
    return all[agency].busy;
}

static void give_up(struct classic *classic, const char *reason) {
    world_trace("classic client of agency %" PRIu32 ": gives up: %s", classic->agency, reason);
    classic->busy = false;
    wire_close_cleanly(classic->wire);
    classic->over(classic->context);
}

static void ask(struct classic *classic) {
    uint8_t frame[MESSAGE_CONSULT_BYTES_MAX];
    classic->asked = true;
    wire_send(classic->wire, frame, message_encode_consult(frame, classic->agency, true));
}

static void send_chunk(struct classic *classic) {
    const struct planned_agency *agency = &plan.of[classic->agency];
    struct chunk *chunk = chunk_new(classic->chunk_size, (size_t)classic->chunk_size * PLAN_BET_BYTES);
    struct error error;
    if (chunk == NULL) {
        abort();
    }
    while (chunk->count < classic->chunk_size && classic->sent < agency->count) {
        const char *text = agency->bets[classic->sent++].text;
        if (!chunk_add(chunk, text, strlen(text), &error)) {
            abort();
        }
    }
    enum message_type type = classic->sent == agency->count ? MESSAGE_SEND_LAST_CHUNK : MESSAGE_SEND_CHUNK;
    uint8_t *frame = malloc(encoded_max(chunk));
    if (frame == NULL) {
        abort();
    }
    wire_send(classic->wire, frame, encode_chunk(frame, type, classic->agency, -1, chunk));
    free(frame);
    chunk_free(chunk);
}

static void take_reply(struct classic *classic, const uint8_t *message, size_t length) {
    struct message_decoder *decoder = message_decoder_new();
    struct reply reply;
    struct error error;
    if (decoder == NULL || !reply_decode(decoder, message, length, &reply, &error)) {
        world_fail("agency %" PRIu32 " gets something that is not a reply", classic->agency);
    } else if (reply.type == REPLY_CHUNK_PROCESSED && classic->sent < plan.of[classic->agency].count) {
        send_chunk(classic);
    } else if (reply.type == REPLY_CHUNK_PROCESSED && !classic->asked) {
        ask(classic);
    } else {
        give_up(classic, reply.type == REPLY_WINNERS ? "told" : "an error");
    }
    message_decoder_free(decoder);
}

static void on_up(void *context) {
    send_chunk(context);
}

static size_t on_received(void *context, const uint8_t *bytes, size_t available) {
    const uint8_t *message;
    size_t length;
    if (frame_next(bytes, available, REPLY_BYTES_MAX, &message, &length) != FRAME_COMPLETE) {
        return 0;
    }
    take_reply(context, message, length);
    return FRAME_HEADER_BYTES + length;
}

static void on_down(void *context, const char *reason) {
    give_up(context, reason);
}

static void start(void *context, uint64_t number) {
    static const struct wire_events events = {.up = on_up, .received = on_received, .down = on_down};
    (void)number;
    struct classic *classic = context;
    classic->wire =
        wire_connect(classic->agency, &plan.of[classic->agency], LOTTERY_PORT_BETS, &events, classic);
    wire_spare(classic->wire);
}

void classic_start(uint32_t agency, void (*over)(void *context), void *context) {
    struct classic *classic = &all[agency];
    *classic = (struct classic){
        .agency = agency, .chunk_size = world_between(1, 50), .busy = true, .over = over, .context = context};
    world_after(world_below(START_MS_MAX), start, classic, 0);
}
