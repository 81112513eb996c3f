#include "cli/top_memory.h"

#include <stdlib.h>

enum { STEP_MS = 1000 * TOP_STEP_S };
enum { RATE_STEP_MS = 5000 }; // a rate is of at least one of them, and of at most two

struct sample {
    uint64_t bets, at_ms;
};

struct top_known {
    uint32_t agency;
    uint64_t bets;
    uint64_t changed_ms,
        said_ms; // when it was seen to store something, and when a server had heard of it; 0: never
    struct sample older, newer;
};

uint32_t top_memory_age_s(const struct top_memory *memory, uint64_t now_ms) {
    return memory->begun_ms == 0 ? 0 : (uint32_t)((now_ms - memory->begun_ms) / 1000);
}

void top_memory_free(struct top_memory *memory) {
    free(memory->known);
    *memory = (struct top_memory){.known = NULL};
}

// One agency ----------------------------------------------------------------------------------------------

// One that was reset begins anew.
static void begin(struct top_known *known, const struct top_agency *agency, uint64_t now_ms) {
    *known = (struct top_known){.agency = agency->agency, .bets = agency->bets};
    known->older = known->newer = (struct sample){agency->bets, now_ms};
}

static void follow(struct top_known *known, const struct top_agency *agency, uint64_t now_ms) {
    if (agency->bets > known->bets) {
        known->changed_ms = now_ms;
        known->bets = agency->bets;
    }
    if (now_ms - known->newer.at_ms >= RATE_STEP_MS) {
        known->older = known->newer;
        known->newer = (struct sample){agency->bets, now_ms};
    }
}

// What a server said before it was ended stays true.
static void hear(struct top_known *known, const struct top_agency *agency, uint64_t now_ms) {
    uint64_t silent_ms = 1000 * (uint64_t)agency->silent_s;
    if (agency->silent_s != TOP_NEVER) {
        known->said_ms = now_ms > silent_ms ? now_ms - silent_ms : 1;
    }
}

static void tell(const struct top_known *known, struct top_agency *agency, uint64_t now_ms) {
    uint64_t ms = now_ms - known->older.at_ms;
    agency->rate = ms == 0 ? 0 : (double)(agency->bets - known->older.bets) * 1000 / (double)ms;
    uint64_t heard_ms = known->changed_ms > known->said_ms ? known->changed_ms : known->said_ms;
    if (heard_ms != 0) {
        agency->silent_s = (uint32_t)((now_ms - heard_ms) / 1000);
    }
}

// All of them ---------------------------------------------------------------------------------------------

// Both lists are by number.
static void take_agencies(struct top_memory *memory, uint64_t now_ms, struct top_known *known,
                          struct top_facts *facts) {
    size_t before = 0;
    for (size_t i = 0; i < facts->count; i++) {
        struct top_agency *agency = &facts->agencies[i];
        while (before < memory->count && memory->known[before].agency < agency->agency) {
            before++;
        }
        bool is_known = before < memory->count && memory->known[before].agency == agency->agency &&
                        memory->known[before].bets <= agency->bets;
        if (is_known) {
            known[i] = memory->known[before];
            follow(&known[i], agency, now_ms);
        } else {
            begin(&known[i], agency, now_ms);
        }
        hear(&known[i], agency, now_ms);
        tell(&known[i], agency, now_ms);
    }
}

// What came since the last reading is spread over the steps that have passed.
static void take_bets(struct top_memory *memory, uint64_t step, uint64_t bets) {
    uint64_t steps = step - memory->step;
    double came = bets > memory->bets ? (double)(bets - memory->bets) : 0;
    if (steps == 0) {
        memory->steps[step % TOP_STEPS_MAX] += came;
    }
    for (uint64_t i = steps > TOP_STEPS_MAX ? steps - TOP_STEPS_MAX : 0; i < steps; i++) {
        memory->steps[(memory->step + 1 + i) % TOP_STEPS_MAX] = came / (double)steps;
    }
    memory->step = step;
    memory->bets = bets;
}

// The current step is not over.
static void show_chart(const struct top_memory *memory, struct top_facts *facts) {
    size_t count = memory->step < TOP_STEPS_MAX - 1 ? (size_t)memory->step : TOP_STEPS_MAX - 1;
    for (size_t i = 0; i < count; i++) {
        facts->chart[i] = memory->steps[(memory->step - count + i) % TOP_STEPS_MAX] / TOP_STEP_S;
    }
    facts->chart_count = count;
}

bool top_memory_take(struct top_memory *memory, uint64_t now_ms, struct top_facts *facts) {
    struct top_known *known = calloc(facts->count + 1, sizeof *known);
    if (known == NULL) {
        return false;
    }
    take_agencies(memory, now_ms, known, facts);
    free(memory->known);
    memory->known = known;
    memory->count = facts->count;
    if (memory->begun_ms == 0) {
        memory->begun_ms = now_ms;
        memory->bets = facts->bets;
    }
    take_bets(memory, (now_ms - memory->begun_ms) / STEP_MS, facts->bets);
    show_chart(memory, facts);
    return true;
}
