// Cuts the power at any operation of a lottery and opens what is left; makes operations fail and then cuts
// the power. `power --help` lists the flags. Ends with 0 if the promise held every time; otherwise prints
// what was tried, so that it can be tried again.
#include "check.h"
#include "story.h"
#include "vfs.h"

#include "base/log.h"
#include "base/random.h"
#include "store/filing.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct {
    uint64_t seed;
    unsigned runs, cuts, faults; // of each run: how many power cuts, and how many faults of each kind
    int kind;                    // of faults: only this one (enum vfs_fault_kind); 0: every kind
    bool all;                    // every operation, and every damage
    bool verbose;
} options = {.seed = 1, .runs = 2, .cuts = 60, .faults = 2};

static struct {
    unsigned runs, operations, cuts, second_cuts, finished, fault_runs, faults, fault_cuts, given_up;
} done;

static char folder[] = "/tmp/quiniela-power-XXXXXX", path[64];

// A run is a story on a disk; what is left of it is its history.
struct run {
    const struct disk *start;
    const struct promise *before; // what had been promised when it started
    struct history history;
    struct promise after;
    uint64_t operations; // of the fault's kind
};

static const struct vfs_fault no_fault = {VFS_NO_FAULT, 0, false};

// Plays the plans one after the other, the first with the fault. Returns whether the first one came to its
// end.
static bool play(struct run *run, const struct story_plan *plan, const struct vfs_fault *fault,
                 const struct story_plan *then) {
    struct disk *disk = disk_copy(run->start);
    run->after = *run->before;
    vfs_mount(disk, &run->history, plan->seed);
    vfs_set_fault(fault);
    bool to_the_end = story_play(path, plan, &run->after);
    run->operations = vfs_operations();
    done.faults += (unsigned)vfs_faults();
    if (then != NULL) {
        vfs_set_fault(&no_fault);
        story_play(path, then, &run->after);
    }
    vfs_unmount();
    disk_free(disk);
    return to_the_end;
}

// Power cuts ----------------------------------------------------------------------------------------------

struct search {
    const char *what;
    uint64_t random;
    size_t cuts;  // how many in all, unless `all`
    bool all;     // every point, and every damage
    bool further; // the power fails once more while the store is opened
    unsigned *counter;
};

static void search_cuts(struct search *search, const struct run *run);

static void search_recovery(struct search *search, const struct run *run, const char *first) {
    char what[340];
    snprintf(what, sizeof what, "%.300s, and again", first);
    struct search second = {
        .what = what, .random = random_next(&search->random), .cuts = 5, .counter = &done.second_cuts};
    search_cuts(&second, run);
}

static void cut(struct search *search, const struct run *run, const struct disk *disk,
                const struct promise *promise, size_t at, size_t damage) {
    char what[320];
    uint64_t seed = random_next(&search->random);
    struct disk *left = disk_after_cut(disk, &disk_damages[damage], seed);
    bool finish = random_below(&search->random, 12) == 0;
    struct story_plan plan = {.seed = seed, .steady = true, .check = true, .only_open = !finish};
    struct run recovery = {.start = left, .before = promise};
    snprintf(what, sizeof what, "%s: power cut after entry %zu of %zu, left: %s", search->what, at,
             run->history.count, disk_damages[damage].name);
    check_set_context("%s", what);
    check_set_history(&run->history, at);
    play(&recovery, &plan, &no_fault, NULL);
    ++*search->counter;
    done.finished += finish;
    if (search->further && random_below(&search->random, 8) == 0) {
        search_recovery(search, &recovery, what);
    }
    check_set_history(NULL, 0);
    history_clear(&recovery.history);
    disk_free(left);
}

// An acknowledgement is most at risk right after it was given, when everything unsynced is lost.
static void cut_here(struct search *search, const struct run *run, const struct disk *disk,
                     const struct promise *promise, size_t at) {
    if (!disk_has_unsynced(disk)) {
        cut(search, run, disk, promise, at, 0);
        return;
    }
    if (!search->all) {
        cut(search, run, disk, promise, at,
            random_below(&search->random, 3) == 0 ? 0 : random_below(&search->random, DISK_DAMAGES));
        return;
    }
    for (size_t damage = 0; damage < DISK_DAMAGES; damage++) {
        cut(search, run, disk, promise, at, damage);
    }
}

static bool changes_nothing(enum history_event event) {
    return event == HISTORY_SENT || event == HISTORY_TOLD_SENT;
}

static void search_cuts(struct search *search, const struct run *run) {
    struct disk *disk = disk_copy(run->start);
    struct promise promise = *run->before;
    for (size_t i = 0; i < run->history.count; i++) {
        const struct history_entry *entry = &run->history.entries[i];
        history_apply(entry, disk);
        promise_apply(&promise, entry);
        if (!changes_nothing(entry->event) &&
            (search->all || random_below(&search->random, (uint32_t)run->history.count) < search->cuts)) {
            cut_here(search, run, disk, &promise, i + 1);
        }
    }
    disk_free(disk);
}

// Faults --------------------------------------------------------------------------------------------------

static const char *const fault_names[VFS_FAULT_KINDS] = {"none", "error",       "failed sync",
                                                         "full", "short write", "failed read"};

// Plays with one fault, then checks the outcome with a clean start, and with power cuts anywhere. False when
// the fault was never met because the run has no operation of that number.
static bool try_fault(const struct disk *start, const struct promise *before, uint64_t seed,
                      const struct vfs_fault *fault, const char *where) {
    char what[200];
    struct story_plan plan = {.seed = seed, .steady = seed % 2 == 0, .company = seed % 3 != 0, .failures = 3};
    struct run run = {.start = start, .before = before};
    snprintf(what, sizeof what, "seed %" PRIu64 "%s, %s at %" PRIu64 "%s", seed, where,
             fault_names[fault->kind], fault->at, fault->for_ever ? " and for ever" : "");
    check_set_context("%s", what);
    unsigned faults = done.faults;
    // Then nothing fails: the central starts with what the system can still read, and continues to the end.
    struct story_plan clean = {.seed = seed + 1, .steady = plan.steady, .check = true};
    check_set_history(&run.history, SIZE_MAX);
    bool to_the_end = play(&run, &plan, fault, &clean);
    bool met = done.faults > faults;
    if (!to_the_end && !fault->for_ever) {
        check_fail("gave up after a single fault");
    }
    done.fault_runs++;
    done.given_up += !to_the_end;
    // The effect of a failed sync shows at few moments only.
    struct search search = {.what = what,
                            .random = seed * 31 + fault->at,
                            .cuts = fault->kind == VFS_FAULT_SYNC ? 12 : 3,
                            .counter = &done.fault_cuts};
    search_cuts(&search, &run);
    history_clear(&run.history);
    return met;
}

static uint64_t count_operations(const struct disk *start, const struct promise *before, uint64_t seed,
                                 enum vfs_fault_kind kind) {
    struct story_plan plan = {.seed = seed, .steady = true, .company = seed % 3 != 0, .failures = 3};
    struct run run = {.start = start, .before = before};
    play(&run, &plan, &(struct vfs_fault){kind, UINT64_MAX, false}, NULL);
    history_clear(&run.history);
    return run.operations;
}

// Only the first `most` operations are tried. Where `most` is small, they are those of opening.
static void try_faults(const struct disk *start, const struct promise *before, uint64_t seed, uint64_t most,
                       const char *where) {
    uint64_t random = seed;
    for (int kind = VFS_FAULT_IO; kind < VFS_FAULT_KINDS; kind++) {
        if (options.kind != 0 && options.kind != kind) {
            continue;
        }
        for (int for_ever = 0; for_ever <= 1; for_ever++) {
            struct vfs_fault fault = {(enum vfs_fault_kind)kind, 1, for_ever == 1};
            if (options.all) {
                while (fault.at <= most && try_fault(start, before, seed, &fault, where)) {
                    fault.at++;
                }
                continue;
            }
            uint64_t operations = count_operations(start, before, seed, fault.kind);
            operations = operations < most ? operations : most;
            for (unsigned i = 0; i < options.faults && operations > 0; i++) {
                fault.at = 1 + random_below(&random, (uint32_t)operations);
                try_fault(start, before, seed + i, &fault, where);
            }
        }
    }
}

// Faults while a store that a power cut has left is being opened.
static void try_faults_in_recovery(const struct run *run, uint64_t seed) {
    struct disk *disk = disk_copy(run->start);
    struct promise promise = *run->before;
    uint64_t random = seed;
    size_t at = run->history.count / 4 + random_below(&random, (uint32_t)run->history.count / 2);
    for (size_t i = 0; i < at; i++) {
        history_apply(&run->history.entries[i], disk);
        promise_apply(&promise, &run->history.entries[i]);
    }
    size_t damage = random_below(&random, DISK_DAMAGES);
    struct disk *left = disk_after_cut(disk, &disk_damages[damage], random_next(&random));
    char where[120];
    snprintf(where, sizeof where, ", after a power cut at entry %zu, left: %s", at,
             disk_damages[damage].name);
    try_faults(left, &promise, seed, 60, where);
    disk_free(left);
    disk_free(disk);
}

// The program ---------------------------------------------------------------------------------------------

static void try_seed(uint64_t seed) {
    struct disk *empty = disk_new();
    struct promise nothing = {0};
    struct story_plan plan = {.seed = seed, .steady = seed % 2 == 0, .company = seed % 3 != 0, .check = true};
    struct run run = {.start = empty, .before = &nothing};
    char what[60];
    snprintf(what, sizeof what, "seed %" PRIu64, seed);
    check_set_context("%s", what);
    play(&run, &plan, &no_fault, NULL);
    done.runs++;
    done.operations += (unsigned)run.history.count;
    struct search search = {.what = what,
                            .random = seed,
                            .cuts = options.cuts,
                            .all = options.all,
                            .further = true,
                            .counter = &done.cuts};
    search_cuts(&search, &run);
    try_faults(empty, &nothing, seed, UINT64_MAX, "");
    try_faults_in_recovery(&run, seed);
    history_clear(&run.history);
    disk_free(empty);
}

static void usage(FILE *to) {
    fputs("usage: power [--seed N] [--runs N] [--cuts N] [--faults N] [--kind N] [--all] [--verbose]\n"
          "  --seed N    of the first run; the next run has the next seed (1)\n"
          "  --runs N    lotteries that are played and cut (2)\n"
          "  --cuts N    power cuts of each run, about; without --all (60)\n"
          "  --faults N  faults of each kind, of each run; without --all (2)\n"
          "  --kind N    only these faults: 1 errors, 2 failed syncs, 3 no room, 4 short writes, 5 failed "
          "reads\n"
          "  --all       every operation of every run: each damage of a power cut, each fault\n"
          "  --verbose   the central's log, too\n",
          to);
}

static bool read_options(int count, char **arguments) {
    static const struct option known[] = {
        {"seed", required_argument, NULL, 's'},
        {"runs", required_argument, NULL, 'r'},
        {"cuts", required_argument, NULL, 'c'},
        {"faults", required_argument, NULL, 'f'},
        {"kind", required_argument, NULL, 'k'},
        {"all", no_argument, NULL, 'a'},
        {"verbose", no_argument, NULL, 'v'},
        {"help", no_argument, NULL, 'h'},
        {0},
    };
    int option;
    while ((option = getopt_long(count, arguments, "", known, NULL)) != -1) {
        uint64_t number = optarg == NULL ? 0 : strtoull(optarg, NULL, 10);
        switch (option) {
        case 's':
            options.seed = number;
            break;
        case 'r':
            options.runs = (unsigned)number;
            break;
        case 'c':
            options.cuts = (unsigned)number;
            break;
        case 'f':
            options.faults = (unsigned)number;
            break;
        case 'k':
            options.kind = (int)number;
            break;
        case 'a':
            options.all = true;
            break;
        case 'v':
            options.verbose = true;
            break;
        case 'h':
            usage(stdout);
            exit(EXIT_SUCCESS);
        default:
            return false;
        }
    }
    return optind == count;
}

static void remove_files(void) {
    static const char *const endings[] = {"", "-journal", "-wal", "-lock"};
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        char name[80];
        snprintf(name, sizeof name, "%s%s", path, endings[i]);
        unlink(name);
    }
    rmdir(folder);
}

int main(int count, char **arguments) {
    if (!read_options(count, arguments)) {
        usage(stderr);
        return 2;
    }
    if (mkdtemp(folder) == NULL) {
        perror(folder);
        return EXIT_FAILURE;
    }
    snprintf(path, sizeof path, "%s/store", folder);
    atexit(remove_files);
    if (!options.verbose) {
        log_set_level(LOG_LEVEL_CRITICAL);
    }
    vfs_register();
    // So little that bets are filed all the time, for each of the reasons there are.
    filing_limits = (struct filing_limits){
        .chunk_bytes = 1024, .agency_bytes = 2000, .target_bytes = 700, .held_bytes = 1500};
    for (unsigned i = 0; i < options.runs; i++) {
        try_seed(options.seed + i);
    }
    printf("%u runs of %u entries; %u power cuts, %u more while opening, %u played to the end\n"
           "%u runs with faults, %u faults met, %u gave up; %u power cuts after a fault\n",
           done.runs, done.operations, done.cuts, done.second_cuts, done.finished, done.fault_runs,
           done.faults, done.given_up, done.fault_cuts);
    return EXIT_SUCCESS;
}
