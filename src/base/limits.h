// Every cap of the program, in one place, and how they hang together.
#ifndef QUINIELA_BASE_LIMITS_H
#define QUINIELA_BASE_LIMITS_H

#include <assert.h>

enum {
    // The wire (docs/protocol.md).
    FRAME_HEADER_BYTES = 4,
    MESSAGE_BYTES_MAX = 1024 * 1024,    // a message to the central, without its header
    REPLY_BYTES_MAX = 64 * 1024 * 1024, // a message to an agency, without its header: winners may be many
    WRITE_BYTES_MAX = 8064,             // no single write to a socket carries more
    JSON_PADDING_BYTES = 64, // bytes that must be readable behind a message for it to be parsed in place

    ECHO_LINE_BYTES_MAX = 1024 * 1024, // of the echo service

    // A bet.
    NAME_BYTES_MAX = 100,
    DOCUMENT_BYTES_MAX = 16,
    BET_NUMBER_MAX = 9999,
    BET_FIELDS = 5,
    BET_TEXT_BYTES_MAX = 512, // a whole bet, its commas included
    BET_TEXT_BYTES_MIN = 18,  // "a,b,1,2000-01-01,0"

    // A chunk. In JSON a bet takes its quotes and a comma more.
    CHUNK_BETS_MAX = MESSAGE_BYTES_MAX / (BET_TEXT_BYTES_MIN + 3) + 1,
    CHUNK_BETS_DEFAULT = 1000,
    PIECES_LISTED_MAX = 1000, // of what is stored, in one answer

    // An agency.
    AGENCIES_MAX = 10 * 1000 * 1000,
    WINDOW_DEFAULT = 4, // chunks on their way and not yet acknowledged
    WINDOW_MAX = 64,
    ANSWER_TIMEOUT_MS_MAX = 24 * 60 * 60 * 1000,

    // The central.
    LOOPS_MAX = 256,
    LISTEN_BACKLOG_MIN = 128,      // what the kernel is asked for at least
    CONNECTIONS_PROVEN_MAX = 128,  // of one certificate's agency
    HELD_MAX = 16,                 // consultations of one connection that wait for the draw
    REQUESTS_OUTSTANDING_MAX = 16, // of one connection; then it is not read until one is answered
    LANE_WEIGHT_MAX = 16,   // messages of one agency from one address that a loop has given the ledger; each
    AGENCY_WEIGHT_MAX = 24, // 256 KiB of one count as another. And of the agency from all addresses
    READ_BUFFER_BYTES = 128 * 1024,
    MEMORY_DEFAULT = 256 * 1024 * 1024, // held for all connections together
    MEMORY_LOOP_MIN = 4 * 1024 * 1024,  // of that for each loop
    LOOKUP_MS_MAX = 5000,               // of the name to listen at
    DESCRIPTORS_KEPT = 32,              // not used for connections: the store's, the log's
    DESCRIPTORS_KEPT_LOOP = 8,          // the same, for each loop
    GROUP_CHUNKS_MAX = 2048,            // in one commit
    GROUP_BYTES_MAX = 16 * 1024 * 1024, // the same: then the next ones have their turn

    // A compose file.
    COMPOSE_CLIENTS_MAX = 10000,

    // Names and texts.
    DRAW_NAME_BYTES_MAX = 64,
    ERROR_TEXT_BYTES = 384,
    LOG_LINE_BYTES_MAX = 2048,
    ADDRESS_BYTES_MAX = 300, // "host:port"
    ADDRESSES_MAX = 32,      // of the central's servers
};

static_assert(2 * NAME_BYTES_MAX + DOCUMENT_BYTES_MAX + 10 + 4 + BET_FIELDS - 1 <= BET_TEXT_BYTES_MAX,
              "every legal bet has room");
static_assert(BET_TEXT_BYTES_MAX * 6 + 200 < MESSAGE_BYTES_MAX,
              "a bet fits a message even when all of it is escaped");
static_assert(2 * MESSAGE_BYTES_MAX < MEMORY_LOOP_MIN, "each loop has room for the largest message");
static_assert(REQUESTS_OUTSTANDING_MAX <= LANE_WEIGHT_MAX && LANE_WEIGHT_MAX <= AGENCY_WEIGHT_MAX,
              "one connection alone never waits for another agency's, or another address's turn");
static_assert(WINDOW_DEFAULT <= REQUESTS_OUTSTANDING_MAX,
              "a default agency is never held back by its own window");

#endif
