// Whatever comes on three connections, and then a power cut, no promise is broken.
// The real service, ledger and store behind connections that are only a struct here. The input is a list of
// steps: a byte that says what happens to which of three connections, a length, and that many bytes. At the
// end the power fails. Whatever comes, the promises of promises.h hold, and nothing is left over.
#include "fuzz.h"

#include "base/log.h"
#include "base/queue.h"
#include "disk.h"
#include "ledger/group.h"
#include "ledger/ledger.h"
#include "ledger/work.h"
#include "net/connection.h"
#include "net/limits.h"
#include "net/net.h"
#include "promises.h"
#include "service/service.h"
#include "store/store.h"
#include "wire/frame.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CONNECTIONS = 3, AGENCIES = 3, WINNING = 7574 };

struct connection {
    bool open, peer_ended, paused, finishing, delivering, closed_told;
    bool awaits_arrival;
    int port, holds;
    size_t charged;
    uint8_t *input, *output, *heard; // `heard`: what the service has consumed of the input
    size_t input_length, output_length, heard_length;
    void *state;
};

struct loop {
    bool woken;
    void *state;
};

#include "../unit/connection_stub.h"
#include "../unit/loop_stub.h"
#include "../unit/plain_peer_stub.h"

struct worker {
    struct queue queue;
};

static struct connection *slots[CONNECTIONS];
static struct loop loop;
static struct worker worker;
static struct ledger *ledger;
static struct lottery *lottery;
static const struct winners *winners;
static char path[64];
static int alive; // connections whose memory is not yet freed

// What net/connection.h, net/net.h and ledger/worker.h promise --------------------------------------------

struct loop *connection_loop(struct connection *connection) {
    (void)connection;
    return &loop;
}

bool connection_is_open(const struct connection *connection) {
    return connection->open;
}

void connection_release(struct connection *connection) {
    must_hold(connection->holds > 0, "no connection is released more often than held");
    if (--connection->holds == 0) {
        must_hold(connection->charged == 0, "what is charged is refunded");
        free(connection->input);
        free(connection->output);
        free(connection->heard);
        free(connection->state);
        free(connection);
        alive--;
    }
}

static void *append(void *bytes, size_t length, const uint8_t *more, size_t more_length) {
    uint8_t *longer = malloc(length + more_length + JSON_PADDING_BYTES);
    must_hold(longer != NULL, "memory");
    if (length > 0) {
        memcpy(longer, bytes, length);
    }
    memcpy(longer + length, more, more_length);
    memset(longer + length + more_length, 0, JSON_PADDING_BYTES);
    free(bytes);
    return longer;
}

void connection_send(struct connection *connection, const uint8_t *bytes, size_t length) {
    if (connection->open && !connection->finishing) {
        connection->output = append(connection->output, connection->output_length, bytes, length);
        connection->output_length += length;
    }
}

void connection_send_lasting(struct connection *connection, const uint8_t *bytes, size_t length) {
    connection_send(connection, bytes, length);
}

void connection_await_arrival(struct connection *connection) {
    connection->awaits_arrival = true;
}

void connection_refund(struct connection *connection, size_t bytes) {
    must_hold(bytes <= connection->charged, "no more is refunded than was charged");
    connection->charged -= bytes;
}

void connection_finish(struct connection *connection) {
    connection->finishing = true;
}

void connection_abort(struct connection *connection) {
    if (connection->open) {
        connection->open = false;
        lottery_handler.closed(connection);
    }
}

static void deliver(struct connection *connection) {
    size_t consumed = 1, start = 0;
    connection->delivering = true;
    while (connection->open && !connection->finishing && !connection->paused && consumed > 0 &&
           start < connection->input_length) {
        size_t length = connection->input_length - start;
        consumed = lottery_handler.received(connection, connection->input + start, length);
        must_hold(consumed <= length, "no more is consumed than there is");
        connection->heard =
            append(connection->heard, connection->heard_length, connection->input + start, consumed);
        connection->heard_length += consumed;
        start += consumed;
    }
    connection->delivering = false;
    connection->input_length -= start;
    memmove(connection->input, connection->input + start, connection->input_length);
}

void connection_pause(struct connection *connection) {
    connection->paused = true;
}

void connection_resume(struct connection *connection) {
    connection->paused = false;
    if (!connection->delivering && connection->open && connection->input_length > 0) {
        connection_hold(connection);
        deliver(connection);
        connection_release(connection);
    }
}

size_t loop_memory_share(const struct loop *of) {
    (void)of;
    return MEMORY_DEFAULT;
}

bool worker_submit(struct worker *to, struct ledger_request *request) {
    return queue_push(&to->queue, &request->node);
}

// The central ---------------------------------------------------------------------------------------------

static bool open_store(void *context, struct store **store, struct error *error) {
    (void)context;
    return store_open(path, "1", STORE_SERVE, store, error);
}

static void on_drawn(void *context, const struct winners *table) {
    (void)context;
    winners = table;
    lottery_set_winners(lottery, table);
}

static void on_all_told(void *context) {
    (void)context;
}

static void start_central(void) {
    static bool registered;
    if (!registered) {
        registered = true;
        disk_register();
        log_set_level(LOG_LEVEL_CRITICAL);
        snprintf(path, sizeof path, "/tmp/quiniela-fuzz-%d", (int)getpid());
    }
    disk_erase(1);
    promises_begin(AGENCIES);
    winners = NULL;
    lottery = lottery_new();
    loop = (struct loop){.state = calloc(1, lottery_handler.loop_bytes)};
    struct ledger_options options = {.draw = "1",
                                     .agencies = AGENCIES,
                                     .winning_number = WINNING,
                                     .open_store = open_store,
                                     .drawn = on_drawn,
                                     .all_told = on_all_told};
    struct error error;
    must_hold(lottery != NULL && loop.state != NULL && ledger_open(&options, &ledger, &error) &&
                  lottery_handler.loop_started(&loop, loop.state, lottery, &error),
              "the central starts");
    queue_init(&worker.queue);
    lottery_set_worker(lottery, &worker);
}

static void accept_connection(int slot, int port) {
    struct connection *connection = calloc(1, sizeof *connection);
    must_hold(connection != NULL, "memory");
    connection->state = calloc(1, lottery_handler.connection_bytes);
    must_hold(connection->state != NULL, "memory");
    connection->open = true;
    connection->port = port;
    connection->holds = 1;
    slots[slot] = connection;
    alive++;
    lottery_handler.opened(connection);
}

static void close_slot(int slot, bool settled) {
    struct connection *connection = slots[slot];
    promises_take(&(struct conversation){
        .heard = connection->heard,
        .heard_length = connection->heard_length,
        .left = connection->input,
        .left_length = connection->input_length,
        .said = connection->output,
        .said_length = connection->output_length,
        .port = connection->port,
        .settled = settled && connection->open && !connection->finishing && !connection->peer_ended,
        .drawn = winners != NULL,
    });
    connection_abort(connection);
    connection_release(connection);
    slots[slot] = NULL;
}

// Everything sent has arrived.
static void acknowledge(void) {
    for (int i = 0; i < CONNECTIONS; i++) {
        if (slots[i] != NULL && slots[i]->open && slots[i]->awaits_arrival) {
            slots[i]->awaits_arrival = false;
            lottery_handler.arrived(slots[i]);
        }
    }
}

// Returns whether the ledger had any requests.
static bool run_ledger(void) {
    struct queue_node *group = queue_take_all(&worker.queue);
    if (group != NULL) {
        group_process(ledger, group);
    }
    if (work_is_due(ledger)) {
        work_do(ledger);
    }
    if (loop.woken) {
        loop.woken = false;
        lottery_handler.loop_woken(&loop, loop.state);
    } else {
        acknowledge();
    }
    return group != NULL;
}

// With `settled`, everything is answered first; otherwise the answers to pending requests reach nobody.
static void stop_central(bool settled) {
    while (settled && run_ledger()) {
    }
    for (int i = 0; i < CONNECTIONS; i++) {
        if (slots[i] != NULL) {
            close_slot(i, settled);
        }
    }
    while (run_ledger()) {
    }
    lottery_handler.loop_ended(&loop, loop.state);
    must_hold(alive == 0, "no connection is left over");
    disk_fail_at(1, DISK_POWER_CUT, true);
    ledger_close(&ledger);
    lottery_free(lottery);
    queue_destroy(&worker.queue);
    free(loop.state);
    disk_power_on();
    promises_check(path, WINNING);
}

static void bring(struct connection *connection, const uint8_t *bytes, size_t length) {
    connection->input = append(connection->input, connection->input_length, bytes, length);
    connection->input_length += length;
}

// The bits of `what`: 0x80 a connection to the other port, 0x40 it sends no more, 0x20 the ledger works, 0x10
// it is closed, 0x08 the bytes are a message and the header is put before them.
static void step(unsigned what, const uint8_t *bytes, size_t length) {
    int slot = (int)(what % CONNECTIONS);
    if (slots[slot] == NULL) {
        accept_connection(slot, (what & 0x80) != 0 ? LOTTERY_PORT_CONSULT : LOTTERY_PORT_BETS);
    }
    struct connection *connection = slots[slot];
    if (!connection->peer_ended && !connection->finishing) {
        if ((what & 0x08) != 0) {
            uint8_t header[FRAME_HEADER_BYTES];
            frame_write_header(header, length);
            bring(connection, header, sizeof header);
        }
        bring(connection, bytes, length);
        deliver(connection);
    }
    if ((what & 0x40) != 0 && !connection->peer_ended && connection->open && !connection->finishing) {
        connection->peer_ended = true;
        lottery_handler.ended(connection, connection->input, connection->input_length);
    }
    if ((what & 0x20) != 0) {
        run_ledger();
    }
    if ((what & 0x10) != 0 || connection->finishing || !connection->open) {
        close_slot(slot, false);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    start_central();
    for (size_t at = 0; at + 3 <= length;) {
        unsigned what = bytes[at];
        size_t count = (size_t)bytes[at + 1] << 8 | bytes[at + 2];
        at += 3;
        count = count < length - at ? count : length - at;
        step(what, bytes + at, count);
        at += count;
    }
    stop_central(length % 2 == 0);
    char lock[80];
    snprintf(lock, sizeof lock, "%s-lock", path);
    unlink(lock);
    return 0;
}
