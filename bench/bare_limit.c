// The bare limit: how fast the disk takes the very bytes of the bets, with nothing else done. Chunks are
// written to a new file, and every few of them are synced. With --sync it measures one sync instead: 4 KiB
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

enum { SYNC_BYTES = 4096, SYNC_PAGES = 1024 };

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

static bool write_chunks(const struct payload *payload, uint64_t chunk_size, uint64_t chunks_a_sync,
                         int file) {
    uint64_t unsynced = 0;
    for (uint64_t first = 0; first < payload->count; first += chunk_size) {
        uint64_t end = first + chunk_size < payload->count ? first + chunk_size : payload->count;
        size_t begin = payload->text_starts[first];
        if (!write_all(file, payload->text + begin, payload->text_starts[end] - begin) ||
            (++unsynced == chunks_a_sync && fdatasync(file) != 0)) {
            return false;
        }
        unsynced = unsynced == chunks_a_sync ? 0 : unsynced;
    }
    return unsynced == 0 || fdatasync(file) == 0;
}

static int measure_bytes(const char *bets, uint64_t chunk_size, uint64_t chunks_a_sync, const char *output) {
    struct payload payload;
    struct error error;
    payload_init(&payload);
    if (!payload_add_file(&payload, bets, &error)) {
        fprintf(stderr, "bare_limit: %s\n", error.text);
        return 1;
    }
    int file = open(output, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (file < 0) {
        return fail(output);
    }
    uint64_t start_ns = clock_steady_ns();
    if (!write_chunks(&payload, chunk_size, chunks_a_sync, file)) {
        return fail(output);
    }
    double seconds = (double)(clock_steady_ns() - start_ns) / 1e9;
    close(file);
    printf("{\"bets\":%" PRIu64 ",\"seconds\":%.6f,\"bets_per_second\":%.1f,\"megabytes_per_second\":%.3f}\n",
           payload.count, seconds, (double)payload.count / seconds,
           (double)payload.text_length / seconds / 1e6);
    payload_free(&payload);
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
    if (argc == 5 && strtoull(argv[2], NULL, 10) > 0 && strtoull(argv[3], NULL, 10) > 0) {
        return measure_bytes(argv[1], strtoull(argv[2], NULL, 10), strtoull(argv[3], NULL, 10), argv[4]);
    }
    fprintf(stderr, "usage: bare_limit BETS.csv CHUNK_SIZE CHUNKS_A_SYNC OUTPUT\n"
                    "       bare_limit --sync COUNT OUTPUT\n");
    return 2;
}
