// `simulation`: whole lotteries in a simulated world, one for each seed. Everything goes wrong that may, and
// every promise is checked at every step. See docs/testing.md.
#include "central.h"
#include "clients.h"
#include "digest.h"
#include "disk.h"
#include "faults.h"
#include "filed_disk.h"
#include "network.h"
#include "office.h"
#include "operators.h"
#include "oracle.h"
#include "plan.h"
#include "resenders.h"
#include "seal_judge.h"
#include "strangers.h"
#include "world.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { STEPS_MAX = 2 * 1000 * 1000 }; // many times what a lottery takes

static struct {
    const char *program, *disk; // as it was called, and the flag of its disk with a blank, or ""
    volatile uint64_t seed;
    uint64_t steps, simulated_ms;
} run;

static void say_how_to_replay(void) {
    fprintf(stderr, "%s: seed %" PRIu64 " failed. To see it again: %s %s--seed %" PRIu64 " --trace\n",
            run.program, run.seed, run.program, run.disk, run.seed);
}

// An assertion of the program has failed; its message is already printed.
static void on_abort(int number) {
    fflush(stdout);
    say_how_to_replay();
    signal(number, SIG_DFL);
    raise(number);
}

static bool are_all_done(void) {
    return clients_are_done() && resenders_are_gone() && operators_are_done();
}

// Lets everything happen until every client is done and nothing more goes wrong.
static void live(void) {
    uint64_t steps = 0;
    while (!(are_all_done() && faults_are_over()) && world_step()) {
        faults_step();
        if (++steps > STEPS_MAX) {
            world_fail("the lottery does not come to its end");
        }
    }
    run.steps += steps;
    if (world_failure() == NULL && !are_all_done()) {
        world_fail("nothing happens any longer, and somebody still waits");
    }
    if (world_failure() == NULL) {
        oracle_check_end();
        seal_judge_end();
    }
}

// Once more after the end: everyone who then asks or sends must get the same answer.
static void live_on(void) {
    central_crash();
    resenders_come_for_all();
    clients_start_another();
    operators_come_again();
    live();
}

static bool simulate(uint64_t seed, bool traced, bool digested) {
    run.seed = seed;
    digest_begin(digested);
    world_begin(seed, traced);
    plan_make();
    operators_begin(seed);
    disk_erase();
    oracle_begin();
    office_begin(seed);
    seal_judge_begin();
    network_begin();
    central_begin();
    clients_begin();
    strangers_begin();
    resenders_begin();
    faults_begin();
    clients_start();
    central_start();
    operators_start();
    live();
    if (world_failure() == NULL && world_chance(20)) {
        live_on();
    }
    run.simulated_ms += world_now_ms();
    central_end();
    operators_end();
    clients_end();
    network_end();
    disk_erase();
    office_end();
    plan_end();
    world_end();
    if (world_failure() != NULL) {
        fprintf(stderr, "broken: %s\n", world_failure());
        say_how_to_replay();
        return false;
    }
    return true;
}

static int simulate_all(uint64_t from, uint64_t count) {
    for (uint64_t i = 0; i < count; i++) {
        if (!simulate(from + i, false, false)) {
            return EXIT_FAILURE;
        }
    }
    printf("%" PRIu64 " lotteries, seeds from %" PRIu64 " on: every promise held. %" PRIu64
           " faults, %" PRIu64 " steps, %.1f simulated hours\n",
           count, from, faults_count(), run.steps, (double)run.simulated_ms / 3600000);
    return EXIT_SUCCESS;
}

static int digest_all(uint64_t from, uint64_t count) {
    for (uint64_t seed = from; seed < from + count; seed++) {
        if (!simulate(seed, false, true)) {
            return EXIT_FAILURE;
        }
        printf("seed %" PRIu64 ": %016" PRIx64 "\n", seed, digest_value());
    }
    return EXIT_SUCCESS;
}

static int usage(void) {
    fprintf(
        stderr,
        "usage: %s [--filed | --shared] (--seeds FROM COUNT | --digests FROM COUNT | --seed N [--trace])\n",
        run.program);
    return 2;
}

static bool number_of(const char *text, uint64_t *number) {
    char *end;
    *number = strtoull(text, &end, 10);
    return text[0] >= '0' && text[0] <= '9' && *end == '\0';
}

int main(int argc, char **argv) {
    uint64_t from, count;
    run.program = argv[0];
    signal(SIGABRT, on_abort);
    run.disk = "";
    if (argc > 1 && strcmp(argv[1], "--filed") == 0) {
        disk_use_files();
        run.disk = "--filed ";
    } else if (argc > 1 && strcmp(argv[1], "--shared") == 0) {
        disk_share();
        run.disk = "--shared ";
    }
    if (run.disk[0] != '\0') {
        argc--;
        argv++;
    }
    int status;
    if (argc == 4 && strcmp(argv[1], "--seeds") == 0 && number_of(argv[2], &from) &&
        number_of(argv[3], &count)) {
        status = simulate_all(from, count);
    } else if (argc == 4 && strcmp(argv[1], "--digests") == 0 && number_of(argv[2], &from) &&
               number_of(argv[3], &count)) {
        status = digest_all(from, count);
    } else if ((argc == 3 || (argc == 4 && strcmp(argv[3], "--trace") == 0)) &&
               strcmp(argv[1], "--seed") == 0 && number_of(argv[2], &from)) {
        status = simulate(from, argc == 4, false) ? EXIT_SUCCESS : EXIT_FAILURE;
    } else {
        status = usage();
    }
    oracle_end();
    resenders_end();
    filed_disk_end();
    return status;
}
