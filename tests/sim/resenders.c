#include "resenders.h"

#include "../unit/encoded.h"
#include "bet/chunk.h"
#include "bet/errors.h"
#include "classic.h"
#include "network.h"
#include "oracle.h"
#include "plan.h"
#include "service/service.h"
#include "wire/frame.h"
#include "wire/message.h"
#include "wire/reply.h"
#include "world.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { AHEAD_MAX = 8, OVERLAP_MAX = 4, SMALL_MAX = 12, STRAYS_MAX = 20, COME_BACK_MS_MAX = 3000 };

// A part of the copy, sent as one chunk.
struct part {
    uint32_t first, count;
    bool last;   // as the last chunk
    bool walked; // one of the parts that cover the whole copy; otherwise a stray one
    bool forged; // its last bet is changed
};

struct resender {
    uint32_t agency;
    bool busy;
    const struct planned_agency *bets;
    uint32_t end; // how many bets its copy has
    bool has_last;
    uint32_t known;            // how many of them are stored for certain
    uint32_t asked, answered;  // how many bets of the walk have been
    bool asked_last, ends;     // the last chunk has been sent, and answered
    uint32_t strays;           // still to be sent
    uint32_t chunk_max, ahead; // how it sends
    struct part waiting[AHEAD_MAX];
    uint32_t waiting_count;
    struct wire *wire; // NULL: it will come back
};

static struct resender all[PLAN_AGENCIES_MAX + 1];
static struct message_decoder *decoder;

// What is sent ----------------------------------------------------------------------------------------------

static void add_bet(struct chunk *chunk, const struct planned_bet *bet, bool forged) {
    char text[PLAN_BET_BYTES];
    struct error error;
    memcpy(text, bet->text, sizeof text);
    size_t length = strlen(text);
    if (forged) {
        text[length - 1] = text[length - 1] == '1' ? '2' : '1'; // another number
    }
    if (!chunk_add(chunk, text, length, &error)) {
        abort();
    }
}

static void send_part(struct resender *who, const struct part *part) {
    struct chunk *chunk = chunk_new(part->count + 1, ((size_t)part->count + 1) * PLAN_BET_BYTES);
    if (chunk == NULL) {
        abort();
    }
    for (uint32_t i = 0; i < part->count; i++) {
        add_bet(chunk, &who->bets->bets[part->first + i], part->forged && i + 1 == part->count);
    }
    uint8_t *frame = malloc(encoded_max(chunk));
    if (frame == NULL) {
        abort();
    }
    enum message_type type = part->last ? MESSAGE_SEND_LAST_CHUNK : MESSAGE_SEND_CHUNK;
    bool asks = part->first == 0 && !part->last && world_chance(50);
    size_t length = encode_chunk_asking(frame, type, who->agency, part->first,
                                        asks ? (int64_t)world_below(who->end) : -1, chunk);
    who->waiting[who->waiting_count++] = *part;
    wire_send(who->wire, frame, length);
    free(frame);
    chunk_free(chunk);
}

static uint32_t some_count(const struct resender *who, uint32_t first) {
    uint32_t rest = who->end - first, count = world_between(1, who->chunk_max);
    return count < rest ? count : rest;
}

static struct part stray_part(struct resender *who) {
    struct part part = {.first = world_below(who->end)};
    who->strays--;
    part.count = some_count(who, part.first);
    part.last = part.first + part.count == who->bets->count && who->has_last && world_chance(50);
    part.forged = part.first + part.count <= who->known && world_chance(20);
    return part;
}

// The next part of the walk begins at the end of the last one, or a little before.
static struct part walked_part(struct resender *who) {
    uint32_t back = world_chance(50) ? world_below(OVERLAP_MAX + 1) : 0;
    struct part part = {.first = who->asked - (back < who->asked ? back : who->asked), .walked = true};
    if (who->asked < who->end) {
        part.count = some_count(who, part.first);
        part.count += part.first + part.count <= who->asked ? who->asked + 1 - part.first - part.count : 0;
        who->asked = part.first + part.count;
    } else {
        part.count = who->end - part.first;
        part.last = who->asked_last = true;
    }
    return part;
}

static void send_on(struct resender *who) {
    while (who->waiting_count < who->ahead) {
        bool has_walk = who->asked < who->end || (who->has_last && !who->asked_last);
        struct part part;
        if (who->strays > 0 && who->end > 0 && (!has_walk || world_chance(30))) {
            part = stray_part(who);
        } else if (has_walk) {
            part = walked_part(who);
        } else {
            return;
        }
        send_part(who, &part);
    }
}

// Coming and going ------------------------------------------------------------------------------------------

static void come(void *context, uint64_t number);

static void leave(struct resender *who) {
    wire_close(who->wire);
    who->wire = NULL;
    who->waiting_count = 0;
}

// It sends everything unanswered again.
static void come_back(struct resender *who, const char *reason) {
    world_trace("resender of agency %" PRIu32 ": comes again: %s", who->agency, reason);
    leave(who);
    world_after(world_below(COME_BACK_MS_MAX), come, who, 0);
}

static void go(struct resender *who) {
    world_trace("resender of agency %" PRIu32 ": goes", who->agency);
    leave(who);
    who->busy = false;
}

// The oracle judges refusals. After a failure of the store, the resender sends again.
static void take_answer(struct resender *who, const struct reply *reply) {
    if (who->waiting_count == 0) {
        return; // the oracle has reported it
    }
    struct part part = who->waiting[0];
    memmove(who->waiting, who->waiting + 1, --who->waiting_count * sizeof part);
    if (reply->type == REPLY_ERROR && reply->error.code == ERROR_STORE_FAILED) {
        come_back(who, "the store failed");
        return;
    }
    if (part.walked) {
        who->answered = part.first + part.count;
        who->ends = who->ends || part.last;
    }
    send_on(who);
    if (who->waiting_count == 0) {
        go(who);
    }
}

static size_t on_received(void *context, const uint8_t *bytes, size_t available) {
    const uint8_t *message;
    size_t length;
    struct reply reply;
    struct error error;
    if (frame_next(bytes, available, REPLY_BYTES_MAX, &message, &length) != FRAME_COMPLETE) {
        return 0;
    }
    if (reply_decode(decoder, message, length, &reply, &error)) {
        take_answer(context, &reply);
    }
    return FRAME_HEADER_BYTES + length;
}

static void on_up(void *context) {
    struct resender *who = context;
    who->asked = who->answered;
    who->asked_last = who->ends;
    send_on(who);
    if (who->waiting_count == 0) {
        go(who);
    }
}

static void on_down(void *context, const char *reason) {
    come_back(context, reason);
}

// Takes a copy of what has been sent so far. Resending must store nothing new in two cases. In the first, a
// classic client works for the agency: it does not say where its bets belong, and assumes that they are the
// next ones. In the second, the agency has two lists: bets after the stored ones could be from the wrong
// list, and nobody could tell.
static void take_copy(struct resender *who) {
    struct copied copied = oracle_copied(who->agency, who->bets);
    who->known = copied.is_theirs ? copied.stored : 0;
    who->end = copied.sent;
    who->has_last = copied.has_last;
    if (classic_is_busy(who->agency) || plan.contested[who->agency]) {
        who->end = copied.sent < copied.stored ? copied.sent : copied.stored;
        who->has_last = copied.is_theirs && copied.finished;
    }
}

static void come(void *context, uint64_t number) {
    static const struct wire_events events = {.up = on_up, .received = on_received, .down = on_down};
    (void)number;
    struct resender *who = context;
    who->ahead = world_between(1, AHEAD_MAX);
    who->chunk_max = world_chance(70) ? SMALL_MAX : PLAN_BETS_MAX;
    who->wire = wire_connect(who->agency, who->bets, LOTTERY_PORT_BETS, &events, who);
}

static void come_for(uint32_t agency) {
    struct resender *who = &all[agency];
    if (who->busy) {
        return;
    }
    bool is_other = plan.contested[agency] && world_chance(50);
    *who = (struct resender){.agency = agency,
                             .busy = true,
                             .bets = is_other ? &plan.other[agency] : &plan.of[agency],
                             .strays = world_below(STRAYS_MAX + 1)};
    take_copy(who);
    world_trace("FAULT: somebody sends again what agency %" PRIu32 " has sent: %" PRIu32 " bets%s", agency,
                who->end, who->has_last ? ", to the last" : "");
    come(who, 0);
}

void resenders_begin(void) {
    memset(all, 0, sizeof all);
    decoder = decoder != NULL ? decoder : message_decoder_new();
    if (decoder == NULL) {
        abort();
    }
}

void resenders_come(void) {
    come_for(world_between(1, plan.agencies));
}

void resenders_come_for_all(void) {
    for (uint32_t agency = 1; agency <= plan.agencies; agency++) {
        come_for(agency);
    }
}

bool resenders_are_gone(void) {
    for (uint32_t agency = 1; agency <= plan.agencies; agency++) {
        if (all[agency].busy) {
            return false;
        }
    }
    return true;
}

void resenders_end(void) {
    message_decoder_free(decoder);
    decoder = NULL;
}
