// A calendar with a page for every millisecond, listing the agencies that ask then.
#include "bench/polling.h"

#include "agency/backoff.h"

#include <assert.h>
#include <stdlib.h>

static const uint32_t NOBODY = UINT32_MAX;

struct agency {
    struct backoff backoff;
    uint32_t next; // on the same page
};

struct calendar {
    const struct polling_options *options;
    uint32_t *pages; // the first agency of each
    struct agency *agencies;
};

static void turn_page(const struct calendar *calendar, uint32_t now_ms, struct polling_result *result) {
    const struct polling_options *options = calendar->options;
    for (uint32_t next, i = calendar->pages[now_ms]; i != NOBODY; i = next) {
        struct agency *agency = &calendar->agencies[i];
        next = agency->next;
        result->questions[now_ms]++;
        result->total++;
        if (now_ms >= options->draw_after_ms) {
            histogram_add(&result->after_ms, now_ms - options->draw_after_ms);
            continue;
        }
        // Even after a wait of 0 a question and its answer take time.
        uint32_t wait_ms = backoff_next_ms(&agency->backoff);
        assert(wait_ms <= options->cap_ms);
        uint32_t page = now_ms + (wait_ms > 0 ? wait_ms : 1);
        agency->next = calendar->pages[page];
        calendar->pages[page] = i;
    }
}

static void simulate(const struct calendar *calendar, struct polling_result *result) {
    const struct polling_options *options = calendar->options;
    for (uint32_t i = 0; i < result->milliseconds; i++) {
        calendar->pages[i] = NOBODY;
    }
    for (uint32_t i = 0; i < options->agencies; i++) {
        backoff_init(&calendar->agencies[i].backoff, options->base_ms, options->cap_ms, options->seed + i);
        calendar->agencies[i].next = calendar->pages[0];
        calendar->pages[0] = i;
    }
    for (uint32_t now_ms = 0; now_ms < result->milliseconds; now_ms++) {
        turn_page(calendar, now_ms, result);
    }
}

bool polling_simulate(const struct polling_options *options, struct polling_result *result,
                      struct error *error) {
    *result = (struct polling_result){.milliseconds = options->draw_after_ms + options->cap_ms + 1};
    struct calendar calendar = {
        .options = options,
        .pages = calloc(result->milliseconds, sizeof(uint32_t)),
        .agencies = malloc(options->agencies * sizeof(struct agency)),
    };
    result->questions = calloc(result->milliseconds, sizeof *result->questions);
    bool ready = calendar.pages != NULL && calendar.agencies != NULL && result->questions != NULL;
    if (ready) {
        simulate(&calendar, result);
    } else {
        error_set(error, ERROR_NO_MEMORY, "no memory for %u agencies", options->agencies);
    }
    free(calendar.pages);
    free(calendar.agencies);
    return ready;
}

void polling_result_free(struct polling_result *result) {
    free(result->questions);
    result->questions = NULL;
}
