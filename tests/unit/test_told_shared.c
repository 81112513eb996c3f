// A server hears at once of what another one has done to their draw.
// It is told, and looks then, long before it would have looked by itself.
#include "store_story.h"

#include "base/clock.h"
#include "ledger/ledger.h"
#include "ledger/winners.h"
#include "ledger/worker.h"
#include "store/watch.h"

#include <semaphore.h>
#include <stdatomic.h>
#include <time.h>

enum { HANG_S = 60, TRIES = 4 };

static void wait_for(sem_t *event, const char *what) {
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += HANG_S;
    if (sem_timedwait(event, &until) != 0) {
        fail_msg("within %d s %s", HANG_S, what);
    }
}

// What the database carries -------------------------------------------------------------------------------

static sem_t heard;

static void on_change(void *context) {
    (void)context;
    sem_post(&heard);
}

static void put_draw(struct store *store, struct stored_draw *draw) {
    struct error error;
    must(store_begin(store, &error) && store_put_draw(store, draw, &error) && store_commit(store, &error),
         &error);
}

// Who listens hears of each change of the draw from the server that made it; nobody looks here.
static void every_change_of_a_draw_is_told(void **state) {
    (void)state;
    struct store *store = open_draw("1", STORE_SERVE);
    struct store_watch *watch;
    struct stored_draw draw = {.agencies = 1, .opened_at = "2026-01-01T00:00:00Z"};
    struct error error;
    int interrupt[2];
    sem_init(&heard, 0, 0);
    assert_int_equal(pipe(interrupt), 0);
    store_interrupt_on(interrupt[0]);
    must(store_watch_start(path, on_change, NULL, &watch, &error), &error);
    wait_for(&heard, "it did not begin to listen");
    put_draw(store, &draw);
    wait_for(&heard, "nobody was told that the draw was opened");
    draw.state = DRAW_SEALED;
    put_draw(store, &draw);
    wait_for(&heard, "nobody was told that the draw was sealed");
    draw.state = DRAW_DRAWN;
    put_draw(store, &draw);
    wait_for(&heard, "nobody was told that the draw was made");
    assert_int_equal(write(interrupt[1], "", 1), 1);
    store_watch_stop(&watch);
    store_interrupt_on(-1);
    close(interrupt[0]);
    close(interrupt[1]);
    store_close(&store);
    sem_destroy(&heard);
}

// What the ledger's thread does then ----------------------------------------------------------------------

static struct store_operations counted;
static const struct store_operations *real;
static sem_t looked;
static _Atomic uint64_t last_ms, since_last_ms; // the last look, and how long that was after the one before

static bool counted_get_draw(struct store *store, struct stored_draw *draw, bool *found,
                             struct error *error) {
    bool got = real->get_draw(store, draw, found, error);
    uint64_t ms = clock_steady_ms();
    since_last_ms = ms - last_ms;
    last_ms = ms;
    sem_post(&looked);
    return got;
}

static bool open_counted(void *context, struct store **store, struct error *error) {
    (void)context;
    if (!store_open(path, "1", STORE_SERVE, store, error)) {
        return false;
    }
    real = (*store)->operations;
    counted = *real;
    counted.get_draw = counted_get_draw;
    (*store)->operations = &counted;
    return true;
}

static void on_drawn(void *context, const struct winners *winners) {
    (void)context, (void)winners;
}

static void on_all_told(void *context) {
    (void)context;
}

// How long after the one before the next look came, by the clock of the thread that looks.
static uint64_t look_ms(struct worker *worker, bool is_told) {
    while (sem_trywait(&looked) == 0) {
    }
    if (is_told) {
        worker_nudge(worker);
    }
    wait_for(&looked, "nobody looked at the draw");
    return since_last_ms;
}

// A busy machine may hold up one look or another, and so there are several tries. Where being told does
// nothing, each of them comes as long after the one before as one by itself does.
static void assert_told_is_sooner(struct worker *worker) {
    wait_for(&looked, "nobody looked at the draw in the beginning");
    uint64_t alone_ms = look_ms(worker, false), told_ms = look_ms(worker, true);
    for (int i = 0; i < TRIES && told_ms >= alone_ms / 2; i++) {
        uint64_t ms = look_ms(worker, true);
        told_ms = ms < told_ms ? ms : told_ms;
    }
    if (told_ms >= alone_ms / 2) {
        fail_msg("a look of which it was told came %d ms after the one before, and one by itself %d ms",
                 (int)told_ms, (int)alone_ms);
    }
}

static void who_is_told_looks_at_once(void **state) {
    (void)state;
    struct ledger_options options = {.draw = "1",
                                     .agencies = 1,
                                     .winning_number = 7574,
                                     .open_store = open_counted,
                                     .drawn = on_drawn,
                                     .all_told = on_all_told};
    struct ledger *ledger;
    struct worker *worker;
    struct error error;
    sem_init(&looked, 0, 0);
    must(ledger_open(&options, &ledger, &error), &error);
    while (sem_trywait(&looked) == 0) { // what it read to open
    }
    must(worker_start(ledger, &worker, &error), &error);
    assert_told_is_sooner(worker);
    worker_stop(worker);
    worker_free(&worker);
    ledger_close(&ledger);
    sem_destroy(&looked);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_change_of_a_draw_is_told, set_up_store, tear_down),
        cmocka_unit_test_setup_teardown(who_is_told_looks_at_once, set_up_store, tear_down),
    };
    if (getenv("QUINIELA_POSTGRES") == NULL) {
        print_message("SKIPPED: QUINIELA_POSTGRES names no database\n");
        return 77;
    }
    implementation = &implementations[POSTGRES];
    return cmocka_run_group_tests_name("told_shared", tests, NULL, NULL);
}
