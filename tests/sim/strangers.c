#include "strangers.h"

#include "network.h"
#include "plan.h"
#include "service/service.h"
#include "wire/frame.h"
#include "wire/message.h"
#include "world.h"

#include <stdlib.h>
#include <string.h>

enum { STAY_MS_MAX = 10000, MESSAGES_MAX = 25, SAYING_BYTES_MAX = 200 };

struct stranger {
    uint32_t agency; // whose winners it asks for
    struct wire *wire;
};

static struct stranger stranger; // one at a time is enough; agency 0: none

static void send_text(struct stranger *who, const char *text) {
    uint8_t frame[FRAME_HEADER_BYTES + SAYING_BYTES_MAX];
    frame_write_header(frame, strlen(text));
    memcpy(frame + FRAME_HEADER_BYTES, text, strlen(text));
    wire_send(who->wire, frame, FRAME_HEADER_BYTES + strlen(text));
}

static void send_noise(struct stranger *who) {
    uint8_t noise[64] = {0};
    size_t length = world_between(1, sizeof noise);
    for (size_t i = 0; i < length; i++) {
        noise[i] = (uint8_t)world_below(256);
    }
    noise[0] |= 1; // its length exceeds that of any message
    wire_send(who->wire, noise, length);
}

static void ask(struct stranger *who) {
    uint8_t frame[MESSAGE_CONSULT_BYTES_MAX];
    wire_send(who->wire, frame, message_encode_consult(frame, who->agency, world_chance(70)));
}

static void send_something(struct stranger *who) {
    static const char *const nonsense[] = {
        "{",
        "[]",
        "{\"type_message\":9,\"agency\":\"1\"}",
        "{\"type_message\":1,\"agency\":\"99\",\"payload\":[],\"first\":0}",
        "{\"type_message\":1,\"agency\":\"1\",\"payload\":[\"a,b,1,2000-01-01,1\",\"a,b,1,2000-02-30,1\"]}",
        "{\"type_message\":2,\"agency\":\"1\",\"payload\":[\"a,b,1,2000-01-01,10000\"]}",
        "{\"type_message\":1,\"agency\":\"1\",\"payload\":[\"a,b,1,2000-01-01,1\"],\"first\":-1}",
        "{\"type_message\":1,\"agency\":\"1\",\"payload\":[\"a,b,1,2000-01-01,1\"],\"first\":1000000}",
    };
    uint32_t kind = world_below(20);
    if (kind == 0) {
        send_noise(who);
    } else if (kind < 10) {
        ask(who);
    } else {
        send_text(who, nonsense[world_below(sizeof nonsense / sizeof *nonsense)]);
    }
}

static void leave(void *context, uint64_t number) {
    (void)number;
    struct stranger *who = context;
    if (who->wire != NULL) {
        wire_close(who->wire);
    }
    who->wire = NULL;
    who->agency = 0;
}

static void on_up(void *context) {
    for (uint32_t left = world_between(0, MESSAGES_MAX); left > 0; left--) {
        send_something(context);
    }
}

static size_t on_received(void *context, const uint8_t *bytes, size_t length) {
    (void)context, (void)bytes;
    return length;
}

static void on_down(void *context, const char *reason) {
    (void)reason;
    leave(context, 0);
}

void strangers_begin(void) {
    stranger = (struct stranger){0};
}

void strangers_come(void) {
    static const struct wire_events events = {.up = on_up, .received = on_received, .down = on_down};
    if (stranger.agency != 0) {
        return;
    }
    stranger.agency = world_between(1, plan.agencies);
    int port = world_chance(50) ? LOTTERY_PORT_BETS : LOTTERY_PORT_CONSULT;
    world_trace("FAULT: a stranger comes to port %d", port);
    stranger.wire = wire_connect(stranger.agency, NULL, port, &events, &stranger);
    world_after(world_below(STAY_MS_MAX), leave, &stranger, 0);
}
