// What an agency tells of itself, as events (listener.h): how its connection, its bets and its winners fare.
#ifndef QUINIELA_AGENCY_REPORT_H
#define QUINIELA_AGENCY_REPORT_H

#include "agency/dialogue_options.h"
#include "base/error.h"
#include "wire/reply.h"

#include <stddef.h>
#include <stdint.h>

// The connection ------------------------------------------------------------------------------------------

// `action` failed at `address`, and will be retried in `wait_ms` milliseconds.
void report_retry(const char *action, const struct address *address, const char *reason, uint32_t wait_ms);

// A connection to `address` is up: the first one, or `again`, after one that failed.
void report_connected(const struct address *address, bool again);

// The central at `address` does not accept this agency.
void report_not_accepted(const struct address *address, const struct error *error);

// The socket is closed.
void report_closed(void);

// The bets ------------------------------------------------------------------------------------------------

// A chunk of `count` bets, the last of the agency's first `end`, was acknowledged.
void report_acknowledged(const struct dialogue_options *options, uint32_t count, uint64_t end);

// The same chunk was refused for good. If the bets come from a file, its lines are named, in `error` too,
// which becomes the reason for which the agency ends.
void report_refused(const struct dialogue_options *options, uint32_t count, uint64_t end,
                    const struct reply *reply, struct error *error);

// All bets are stored, `count` of them, and the central knows that there are no more.
void report_all_stored(uint64_t count);

// The draw was closed when `claimed` bets were stored, as the central says: the others take no part in it.
// Where the draw is signed, those without a receipt count to them. Returns whether there are others; `error`
// then says how many.
bool report_draw_closed(const struct dialogue_options *options, uint64_t claimed, const struct reply *reply,
                        struct error *error);

// It was told to end before the central had said that all bets are stored: `stored` of them are.
void report_not_sent(const struct dialogue_options *options, uint64_t stored);

// The central has `next` bets, and the agency continues from there; `reason` says how it learnt that.
void report_resync(const struct dialogue_options *options, const char *reason, uint64_t next);

// The central had acknowledged `had` bets, and wants those from `next` on.
void report_asked_again(const struct dialogue_options *options, uint64_t had, uint64_t next);

// The same, and the central does not say in which draw it has them: they are not sent again.
void report_not_sent_again(const struct dialogue_options *options, uint64_t had, uint64_t next);

// The central had acknowledged `had` bets in draw `before`, and now has draw `now`; `error` says so.
void report_other_draw(uint64_t had, const char *before, const char *now, struct error *error);

// The central cannot list its stored bets, so they cannot be compared.
void report_believed(const struct dialogue_options *options);

// How much of the file has been read; `acknowledged` of its bets are stored. Nothing of a single bet.
void report_progress(const struct dialogue_options *options, uint64_t acknowledged);

// The central is not to be believed, or what it has signed cannot be kept.
void report_not_believed(const struct error *error);

// The winners that were told are `count` bets of this agency's, those on the number.
void report_believed_winners(uint64_t count);

// They cannot be held against the bets, which came from a pipe or the like.
void report_winners_unchecked(const struct dialogue_options *options);

// The winners ---------------------------------------------------------------------------------------------

// The agency waits for the draw, at `address`.
void report_waiting(const struct address *address);

// It was told to end before it had the winners. `closed`: what report_draw_closed has set; NULL if every bet
// was taken.
void report_not_known(const struct error *closed);

// The question was sent.
void report_question(const struct dialogue_options *options);

// The draw has not been made yet: the agency asks again in `wait_ms` milliseconds.
void report_not_drawn(uint32_t wait_ms);

// The winners arrived: documents joined by commas.
void report_winners(const struct dialogue_options *options, const char *documents, size_t length);

// The winners arrived, and cannot be kept. `error` is given what to do.
void report_not_kept(struct error *error);

// The answer has `length` bytes, more than a client accepts; `error` says so.
void report_too_many_winners(size_t length, struct error *error);

// Adds to `error` what the central named its error, where that says nothing to us: then nothing else tells.
void report_unknown(const struct reply *reply, struct error *error);

// The question was not answered, and never will be.
void report_no_winners(const char *error, const char *message);

#endif
