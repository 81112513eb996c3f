#include "net/handshakes.h"

#include "base/container.h"
#include "tls/hello.h"

enum { TURNS_EVERY_MS = 5 };

void handshakes_begin(struct handshakes *handshakes, uv_loop_t *uv, uint64_t seed,
                      void (*on_turn)(struct handshake *handshake)) {
    uv_timer_init(uv, &handshakes->timer);
    handshakes->timer.data = handshakes;
    handshakes->on_turn = on_turn;
    turns_begin(&handshakes->turns, seed, uv_hrtime());
}

void handshakes_stop(struct handshakes *handshakes) {
    handshakes->is_stopped = true;
}

void handshakes_close(struct handshakes *handshakes) {
    uv_close((uv_handle_t *)&handshakes->timer, NULL);
}

struct handshake *handshakes_enter(struct handshakes *handshakes, struct handshake *handshake,
                                   const uint8_t address[16]) {
    *handshake = (struct handshake){0};
    struct turn *given_up = turns_enter(&handshakes->turns, &handshake->turn, address);
    return given_up == NULL ? NULL : CONTAINER_OF(given_up, struct handshake, turn);
}

void handshakes_leave(struct handshakes *handshakes, struct handshake *handshake) {
    turns_leave(&handshakes->turns, &handshake->turn);
}

bool handshakes_may_go(struct handshakes *handshakes, const struct handshake *handshake) {
    if (handshake->has_turn) {
        return true;
    }
    turns_advance(&handshakes->turns, uv_hrtime());
    return turns_may_go(&handshakes->turns, &handshake->turn);
}

bool handshakes_wants_hello(const struct handshake *handshake) {
    return !handshake->has_begun;
}

static void on_timer(uv_timer_t *timer) {
    struct handshakes *handshakes = timer->data;
    struct turn *turn;
    turns_advance(&handshakes->turns, uv_hrtime());
    while (!handshakes->is_stopped && (turn = turns_next(&handshakes->turns)) != NULL) {
        struct handshake *handshake = CONTAINER_OF(turn, struct handshake, turn);
        handshake->has_turn = true;
        handshakes->on_turn(handshake);
    }
    if (handshakes->is_stopped || handshakes->turns.waiting == 0) {
        uv_timer_stop(timer);
    }
}

// Handshakes that have begun, or that resume a session, cost little and are soon finished.
void handshakes_wait(struct handshakes *handshakes, struct handshake *handshake, const uint8_t *bytes,
                     size_t length) {
    if (!handshake->has_begun) {
        handshake->resumes = tls_hello_resumes(bytes, length);
    }
    turns_wait(&handshakes->turns, &handshake->turn, handshake->has_begun || handshake->resumes);
    if (!uv_is_active((uv_handle_t *)&handshakes->timer)) {
        uv_timer_start(&handshakes->timer, on_timer, TURNS_EVERY_MS, TURNS_EVERY_MS);
    }
}

// The cost counts against the address that asked for the handshake.
void handshakes_spend(struct handshakes *handshakes, struct handshake *handshake, uint64_t ns,
                      bool was_resumed) {
    turns_spend(&handshakes->turns, &handshake->turn, ns);
    if (handshake->resumes && !handshake->has_begun && !was_resumed) {
        turns_lied(&handshakes->turns, &handshake->turn);
    }
    handshake->has_begun = true;
    handshake->has_turn = false;
}
