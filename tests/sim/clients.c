#include "clients.h"

#include "agency/dialogue.h"
#include "agency/listener.h"
#include "classic.h"
#include "cli/client_log.h"
#include "network.h"
#include "oracle.h"
#include "plan.h"
#include "service/service.h"
#include "world.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CLIENTS_MAX = 32, START_MS_MAX = 500, RESTART_MS_MAX = 3000 };

// One run of the program `quiniela client`, and its further runs after it is killed.
struct client {
    uint32_t agency;
    const struct planned_agency *bets;
    struct dialogue_options options;
    struct chunk *single;
    struct dialogue *dialogue; // NULL: it is not running
    struct wire *wire;
    uint64_t waits; // how many waits it has asked for in all its runs
    bool done;      // told its winners
    bool ended;     // the dialogue, which must still be freed
};

static struct {
    struct client all[CLIENTS_MAX];
    uint32_t count;
    struct client *speaking; // whose code is running
} clients;

static void start(void *context, uint64_t number);

// Its end ---------------------------------------------------------------------------------------------------

static void free_parts(struct client *client) {
    dialogue_free(&client->dialogue);
    if (client->options.reader != NULL) {
        reader_close(&client->options.reader);
    }
    chunk_free(client->single);
    client->single = NULL;
    client->ended = false;
}

static void after_event(struct client *client) {
    clients.speaking = NULL;
    struct error error;
    if (!client->ended) {
        return;
    }
    if (dialogue_failed(client->dialogue, &error)) {
        oracle_client_gave_up(client->agency, client->bets, &error, client->done);
        client->done = true;
    }
    if (!client->done) {
        world_after(world_below(RESTART_MS_MAX), start, client, 0); // it was stopped
    }
    free_parts(client);
}

// What the wire and the clock tell it -----------------------------------------------------------------------

static void on_up(void *context) {
    struct client *client = clients.speaking = context;
    dialogue_up(client->dialogue);
    after_event(client);
}

static size_t on_received(void *context, const uint8_t *bytes, size_t length) {
    struct client *client = clients.speaking = context;
    size_t consumed = dialogue_received(client->dialogue, bytes, length);
    after_event(client);
    return consumed;
}

static void on_down(void *context, const char *reason) {
    struct client *client = clients.speaking = context;
    dialogue_down(client->dialogue, reason);
    after_event(client);
}

static void on_waited(void *context, uint64_t wait) {
    struct client *client = context;
    if (client->dialogue != NULL && wait == client->waits) {
        clients.speaking = client;
        dialogue_waited(client->dialogue);
        after_event(client);
    }
}

// What it asks for ------------------------------------------------------------------------------------------

static bool connect_to(void *context, const struct address *address) {
    static const struct wire_events events = {.up = on_up, .received = on_received, .down = on_down};
    struct client *client = context;
    int port = strcmp(address->text, "consult") == 0 ? LOTTERY_PORT_CONSULT : LOTTERY_PORT_BETS;
    client->wire = wire_connect(client->agency, client->bets, port, &events, client);
    return true;
}

static void send_bytes(void *context, uint8_t *bytes, size_t length) {
    struct client *client = context;
    wire_send(client->wire, bytes, length);
    free(bytes);
}

static void disconnect(void *context) {
    struct client *client = context;
    wire_close(client->wire);
    client->wire = NULL;
}

static void wait_for(void *context, uint32_t wait_ms) {
    struct client *client = context;
    world_after(wait_ms, on_waited, client, ++client->waits);
}

static void end(void *context) {
    struct client *client = context;
    client->ended = true;
    client->waits++; // cancels any wait
}

static const struct dialogue_actions actions = {
    .connect = connect_to,
    .send = send_bytes,
    .disconnect = disconnect,
    .wait = wait_for,
    .ended = end,
};

// Starting --------------------------------------------------------------------------------------------------

static void take_bets(struct client *client) {
    const struct planned_agency *agency = client->bets;
    struct error error;
    if (agency->count == 1 && world_chance(50)) {
        const char *text = agency->bets[0].text;
        client->single = chunk_new(1, strlen(text));
        if (client->single == NULL || !chunk_add(client->single, text, strlen(text), &error)) {
            abort();
        }
        client->options.single = client->single;
    } else if (!reader_open(agency->file_path, &client->options.reader, &error)) {
        abort();
    }
}

// All addresses lead to the one central.
static void name_servers(struct addresses *addresses, const char *name) {
    addresses->count = world_between(1, 3);
    for (uint32_t i = 0; i < addresses->count; i++) {
        snprintf(addresses->list[i].text, sizeof addresses->list[i].text, "%s", name);
    }
}

// Each start may have other settings.
static void start(void *context, uint64_t number) {
    (void)number;
    struct client *client = context;
    struct error error;
    client->options = (struct dialogue_options){
        .agency = client->agency,
        .has_consult = world_chance(50),
        .chunk_size = world_chance(50) ? world_between(1, 12) : world_between(1, PLAN_BETS_MAX),
        .window = world_chance(20) ? WINDOW_MAX : world_between(1, 6),
        .poll = world_chance(40),
        .answer_timeout_ms = world_chance(50) ? world_between(1, 5000) : 0,
        .seed = world_below(UINT32_MAX),
    };
    take_bets(client);
    name_servers(&client->options.bets, "bets");
    name_servers(&client->options.consult, "consult");
    world_trace("client of agency %" PRIu32 ": starts; chunks of %" PRIu32 ", window %" PRIu32 "%s%s",
                client->agency, client->options.chunk_size, client->options.window,
                client->options.poll ? ", polls" : "", client->options.has_consult ? ", second port" : "");
    if (!dialogue_new(&client->options, &actions, client, &client->dialogue, &error)) {
        abort();
    }
    clients.speaking = client;
    dialogue_start(client->dialogue);
    after_event(client);
}

static struct client *add(uint32_t agency, const struct planned_agency *bets) {
    struct client *client = &clients.all[clients.count++];
    *client = (struct client){.agency = agency, .bets = bets};
    return client;
}

static void start_ours(void *context) {
    start(context, 0);
}

void clients_start(void) {
    for (uint32_t agency = 1; agency <= plan.agencies; agency++) {
        struct client *client = add(agency, &plan.of[agency]);
        if (plan.of[agency].classic) {
            classic_start(agency, start_ours, client);
        } else {
            world_after(world_below(START_MS_MAX), start, client, 0);
        }
        if (plan.contested[agency]) {
            world_after(world_below(START_MS_MAX), start, add(agency, &plan.other[agency]), 0);
        }
    }
}

// Beginning and ending, and harm ----------------------------------------------------------------------------

// As the program does: log.c takes the lines.
static void log_what_is_told(void *context, const struct quiniela_event *event) {
    (void)context;
    struct client_log log = {.single = clients.speaking == NULL ? NULL : clients.speaking->single};
    client_log_event(&log, event);
}

void clients_begin(void) {
    static const struct listener listener = {.event = log_what_is_told};
    listener_use(&listener);
    clients.count = 0;
    clients.speaking = NULL;
    classic_begin();
}

static void vanish(struct client *client) {
    if (client->wire != NULL) {
        wire_close(client->wire);
        client->wire = NULL;
    }
    client->waits++;
    free_parts(client);
}

void clients_end(void) {
    for (uint32_t i = 0; i < clients.count; i++) {
        if (clients.all[i].dialogue != NULL) {
            vanish(&clients.all[i]);
        }
    }
}

static struct client *some_running(void) {
    struct client *running[CLIENTS_MAX];
    uint32_t count = 0;
    for (uint32_t i = 0; i < clients.count; i++) {
        if (clients.all[i].dialogue != NULL) {
            running[count++] = &clients.all[i];
        }
    }
    return count == 0 ? NULL : running[world_below(count)];
}

void clients_crash_one(void) {
    struct client *client = some_running();
    if (client == NULL) {
        return;
    }
    bool is_killed = world_chance(70);
    world_trace("FAULT: a client of agency %" PRIu32 " is %s", client->agency,
                is_killed ? "killed" : "stopped");
    if (!is_killed) {
        clients.speaking = client;
        dialogue_stop(client->dialogue);
        after_event(client);
        return;
    }
    vanish(client);
    world_after(world_below(RESTART_MS_MAX), start, client, 0);
}

void clients_start_another(void) {
    uint32_t agency = world_between(1, plan.agencies);
    if (clients.count < CLIENTS_MAX && !classic_is_busy(agency)) {
        world_trace("FAULT: agency %" PRIu32 " starts one more client", agency);
        bool is_mistaken = plan.contested[agency] && world_chance(50);
        start(add(agency, is_mistaken ? &plan.other[agency] : &plan.of[agency]), 0);
    }
}

bool clients_are_done(void) {
    for (uint32_t i = 0; i < clients.count; i++) {
        if (!clients.all[i].done) {
            return false;
        }
    }
    return true;
}

void clients_told(uint64_t winners) {
    if (clients.speaking != NULL) {
        oracle_client_told(clients.speaking->agency, clients.speaking->bets, winners);
        clients.speaking->done = true;
    }
}
