// Stores chunks of bets in PostgreSQL as our own store does, one row a chunk, as fast as libpq can: pipeline
// mode, binary parameters, several chunks a commit, and the next commits on their way before the first is
// answered. The table is there already: chunks (agency, first, count, numbers, rows).
#include "base/clock.h"
#include "bench/payload.h"
#include "bet/chunk.h"

#include <assert.h>
#include <endian.h>
#include <inttypes.h>
#include <libpq-fe.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PARAMETERS = 5, COMMITS_ON_THEIR_WAY = 4 };

static const char insert[] = "INSERT INTO chunks (agency, first, count, numbers, rows) "
                             "VALUES ($1::int, $2::bigint, $3::int, $4::bytea, $5::text)";

static void fail(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

static void fail(const char *format, ...) {
    va_list values;
    va_start(values, format);
    fprintf(stderr, "pg_client: ");
    vfprintf(stderr, format, values);
    fputc('\n', stderr);
    va_end(values);
    exit(1);
}

static struct chunk **make_chunks(const struct payload *payload, uint32_t chunk_size, size_t *count) {
    *count = (payload->count + chunk_size - 1) / chunk_size;
    struct chunk **chunks = calloc(*count, sizeof(struct chunk *));
    if (chunks == NULL) {
        fail("no memory");
    }
    struct error error;
    for (uint64_t i = 0; i < payload->count; i++) {
        struct chunk **chunk = &chunks[i / chunk_size];
        size_t begin = payload->text_starts[i], length = payload->text_starts[i + 1] - begin - 1;
        if (i % chunk_size == 0) {
            uint64_t end = i + chunk_size < payload->count ? i + chunk_size : payload->count;
            *chunk = chunk_new(chunk_size, payload->text_starts[end] - begin);
        }
        if (*chunk == NULL || !chunk_add(*chunk, payload->text + begin, length, &error)) {
            fail("a bet cannot be taken");
        }
    }
    return chunks;
}

static void send_chunk(PGconn *connection, const struct chunk *chunk, uint64_t first) {
    assert(chunk != NULL);
    uint32_t agency = htobe32(1), count = htobe32(chunk->count);
    uint64_t position = htobe64(first);
    const char *values[PARAMETERS] = {(const char *)&agency, (const char *)&position, (const char *)&count,
                                      (const char *)chunk->numbers, chunk->rows};
    const int lengths[PARAMETERS] = {sizeof agency, sizeof position, sizeof count, 2 * (int)chunk->count,
                                     (int)chunk->rows_length};
    static const int formats[PARAMETERS] = {1, 1, 1, 1, 1};
    if (PQsendQueryPrepared(connection, "insert", PARAMETERS, values, lengths, formats, 0) != 1) {
        fail("%s", PQerrorMessage(connection));
    }
}

// Waits until the socket is ready, sending what libpq still holds back.
static void wait_for_socket(PGconn *connection) {
    int unsent = PQflush(connection);
    struct pollfd descriptor = {.fd = PQsocket(connection), .events = POLLIN | (unsent > 0 ? POLLOUT : 0)};
    if (unsent < 0 || poll(&descriptor, 1, 60000) <= 0 || PQconsumeInput(connection) != 1) {
        fail("%s", PQerrorMessage(connection));
    }
}

// Takes results up to the next commit's.
static void take_commit(PGconn *connection) {
    for (;;) {
        while (PQisBusy(connection)) {
            wait_for_socket(connection);
        }
        PGresult *result = PQgetResult(connection);
        ExecStatusType status = result == NULL ? PGRES_COMMAND_OK : PQresultStatus(result);
        PQclear(result);
        if (status == PGRES_PIPELINE_SYNC) {
            return;
        }
        if (status != PGRES_COMMAND_OK) {
            fail("%s", PQerrorMessage(connection));
        }
    }
}

// What stands between two syncs of the pipeline is one transaction.
static void store(PGconn *connection, struct chunk **chunks, size_t count, size_t chunks_a_commit) {
    uint64_t first = 0;
    size_t sent = 0, commits = 0;
    while (sent < count) {
        for (size_t i = 0; i < chunks_a_commit && sent < count; i++, sent++) {
            send_chunk(connection, chunks[sent], first);
            first += chunks[sent]->count;
        }
        if (PQpipelineSync(connection) != 1 || PQflush(connection) < 0) {
            fail("%s", PQerrorMessage(connection));
        }
        if (++commits > COMMITS_ON_THEIR_WAY) {
            take_commit(connection);
            commits--;
        }
    }
    while (commits-- > 0) {
        take_commit(connection);
    }
}

static PGconn *open_connection(const char *parameters) {
    PGconn *connection = PQconnectdb(parameters);
    if (PQstatus(connection) != CONNECTION_OK) {
        fail("%s", PQerrorMessage(connection));
    }
    PGresult *prepared = PQprepare(connection, "insert", insert, PARAMETERS, NULL);
    if (PQresultStatus(prepared) != PGRES_COMMAND_OK || PQsetnonblocking(connection, 1) != 0 ||
        PQenterPipelineMode(connection) != 1) {
        fail("%s", PQerrorMessage(connection));
    }
    PQclear(prepared);
    return connection;
}

int main(int argc, char **argv) {
    if (argc != 5 || atoi(argv[3]) < 1 || atoi(argv[4]) < 1) {
        fprintf(stderr, "usage: pg_client CONNECTION BETS.csv CHUNK_SIZE CHUNKS_A_COMMIT\n");
        return 2;
    }
    struct payload payload;
    struct error error;
    payload_init(&payload);
    if (!payload_add_file(&payload, argv[2], &error)) {
        fail("%s", error.text);
    }
    size_t count;
    struct chunk **chunks = make_chunks(&payload, (uint32_t)atoi(argv[3]), &count);
    PGconn *connection = open_connection(argv[1]);
    uint64_t start_ns = clock_steady_ns();
    store(connection, chunks, count, (size_t)atoi(argv[4]));
    double seconds = (double)(clock_steady_ns() - start_ns) / 1e9;
    PQfinish(connection);
    printf("{\"bets\":%" PRIu64 ",\"seconds\":%.6f,\"bets_per_second\":%.1f}\n", payload.count, seconds,
           (double)payload.count / seconds);
    for (size_t i = 0; i < count; i++) {
        chunk_free(chunks[i]);
    }
    free(chunks);
    payload_free(&payload);
    return 0;
}
