// Power cuts and failing disks under the real ledger and the real store: a whole small lottery meets a fault
// at its N-th change of the disk, for one N after the other; then the store is opened on what is left, and
// must hold every bet that was acknowledged, none that was not sent, none twice; and the lottery must end
// right.
//
//   power [--ways WAYS] [--stride STRIDE] [--seed SEED]
//
// WAYS are how many kinds of damage each N is tried with; of the N every STRIDE-th is taken.
#include "disk.h"

#include "base/log.h"
#include "bet/chunk.h"
#include "ledger/ledger.h"
#include "store/store.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    AGENCIES = 3,
    CHUNKS = 8,
    BETS_A_CHUNK = 160,
    BETS = CHUNKS * BETS_A_CHUNK,
    WINNING = 7574,
    GROUP_MAX = 4
};

// What the agencies know.
static struct {
    uint64_t acknowledged[AGENCIES + 1]; // bets that were said to be stored
    uint64_t sent[AGENCIES + 1];         // the end of the furthest chunk that was ever sent
    bool finished[AGENCIES + 1], told[AGENCIES + 1];
    bool drawn; // somebody has heard of the winners
} known;

static char folder[] = "/tmp/quiniela-power-XXXXXX";
static char path[64];
static struct ledger *ledger;
static const struct winners *winners;
static uint64_t run_seed;
static long run_change;
static long runs, faults_met;

static void broken(const char *what, uint32_t agency, uint64_t value) {
    fprintf(stderr,
            "BROKEN: %s (agency %" PRIu32 ", %" PRIu64 "); replay: power --seed %" PRIu64 " --only %ld\n",
            what, agency, value, run_seed, run_change);
    exit(1);
}

// The lottery ---------------------------------------------------------------------------------------------

// Bet n of an agency has document n, and every hundredth wins.
static void bet_text(uint32_t agency, uint64_t n, char text[64]) {
    snprintf(text, 64, "Ana,Paz%" PRIu32 ",%" PRIu64 ",2000-01-01,%d", agency, n, n % 100 == 7 ? WINNING : 1);
}

static void on_complete(struct ledger_request *request) {
    uint32_t agency = request->agency;
    if (request->error.code != ERROR_NONE) {
        return;
    }
    if (request->type == LEDGER_TOLD) {
        known.told[agency] = true;
    } else if ((uint64_t)request->next > known.acknowledged[agency]) {
        known.acknowledged[agency] = (uint64_t)request->next;
    }
    if (request->type == LEDGER_LAST_CHUNK) {
        known.finished[agency] = true;
    }
}

static struct ledger_request *new_request(enum ledger_request_type type, uint32_t agency, uint64_t first) {
    struct ledger_request *request = calloc(1, sizeof *request);
    *request = (struct ledger_request){.type = type, .agency = agency, .next = -1, .complete = on_complete};
    request->first = (int64_t)first;
    error_clear(&request->error);
    if (type == LEDGER_TOLD) {
        return request;
    }
    struct chunk *chunk = chunk_new(BETS_A_CHUNK, BETS_A_CHUNK * 64);
    uint64_t end = (first / BETS_A_CHUNK + 1) * BETS_A_CHUNK; // from wherever it begins to a chunk's end
    for (uint64_t n = first; n < end && n < BETS; n++) {
        char text[64];
        struct error error;
        bet_text(agency, n, text);
        if (!chunk_add(chunk, text, strlen(text), &error)) {
            abort();
        }
    }
    if (!chunk_digest(chunk->numbers, chunk->count, chunk->rows, chunk->rows_length, request->digest)) {
        abort();
    }
    request->chunk = chunk;
    known.sent[agency] = known.sent[agency] < end ? end : known.sent[agency];
    return request;
}

static void process(struct ledger_request *requests[], int count) {
    for (int i = 0; i < count; i++) {
        requests[i]->node.next = i + 1 < count ? &requests[i + 1]->node : NULL;
    }
    ledger_process(ledger, &requests[0]->node);
    for (int i = 0; i < count; i++) {
        chunk_free((struct chunk *)(uintptr_t)requests[i]->chunk);
        free(requests[i]);
    }
}

// Each agency sends its next chunk, and now and then the one before once more.
static bool send_some(unsigned round) {
    struct ledger_request *requests[GROUP_MAX];
    int count = 0;
    for (uint32_t agency = 1; agency <= AGENCIES; agency++) {
        uint64_t next = known.acknowledged[agency];
        if (known.finished[agency]) {
            continue;
        }
        if (count == 0 && round % 3 == 2 && next >= BETS_A_CHUNK) {
            requests[count++] = new_request(LEDGER_CHUNK, agency, next - BETS_A_CHUNK);
        }
        bool last = next + BETS_A_CHUNK >= BETS;
        requests[count++] = new_request(last ? LEDGER_LAST_CHUNK : LEDGER_CHUNK, agency, next);
        if (round % 2 == 0) {
            break; // groups of one, too
        }
    }
    if (count > 0) {
        process(requests, count);
    }
    return count > 0;
}

static bool all_told(void) {
    for (uint32_t agency = 1; agency <= AGENCIES; agency++) {
        if (!known.told[agency]) {
            return false;
        }
    }
    return true;
}

static void tell(void) {
    for (uint32_t agency = 1; agency <= AGENCIES; agency++) {
        size_t length;
        const char *documents = winners_of(winners, agency, &length);
        size_t count = 0;
        for (size_t i = 0; i < length; i++) {
            count += documents[i] == '7';
        }
        if (count < BETS / 100) {
            broken("winners are missing", agency, count);
        }
        known.drawn = true;
        struct ledger_request *told[] = {new_request(LEDGER_TOLD, agency, 0)};
        process(told, 1);
    }
}

// Goes on until everyone has been told, or the disk has been failing for a while.
static bool play(void) {
    for (unsigned round = 0; round < 20 * CHUNKS; round++) {
        if (!send_some(round)) {
            if (ledger_has_work(ledger)) {
                ledger_work(ledger);
            }
            if (winners != NULL) {
                tell();
            }
            if (all_told()) {
                return true;
            }
        }
    }
    return false;
}

// Opening, and what must hold then ------------------------------------------------------------------------

static bool open_store(void *context, struct store **store, struct error *error) {
    (void)context;
    return store_open(path, "1", STORE_SERVE, store, error);
}

static void on_drawn(void *context, const struct winners *table) {
    (void)context;
    winners = table;
}

static void on_all_told(void *context) {
    (void)context;
}

static bool open_ledger(struct error *error) {
    struct ledger_options options = {.draw = "1",
                                     .agencies = AGENCIES,
                                     .winning_number = WINNING,
                                     .open_store = open_store,
                                     .drawn = on_drawn,
                                     .all_told = on_all_told};
    winners = NULL;
    return ledger_open(&options, &ledger, error);
}

struct reading {
    uint64_t bets[AGENCIES + 1];
};

static bool check_chunk(void *context, const struct stored_chunk *chunk, struct error *error) {
    struct reading *reading = context;
    bool same;
    if (chunk->first != reading->bets[chunk->agency]) {
        broken("a hole, or bets twice", chunk->agency, chunk->first);
    }
    if (!chunk_compare_digest(chunk->numbers, chunk->count, chunk->rows, chunk->rows_length, chunk->digest,
                              &same)) {
        return error_set(error, ERROR_NO_MEMORY, "no memory");
    }
    const char *row = chunk->rows;
    for (uint32_t i = 0; i < chunk->count; i++) {
        char text[64];
        bet_text(chunk->agency, chunk->first + i, text);
        size_t length = strlen(text);
        if (!same || strncmp(row, text, length) != 0 || row[length] != '\n') {
            broken("a bet that nobody sent", chunk->agency, chunk->first + i);
        }
        row += length + 1;
    }
    reading->bets[chunk->agency] += chunk->count;
    return true;
}

// Reads everything back, with nobody else at work.
static void check_promise(void) {
    struct store *store;
    struct error error;
    struct reading reading = {0};
    if (!store_open(path, "1", STORE_SERVE, &store, &error) ||
        !store_chunks(store, 0, 0, UINT64_MAX, check_chunk, &reading, &error)) {
        fprintf(stderr, "%s\n", error.text);
        broken("the store does not open", 0, 0);
    }
    store_close(&store);
    for (uint32_t agency = 1; agency <= AGENCIES; agency++) {
        if (reading.bets[agency] < known.acknowledged[agency]) {
            broken("acknowledged bets are lost", agency, known.acknowledged[agency]);
        }
        if (reading.bets[agency] > known.sent[agency] || reading.bets[agency] % BETS_A_CHUNK != 0) {
            broken("bets are stored that were not sent, or half a chunk", agency, reading.bets[agency]);
        }
        known.acknowledged[agency] = reading.bets[agency]; // as `next` would tell the agency
    }
}

static void finish_lottery(void) {
    struct error error;
    bool drawn_before = known.drawn;
    if (!open_ledger(&error)) {
        fprintf(stderr, "%s\n", error.text);
        broken("the store does not open again", 0, 0);
    }
    if (drawn_before && winners == NULL) {
        broken("the draw is forgotten", 0, 0);
    }
    for (uint32_t agency = 1; agency <= AGENCIES; agency++) { // a last chunk that was acknowledged is final
        if (known.finished[agency] && known.acknowledged[agency] != BETS) {
            broken("a last chunk is lost", agency, known.acknowledged[agency]);
        }
        known.finished[agency] = known.told[agency] = false; // say it once more
        if (known.acknowledged[agency] == BETS) {
            known.acknowledged[agency] -= BETS_A_CHUNK;
        }
    }
    if (!play()) {
        broken("the lottery does not end", 0, 0);
    }
    ledger_close(&ledger);
    check_promise();
}

// One run: a fault at the `change`-th change, then another one during the recovery, then none. Returns
// whether the first was met.
static bool run(long change, enum disk_fault fault, bool for_ever) {
    struct error error;
    memset(&known, 0, sizeof known);
    disk_erase(run_seed);
    run_change = change;
    runs++;
    disk_fail_at(change, fault, for_ever);
    if (open_ledger(&error)) {
        (void)play(); // as far as it comes
        ledger_close(&ledger);
    }
    bool met = disk_fault_was_met();
    faults_met += met;
    disk_power_on();
    disk_fail_at(1 + (long)(run_seed * 7 + (uint64_t)change) % 40, fault, for_ever);
    if (open_ledger(&error)) {
        ledger_close(&ledger);
    }
    faults_met += disk_fault_was_met();
    disk_power_on();
    check_promise();
    disk_power_on();
    finish_lottery();
    return met;
}

static long argument(int argc, char **argv, const char *flag, long fallback) {
    for (int i = 1; i + 1 < argc; i++) {
        if (strcmp(argv[i], flag) == 0) {
            return strtol(argv[i + 1], NULL, 10);
        }
    }
    return fallback;
}

int main(int argc, char **argv) {
    long ways = argument(argc, argv, "--ways", 20), stride = argument(argc, argv, "--stride", 1);
    long seed = argument(argc, argv, "--seed", -1), only = argument(argc, argv, "--only", -1);
    static const struct {
        enum disk_fault fault;
        bool for_ever;
    } faults[] = {{DISK_POWER_CUT, false},   {DISK_POWER_CUT, false}, {DISK_IO_ERROR, false},
                  {DISK_IO_ERROR, true},     {DISK_FULL, false},      {DISK_FULL, true},
                  {DISK_SHORT_WRITE, false}, {DISK_SHORT_WRITE, true}};
    enum { FAULTS = sizeof faults / sizeof faults[0] };
    long furthest = 0;
    if (mkdtemp(folder) == NULL) {
        perror(folder);
        return 1;
    }
    snprintf(path, sizeof path, "%s/store.db", folder);
    log_set_level(LOG_LEVEL_CRITICAL);
    disk_register();
    for (long way = seed < 0 ? 0 : seed; way < (seed < 0 ? ways : seed + 1); way++) {
        run_seed = (uint64_t)way;
        for (long change = only > 0 ? only : 1 + way % stride;; change += stride) {
            if (!run(change, faults[way % FAULTS].fault, faults[way % FAULTS].for_ever) || only > 0) {
                break; // behind the last change
            }
            furthest = change > furthest ? change : furthest;
        }
    }
    disk_erase(0);
    char lock[80];
    snprintf(lock, sizeof lock, "%s-lock", path);
    unlink(lock);
    rmdir(folder);
    printf("%ld lotteries, %ld faults, at every change of the disk up to the %ldth: every promise held\n",
           runs, faults_met, furthest);
    return furthest > 0 ? 0 : 1;
}
