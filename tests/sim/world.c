#include "world.h"

#include "base/clock.h"
#include "base/random.h"
#include "digest.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { START_SECONDS = 1680213600 }; // 2023-03-30 22:00:00 UTC, when each world begins

struct event {
    uint64_t at_ms, order;
    world_event happen;
    void *context;
    uint64_t number;
};

static struct {
    uint64_t random, now_ms, ordered;
    int64_t clock_offset; // of the time of day
    struct event *events; // a heap: the next one is first
    size_t count, capacity;
    bool traced, failed;
    char failure[1024];
} world;

void world_begin(uint64_t seed, bool traced) {
    world.random = seed;
    world.now_ms = world.ordered = world.count = 0;
    world.clock_offset = 0;
    world.traced = traced;
    world.failed = false;
}

void world_end(void) {
    free(world.events);
    world.events = NULL;
    world.count = world.capacity = 0;
}

uint64_t world_now_ms(void) {
    return world.now_ms;
}

int64_t world_clock_offset(void) {
    return world.clock_offset;
}

void world_set_clock(int64_t offset_ms) {
    world.clock_offset = offset_ms;
}

int64_t world_wall_ms(void) {
    return (int64_t)START_SECONDS * 1000 + (int64_t)world.now_ms + world.clock_offset;
}

uint32_t world_below(uint32_t bound) {
    return random_below(&world.random, bound);
}

uint32_t world_between(uint32_t least, uint32_t most) {
    return least + world_below(most - least + 1);
}

bool world_chance(uint32_t percent) {
    return world_below(100) < percent;
}

// What happens when -----------------------------------------------------------------------------------------

static bool is_before(const struct event *one, const struct event *other) {
    return one->at_ms != other->at_ms ? one->at_ms < other->at_ms : one->order < other->order;
}

static void swap(size_t one, size_t other) {
    struct event event = world.events[one];
    world.events[one] = world.events[other];
    world.events[other] = event;
}

void world_after(uint64_t delay_ms, world_event event, void *context, uint64_t number) {
    if (world.count == world.capacity) {
        world.capacity = world.capacity * 2 + 64;
        world.events = realloc(world.events, world.capacity * sizeof *world.events);
        if (world.events == NULL) {
            abort();
        }
    }
    size_t at = world.count++;
    world.events[at] = (struct event){world.now_ms + delay_ms, world.ordered++, event, context, number};
    for (; at > 0 && is_before(&world.events[at], &world.events[(at - 1) / 2]); at = (at - 1) / 2) {
        swap(at, (at - 1) / 2);
    }
}

static struct event take_next(void) {
    struct event next = world.events[0];
    world.events[0] = world.events[--world.count];
    for (size_t at = 0;;) {
        size_t least = at;
        for (size_t child = 2 * at + 1; child <= 2 * at + 2 && child < world.count; child++) {
            least = is_before(&world.events[child], &world.events[least]) ? child : least;
        }
        if (least == at) {
            return next;
        }
        swap(at, least);
        at = least;
    }
}

bool world_step(void) {
    if (world.count == 0 || world.failed) {
        return false;
    }
    struct event event = take_next();
    world.now_ms = event.at_ms;
    digest_event(world.now_ms, world.random);
    event.happen(event.context, event.number);
    return !world.failed;
}

// Telling about it ------------------------------------------------------------------------------------------

bool world_is_traced(void) {
    return world.traced;
}

void world_trace(const char *format, ...) {
    if (world.traced) {
        va_list values;
        va_start(values, format);
        printf("%9" PRIu64 " ", world.now_ms);
        vprintf(format, values);
        putchar('\n');
        va_end(values);
    }
}

void world_fail(const char *format, ...) {
    if (!world.failed) {
        va_list values;
        va_start(values, format);
        vsnprintf(world.failure, sizeof world.failure, format, values);
        va_end(values);
        world.failed = true;
        world_trace("BROKEN: %s", world.failure);
    }
}

const char *world_failure(void) {
    return world.failed ? world.failure : NULL;
}

// The clock of the program under test (base/clock.h) --------------------------------------------------------

static size_t write_time(char text[CLOCK_TEXT_BYTES], const char *format) {
    time_t now = (time_t)(world_wall_ms() / 1000);
    struct tm parts;
    gmtime_r(&now, &parts);
    return strftime(text, CLOCK_TEXT_BYTES, format, &parts);
}

size_t clock_local_text(char text[CLOCK_TEXT_BYTES]) {
    return write_time(text, "%Y-%m-%d %H:%M:%S");
}

size_t clock_utc_text(char text[CLOCK_TEXT_BYTES]) {
    return write_time(text, "%Y-%m-%dT%H:%M:%SZ");
}

uint64_t clock_epoch_ms(void) {
    return (uint64_t)world_wall_ms();
}

uint64_t clock_steady_ms(void) {
    return world.now_ms;
}

uint64_t clock_steady_ns(void) {
    return world.now_ms * 1000000;
}

uint64_t clock_boot_ms(void) {
    return world.now_ms;
}
