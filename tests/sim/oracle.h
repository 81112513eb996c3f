// The oracle knows what must be true. It sees every message sent, every answer given and every commit, and
// reports immediately when a promise (docs/operations.md) is broken.
#ifndef QUINIELA_TESTS_SIM_ORACLE_H
#define QUINIELA_TESTS_SIM_ORACLE_H

#include "store/store.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct planned_agency;

// What would survive a crash now.
struct durable {
    bool has_draw;
    struct stored_draw draw;
    const struct stored_agency *agencies; // by number, from 1; an entry whose agency is 0 has no row
};

void oracle_begin(void);
void oracle_end(void);

// The questions that an agency with these bets (NULL: a stranger) has asked on one connection, in order.
struct questions;
struct questions *questions_new(uint32_t agency, const struct planned_agency *bets);
void questions_free(struct questions *questions);

// An agency sends a whole frame.
void oracle_sent(struct questions *questions, const uint8_t *frame, size_t length);

// A copy of everything that clients with these bets have sent.
struct copied {
    uint32_t sent;   // bets, from the first on
    bool has_last;   // the last chunk, too
    uint32_t stored; // how many of the agency's bets are stored for good
    bool is_theirs;  // these bets are the stored ones
    bool finished;   // the agency's end is stored, and all these bets
};
struct copied oracle_copied(uint32_t agency, const struct planned_agency *bets);

// The central sends a whole frame, in answer to what came on that connection. Returns whether it has winners.
bool oracle_answered(struct questions *questions, const uint8_t *frame, size_t length);

// Winners that the central sent on that connection have reached the agency's system.
void oracle_arrived(const struct questions *questions);

// A commit is being made durable: first each new chunk and each new winner, in order; then the rows.
void oracle_chunk_stored(const struct stored_chunk *chunk);
void oracle_winner_stored(const struct stored_winner *winner);
void oracle_committed(const struct durable *durable);

// Whether what is stored from now on was written by an earlier commit, which failed.
void oracle_settling(bool settles);

// These bets, which a commit has stored, are read again.
void oracle_chunk_kept(const struct stored_chunk *chunk);

// An agency's client logs how many winners it was told of; or it gives up for good, whether it was told or
// not.
void oracle_client_told(uint32_t agency, const struct planned_agency *bets, uint64_t winners);
void oracle_client_gave_up(uint32_t agency, const struct planned_agency *bets, const struct error *error,
                           bool was_told);

// Everything is over: everything must be stored, drawn and told.
void oracle_check_end(void);

#endif
