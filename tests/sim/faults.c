#include "faults.h"

#include "central.h"
#include "clients.h"
#include "disk.h"
#include "network.h"
#include "plan.h"
#include "resenders.h"
#include "strangers.h"
#include "world.h"

#include <stddef.h>

enum {
    STORE_CALLS_MAX = 40,
    COMMITS_MAX = 6,
    BAD_TIME_MS_MAX = 5000,
    SLOW_MS_MAX = 500,
    FAULTS_MS_MAX = 20000, // then it calms down
    STEPS_APART_MAX = 30
};

static uint32_t pending;          // faults that will happen, or end, at a set moment
static uint32_t left, steps_left; // faults still to come after steps, and steps to the next one
static uint64_t count;

static void choose_step(void) {
    steps_left = 1 + world_below(STEPS_APART_MAX);
}

static void heal(void *context, uint64_t number) {
    (void)context, (void)number;
    disk_fail_often(0);
    central_slow_down(0);
    pending--;
    world_trace("FAULT: no more faults");
}

static void have_bad_time(void) {
    pending++;
    world_after(world_below(BAD_TIME_MS_MAX), heal, NULL, 0);
    if (world_chance(30)) {
        central_slow_down(world_between(1, SLOW_MS_MAX));
    } else {
        uint32_t percent = world_chance(30) ? 100 : world_between(1, 40);
        world_trace("FAULT: %u of 100 calls of the store fail", percent);
        disk_fail_often(percent);
    }
}

static void do_harm(void) {
    count++;
    switch (world_below(14)) {
    case 0:
        central_crash();
        break;
    case 1:
        central_stop();
        break;
    case 2:
        disk_die_in(world_below(STORE_CALLS_MAX));
        break;
    case 3:
        disk_fail_in(world_below(STORE_CALLS_MAX));
        break;
    case 4:
        have_bad_time();
        break;
    case 5:
        clients_crash_one();
        break;
    case 6:
        clients_start_another();
        break;
    case 7:
        disk_fail_in_commit(world_below(COMMITS_MAX));
        break;
    case 8:
        disk_die_in_commit(world_below(COMMITS_MAX));
        break;
    case 9:
        strangers_come();
        break;
    case 10:
        disk_shut();
        break;
    case 11:
        network_shut();
        break;
    case 12:
        resenders_come();
        break;
    default:
        network_cut();
    }
}

static void happen(void *context, uint64_t number) {
    (void)context, (void)number;
    pending--;
    do_harm();
}

void faults_step(void) {
    if (left > 0 && --steps_left == 0) {
        left--;
        choose_step();
        do_harm();
    }
}

static void calm_down(void *context, uint64_t number) {
    left = 0;
    heal(context, number);
}

void faults_begin(void) {
    static const uint32_t within_ms[] = {100, 600, 3000, FAULTS_MS_MAX};
    pending = 0;
    left = plan.faults == 0 ? 0 : world_below(plan.faults + 1);
    choose_step();
    for (uint32_t i = left; i < plan.faults; i++) {
        pending++;
        world_after(world_below(within_ms[world_below(4)]), happen, NULL, 0);
    }
    pending++;
    world_after(plan.faults == 0 ? 0 : FAULTS_MS_MAX + BAD_TIME_MS_MAX, calm_down, NULL, 0);
}

bool faults_are_over(void) {
    return pending == 0;
}

uint64_t faults_count(void) {
    return count;
}
