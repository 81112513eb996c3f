// The bare limit: how fast the disk takes the very bytes of the bets, with nothing else done. Chunks are
// written to a new file, and every few of them are synced; with COUNT, the bets from the first again until
// there are so many. With --sync it measures one sync instead: 4 KiB
// written, then fdatasync, again and again.
#include "base/clock.h"
#include "bench/histogram.h"
#include "bench/payload.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SYNC_BYTES = 4096, SYNC_PAGES = 1024, MARK_BETS = 1000000 };

static int fail(const char *what) {
    fprintf(stderr, "bare_limit: %s: %s\n", what, strerror(errno));
    return 1;
}

static bool write_all(int file, const char *bytes, size_t length) {
    while (length > 0) {
        ssize_t written = write(file, bytes, length);
        if (written < 0 && errno != EINTR) {
            return false;
        }
        bytes += written < 0 ? 0 : written;
        length -= written < 0 ? 0 : (size_t)written;
    }
    return true;
}

// What is written, and when which part of it was synced.
struct course {
    struct payload payload;
    uint64_t count, chunk_size, chunks_a_sync;
    uint64_t start_ns, end_ns;
    uint64_t *marks_ns; // when each further million was synced
    uint64_t synced;
};

static bool sync_so_far(struct course *course, uint64_t bets, int file) {
    if (fdatasync(file) != 0) {
        return false;
    }
    course->end_ns = clock_steady_ns();
    while ((course->synced / MARK_BETS + 1) * MARK_BETS <= bets) {
        course->marks_ns[course->synced / MARK_BETS] = course->end_ns;
        course->synced = (course->synced / MARK_BETS + 1) * MARK_BETS;
    }
    course->synced = bets;
    return true;
}

static bool write_chunks(struct course *course, int file) {
    const struct payload *payload = &course->payload;
    uint64_t written = 0, unsynced = 0;
    course->start_ns = clock_steady_ns();
    while (written < course->count) {
        uint64_t place = written % payload->count, bets = course->chunk_size;
        bets = bets < payload->count - place ? bets : payload->count - place;
        bets = bets < course->count - written ? bets : course->count - written;
        size_t begin = payload->text_starts[place];
        if (!write_all(file, payload->text + begin, payload->text_starts[place + bets] - begin)) {
            return false;
        }
        written += bets;
        unsynced = (unsynced + 1) % course->chunks_a_sync;
        if ((unsynced == 0 || written == course->count) && !sync_so_far(course, written, file)) {
            return false;
        }
    }
    return true;
}

static void print_course(const struct course *course) {
    double seconds = (double)(course->end_ns - course->start_ns) / 1e9;
    uint64_t marks = course->count / MARK_BETS;
    printf("{\"bets\":%" PRIu64 ",\"seconds\":%.6f,\"bets_per_second\":%.1f", course->count, seconds,
           (double)course->count / seconds);
    if (marks > 0) {
        uint64_t before_last_ns = marks == 1 ? course->start_ns : course->marks_ns[marks - 2];
        printf(",\"first_million_bets_per_second\":%.1f,\"last_million_bets_per_second\":%.1f",
               1e9 * MARK_BETS / (double)(course->marks_ns[0] - course->start_ns),
               1e9 * MARK_BETS / (double)(course->marks_ns[marks - 1] - before_last_ns));
    }
    printf("}\n");
}

static int measure_bytes(struct course *course, const char *bets, const char *output) {
    struct error error;
    payload_init(&course->payload);
    if (!payload_add_file(&course->payload, bets, &error)) {
        fprintf(stderr, "bare_limit: %s\n", error.text);
        return 1;
    }
    course->count = course->count == 0 ? course->payload.count : course->count;
    course->marks_ns = calloc(course->count / MARK_BETS + 1, sizeof *course->marks_ns);
    int file = open(output, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (file < 0 || course->marks_ns == NULL || !write_chunks(course, file)) {
        return fail(output);
    }
    close(file);
    print_course(course);
    free(course->marks_ns);
    payload_free(&course->payload);
    return 0;
}

// Over pages that the file has already, so that a sync is the data and nothing of the file system's: the
// shortest that a durable answer can take.
static int measure_sync(unsigned long count, const char *output) {
    static char page[SYNC_BYTES];
    static struct histogram histogram;
    int file = open(output, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (file < 0) {
        return fail(output);
    }
    for (int i = 0; i < SYNC_PAGES; i++) {
        if (!write_all(file, page, sizeof page)) {
            return fail(output);
        }
    }
    if (fsync(file) != 0) {
        return fail(output);
    }
    for (unsigned long i = 0; i < count; i++) {
        memset(page, (int)(i % 255) + 1, sizeof page);
        uint64_t start_ns = clock_steady_ns();
        if (pwrite(file, page, sizeof page, (off_t)(i % SYNC_PAGES) * SYNC_BYTES) != SYNC_BYTES ||
            fdatasync(file) != 0) {
            return fail(output);
        }
        histogram_add(&histogram, clock_steady_ns() - start_ns);
    }
    close(file);
    printf("{\"syncs\":%lu,\"sync_ms_p50\":%.4f,\"sync_ms_p99\":%.4f,\"sync_ms_max\":%.4f}\n", count,
           (double)histogram_quantile(&histogram, 0.5) / 1e6,
           (double)histogram_quantile(&histogram, 0.99) / 1e6, (double)histogram.maximum / 1e6);
    return 0;
}

int main(int argc, char **argv) {
    if (argc == 4 && strcmp(argv[1], "--sync") == 0 && strtoul(argv[2], NULL, 10) > 0) {
        return measure_sync(strtoul(argv[2], NULL, 10), argv[3]);
    }
    struct course course = {0};
    if (argc == 5 || argc == 6) {
        course.chunk_size = strtoull(argv[2], NULL, 10);
        course.chunks_a_sync = strtoull(argv[3], NULL, 10);
        course.count = argc == 6 ? strtoull(argv[5], NULL, 10) : 0;
    }
    if (course.chunk_size > 0 && course.chunks_a_sync > 0) {
        return measure_bytes(&course, argv[1], argv[4]);
    }
    fprintf(stderr, "usage: bare_limit BETS.csv CHUNK_SIZE CHUNKS_A_SYNC OUTPUT [COUNT]\n"
                    "       bare_limit --sync COUNT OUTPUT\n");
    return 2;
}
