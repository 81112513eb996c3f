// The seal's root against the bare hash: bets of 39 bytes are put into the trees of a signed draw by so many
// threads (seal/root.h), and as many threads hash as many SHA-256 blocks with nothing else done, half of them
// before and half of them after. The share counts, by the clock and by the processors' time. Once more with
// chunks' numbers and digests checked. seal_root [BETS [THREADS [AGENCIES]]]
#include "base/clock.h"
#include "seal/root.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { ROW_BYTES = 39, CHUNK_BETS = 1000, THREADS_MAX = 256, BLOCKS_A_BET = 6 };

static const char origin[] = "lottery.example/central/bench";
static const uint8_t secret[SECRET_BYTES] = {0x40};

struct run {
    uint64_t bets;
    unsigned threads;
    uint32_t agencies;
    char rows[CHUNK_BETS * (ROW_BYTES + 1)];
    uint8_t numbers[2 * CHUNK_BETS];
    uint8_t digest[HASH_BYTES];
    bool is_checked;
};

struct spent {
    double wall_s, processor_s;
};

static struct spent now(void) {
    struct timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (struct spent){(double)clock_steady_ns() / 1e9, (double)time.tv_sec + (double)time.tv_nsec / 1e9};
}

static void add_since(struct spent *sum, struct spent begin) {
    struct spent end = now();
    sum->wall_s += end.wall_s - begin.wall_s;
    sum->processor_s += end.processor_s - begin.processor_s;
}

// The same blocks. ------------------------------------------------------------------------------------------

// The salt's HMAC is two blocks, the leaf two, a node two; a tree has one node less than leaves.
static uint64_t blocks_of(const struct run *run) {
    uint64_t blocks = run->bets * BLOCKS_A_BET;
    return run->is_checked ? blocks + run->bets * (ROW_BYTES + 1 + 2) / HASH_BLOCK_BYTES : blocks;
}

static const uint64_t blocks_a_chunk = (uint64_t)CHUNK_BETS * BLOCKS_A_BET;
static atomic_uint_fast64_t blocks_left;

// Message by message, each from the beginning, a thousand bets at a time: as the root's threads do, whichever
// is faster takes more.
static void *hash_blocks(void *argument) {
    static const unsigned messages[] = {1, 1, 2, 2};
    static const uint8_t bytes[2 * HASH_BLOCK_BYTES] = {1};
    uint64_t left;
    SHA256_CTX context;
    (void)argument;
    SHA256_Init(&context);
    while ((left = atomic_fetch_sub(&blocks_left, blocks_a_chunk)) <= INT64_MAX && left > 0) {
        for (uint64_t message = 0; message < (uint64_t)CHUNK_BETS * 4; message++) {
            memcpy(context.h, HASH_BEGUN->words, sizeof context.h);
            for (unsigned block = 0; block < messages[message % 4]; block++) {
                SHA256_Transform(&context, bytes + (size_t)block * HASH_BLOCK_BYTES);
            }
        }
    }
    return NULL;
}

static bool run_bare(const struct run *run, uint64_t blocks, struct spent *spent) {
    pthread_t threads[THREADS_MAX];
    struct spent begin = now();
    blocks_left = blocks - blocks % blocks_a_chunk; // so that it ends at 0
    for (unsigned i = 0; i < run->threads; i++) {
        if (pthread_create(&threads[i], NULL, hash_blocks, NULL) != 0) {
            return false;
        }
    }
    for (unsigned i = 0; i < run->threads; i++) {
        pthread_join(threads[i], NULL);
    }
    add_since(spent, begin);
    return true;
}

// The root. -------------------------------------------------------------------------------------------------

static bool on_agency(void *context, uint32_t agency, uint64_t count, const struct hash *root,
                      enum entry_state *state, struct error *error) {
    (void)context, (void)agency, (void)count, (void)root, (void)error;
    *state = ENTRY_FINISHED;
    return true;
}

static bool add_bets(struct root *root, const struct run *run, struct error *error) {
    for (uint32_t agency = 1; agency <= run->agencies; agency++) {
        uint64_t count = run->bets * agency / run->agencies - run->bets * (agency - 1) / run->agencies;
        for (uint64_t first = 0; first < count; first += CHUNK_BETS) {
            uint32_t bets = (uint32_t)(count - first < CHUNK_BETS ? count - first : CHUNK_BETS);
            bool is_whole = run->is_checked && bets == CHUNK_BETS;
            struct root_chunk chunk = {.agency = agency,
                                       .first = first,
                                       .count = bets,
                                       .rows = run->rows,
                                       .rows_length = (size_t)bets * (ROW_BYTES + 1),
                                       .numbers = is_whole ? run->numbers : NULL,
                                       .digest = is_whole ? run->digest : NULL};
            if (!root_add(root, &chunk, error)) {
                return false;
            }
        }
    }
    return true;
}

static bool run_root(const struct run *run, struct spent *spent) {
    static const atomic_bool never = false;
    struct root_options options = {.origin = slice_of(origin),
                                   .secret = secret,
                                   .agencies = run->agencies,
                                   .bets = run->bets,
                                   .threads = run->threads,
                                   .stop = &never,
                                   .on_agency = on_agency};
    struct checkpoint seal;
    struct error error;
    struct spent begin = now();
    struct root *root = root_begin(&options, &error);
    bool is_done = root != NULL && add_bets(root, run, &error) && root_end(root, &seal, &error);
    root_free(root);
    add_since(spent, begin);
    if (!is_done) {
        fprintf(stderr, "seal_root: %s\n", error.text);
    }
    return is_done;
}

static void make_rows(struct run *run) {
    struct hash digest;
    struct hasher hasher;
    for (size_t i = 0; i < CHUNK_BETS; i++) {
        unsigned number = (unsigned)(i * 7 % 10000);
        char row[ROW_BYTES + 2];
        snprintf(row, sizeof row, "Santiago,Lorca,3090%04zu,1999-03-17,%04u\n", i, number);
        memcpy(run->rows + i * (ROW_BYTES + 1), row, ROW_BYTES + 1);
        run->numbers[2 * i] = (uint8_t)number;
        run->numbers[2 * i + 1] = (uint8_t)(number >> 8);
    }
    hasher_begin(&hasher);
    hasher_add(&hasher, run->numbers, sizeof run->numbers);
    hasher_add(&hasher, run->rows, sizeof run->rows);
    hasher_end(&hasher, &digest);
    memcpy(run->digest, digest.bytes, sizeof run->digest);
}

// Bets a second, of the root and of the bare hash, and the share of that; by the processors' time, too.
struct figures {
    double root, bare, share, processor_share;
};

static bool measure(struct run *run, bool is_checked, struct figures *figures) {
    struct spent bare = {0}, root = {0};
    run->is_checked = is_checked;
    if (!run_bare(run, blocks_of(run) / 2, &bare) || !run_root(run, &root) ||
        !run_bare(run, blocks_of(run) / 2, &bare)) {
        return false;
    }
    *figures = (struct figures){(double)run->bets / root.wall_s, (double)run->bets / bare.wall_s,
                                bare.wall_s / root.wall_s, bare.processor_s / root.processor_s};
    return true;
}

static uint64_t argument(int count, char **texts, int index, uint64_t otherwise) {
    return index < count ? strtoull(texts[index], NULL, 10) : otherwise;
}

// The most memory that the program has had, in KiB; getrusage counts what its parent had before it, too.
static unsigned long peak_kib(void) {
    unsigned long peak = 0;
    char line[256];
    FILE *status = fopen("/proc/self/status", "r");
    while (status != NULL && fgets(line, sizeof line, status) != NULL) {
        if (strncmp(line, "VmHWM:", 6) == 0) {
            peak = strtoul(line + 6, NULL, 10);
        }
    }
    if (status != NULL) {
        (void)fclose(status);
    }
    return peak;
}

int main(int count, char **texts) {
    static struct run run;
    struct figures plain, checked;
    run.bets = argument(count, texts, 1, 50000000);
    run.threads = (unsigned)argument(count, texts, 2, (uint64_t)sysconf(_SC_NPROCESSORS_ONLN));
    run.agencies = (uint32_t)argument(count, texts, 3, 5);
    if (run.bets == 0 || run.threads == 0 || run.threads > THREADS_MAX || run.agencies == 0) {
        fprintf(stderr, "usage: seal_root [BETS [THREADS [AGENCIES]]]\n");
        return 2;
    }
    make_rows(&run);
    if (!measure(&run, false, &plain) || !measure(&run, true, &checked)) {
        return 1;
    }
    printf("{\"bets\":%" PRIu64 ",\"threads\":%u,\"bets_per_second\":%.1f,\"bare_bets_per_second\":%.1f,"
           "\"share\":%.3f,\"processor_share\":%.3f,\"checked_bets_per_second\":%.1f,\"checked_share\":%.3f,"
           "\"checked_processor_share\":%.3f,\"peak_kib\":%lu}\n",
           run.bets, run.threads, plain.root, plain.bare, plain.share, plain.processor_share, checked.root,
           checked.share, checked.processor_share, peak_kib());
    return 0;
}
