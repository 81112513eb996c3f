#include "disk.h"

#include "bet/errors.h"

#include "../unit/memory_store.h"
#include "central.h"
#include "cutoff_judge.h"
#include "digest.h"
#include "filed_disk.h"
#include "oracle.h"
#include "orders_judge.h"
#include "plan.h"
#include "shared_disk.h"
#include "world.h"

#include <string.h>

static struct {
    bool open;
    bool unsettled;            // the last commit failed; nobody knows yet whether it was stored
    bool unkept;               // only in a canary: the last commit is not on the disk yet
    bool is_reading;           // a reader is open, beside the store: its calls work
    bool shut;                 // its descriptors are closed: nothing works until it is opened again
    int64_t fails_in, dies_in; // calls; -1: not at all
    int64_t fails_in_commit, dies_in_commit; // commits
    uint32_t fails_percent;
} disk;

// Bugs that the simulation must find, each in one canary program only. In the first, a commit returns before
// it is on the disk, so the ledger acknowledges too early.
#ifdef QUINIELA_CANARY_EARLY
static const bool canary_is_early = true;
#else
static const bool canary_is_early = false;
#endif

// In the second, the store goes on when its descriptors are closed.
#ifdef QUINIELA_CANARY_SHUT
static const bool canary_goes_on = true;
#else
static const bool canary_goes_on = false;
#endif

// What is stored --------------------------------------------------------------------------------------------

static bool is_before(const struct stored_chunk *one, const struct stored_chunk *other) {
    return one->agency < other->agency || (one->agency == other->agency && one->first < other->first);
}

// Those of an agency that was reset are no longer among them.
static void note_chunks(const struct memory_rows *before, const struct memory_rows *rows) {
    for (size_t i = 0, known = 0; i < rows->chunk_count; i++) {
        const struct stored_chunk *chunk = memory_chunk(rows, i);
        while (known < before->chunk_count && is_before(memory_chunk(before, known), chunk)) {
            known++;
        }
        if (known == before->chunk_count || before->chunks[known] != rows->chunks[i]) {
            digest_chunk(chunk);
            oracle_chunk_stored(chunk);
        }
    }
}

static bool is_same_winner(const struct memory_winner *one, const struct memory_winner *other) {
    return one->agency == other->agency && one->bet == other->bet;
}

static void note_winners(const struct memory_rows *before, const struct memory_rows *rows) {
    for (size_t i = 0, known = 0; i < rows->winner_count; i++) {
        const struct memory_winner *row = &rows->winners[i];
        struct stored_winner winner = {row->agency, row->bet, row->document};
        if (known < before->winner_count && is_same_winner(&before->winners[known], row)) {
            known++;
        } else {
            digest_winner(&winner);
            oracle_winner_stored(&winner);
        }
    }
}

static void on_stored(const struct memory_rows *before, const struct memory_rows *rows) {
    struct stored_agency agencies[PLAN_AGENCIES_MAX + 1] = {0};
    struct durable durable = {.has_draw = rows->has_draw, .agencies = agencies};
    note_chunks(before, rows);
    note_winners(before, rows);
    if (rows->has_draw) {
        durable.draw = rows->draw;
    }
    digest_draw(&durable.draw);
    for (size_t i = 0; i < rows->agency_count; i++) {
        agencies[rows->agencies[i].agency] = rows->agencies[i];
    }
    for (uint32_t agency = 1; agency <= PLAN_AGENCIES_MAX; agency++) {
        digest_agency(&agencies[agency]);
    }
    oracle_committed(&durable);
}

static void on_refused(const struct error *error) {
    world_fail("%s", error->text);
}

void disk_erase(void) {
    memory_store_forget();
    if (filed_disk_is_used()) {
        filed_disk_erase();
    }
    disk.open = disk.unsettled = disk.unkept = disk.shut = disk.is_reading = false;
    disk_fail_often(0);
}

// Failing ---------------------------------------------------------------------------------------------------

void disk_fail_in(uint32_t calls) {
    disk.fails_in = calls;
}

void disk_die_in(uint32_t calls) {
    disk.dies_in = calls;
}

void disk_fail_in_commit(uint32_t commits) {
    disk.fails_in_commit = commits;
}

void disk_die_in_commit(uint32_t commits) {
    disk.dies_in_commit = commits;
}

void disk_fail_often(uint32_t percent) {
    disk.fails_percent = percent;
    if (percent == 0) {
        disk.fails_in = disk.dies_in = disk.fails_in_commit = disk.dies_in_commit = -1;
    }
}

void disk_shut(void) {
    world_trace("FAULT: the store's descriptors are closed");
    disk.shut = disk.open;
}

static bool is_due(int64_t *calls) {
    return *calls >= 0 && (*calls)-- == 0;
}

static bool fails(const char *call, struct error *error) {
    bool is_commit = strcmp(call, "commit") == 0;
    if (central_is_dying()) {
        return !error_set(error, ERROR_STORE_FAILED, "the central is dead");
    }
    if (disk.shut && !canary_goes_on) {
        world_trace("store: %s has no descriptor", call);
        return !error_set(error, ERROR_STORE_FAILED, "simulated: %s: bad file descriptor", call);
    }
    if (is_due(&disk.dies_in) || (is_commit && is_due(&disk.dies_in_commit))) {
        world_trace("store: the central dies in %s", call);
        central_die();
        return !error_set(error, ERROR_STORE_FAILED, "the central dies");
    }
    if (is_due(&disk.fails_in) || (is_commit && is_due(&disk.fails_in_commit)) ||
        (disk.fails_percent > 0 && world_chance(disk.fails_percent))) {
        world_trace("store: %s fails", call);
        return !error_set(error, ERROR_STORE_FAILED, "simulated: %s failed", call);
    }
    return false;
}

// The store is opened: what a failed commit left in doubt is on the disk, or it is not.
static void settle(void) {
    bool is_stored = disk.unsettled && world_chance(50);
    if (disk.unsettled) {
        world_trace("store: opened; the failed commit is %sstored", is_stored ? "" : "not ");
    }
    oracle_settling(true);
    memory_store_settle(is_stored);
    oracle_settling(false);
    disk.unsettled = disk.unkept = false;
}

static bool works(const char *call, struct error *error) {
    if (disk.is_reading) {
        return true;
    }
    if (disk.unkept && strcmp(call, "begin") == 0) {
        disk.unkept = false;
        memory_store_settle(true);
    }
    digest_call(call);
    bool has_failed = fails(call, error);
    if (has_failed) {
        cutoff_judge_trouble();
        orders_judge_trouble();
    }
    if (has_failed && strcmp(call, "commit") == 0) {
        disk.unsettled = !filed_disk_is_used(); // there it is settled at once, and nobody can tell
    } else if (!has_failed && strcmp(call, "open") == 0) {
        settle();
    }
    return !has_failed;
}

static enum memory_fate fate(void) {
    if (disk.shut) { // this is the canary, and nothing reaches the disk
        return MEMORY_LOST;
    }
    world_trace("store: commit");
    disk.unkept = canary_is_early;
    return disk.unkept ? MEMORY_IN_DOUBT : MEMORY_STORED;
}

static void on_closed(void) {
    if (disk.is_reading) {
        disk.is_reading = false;
        return;
    }
    disk.open = disk.shut = false;
}

bool disk_open_reader(struct store **store, struct error *error) {
    static const struct store_opening opening = {.address = "simulated", .draw = "1", .mode = STORE_READ};
    bool shut = disk.shut;
    *store = NULL;
    disk.shut = false; // the reader has descriptors of its own
    bool has_failed = fails("open", error);
    disk.shut = shut;
    if (has_failed) {
        cutoff_judge_trouble();
        orders_judge_trouble();
        return false;
    }
    disk.is_reading = true;
    disk.is_reading = filed_disk_is_used() ? filed_disk_open_reader(store, error)
                                           : memory_kind.open(&opening, store, error);
    return disk.is_reading;
}

void disk_use_files(void) {
    filed_disk_use(works, on_closed);
}

void disk_share(void) {
    shared_disk_use(works);
}

bool disk_open(struct store **store, struct error *error) {
    static const struct store_opening opening = {.address = "simulated", .draw = "1", .mode = STORE_SERVE};
    static const struct memory_faults faults = {works, fate, on_stored, on_refused, on_closed};
    *store = NULL;
    if (disk.open) {
        world_fail("the store is opened twice");
    }
    memory_store_fail(&faults);
    disk.open =
        filed_disk_is_used() ? filed_disk_open(store, error) : memory_kind.open(&opening, store, error);
    if (disk.open && shared_disk_is_used()) {
        shared_disk_take(*store);
    }
    return disk.open;
}
