// For callers: the promises of a store of bets.
//
// Invariants (held by tests/unit/test_store.c, which runs against every kind of store):
//   1. Once store_commit has returned true, its group survives any crash.
//   2. A group (store_begin … store_commit) is stored whole or not at all.
//   3. A failed call is sticky: the store then takes nothing until it has been closed and opened again. Only
//      reading back shows whether a failed commit was stored. Two errors leave the store open, with nothing
//      of the group stored: ERROR_STORE_STALE, another server was quicker; and ERROR_STORE_REFUSED, the store
//      does not accept something in the group.
//   4. (draw, agency, first) is unique: the same place is never stored twice.
//   5. A row damaged after it was stored is not handed out: the call fails, and names the row. Only
//      a chunk's `rows` must be checked by the reader, with its `digest`. Held by tests/unit/test_damage.c.
//   6. A row that another server has changed since it was read is not replaced: ERROR_STORE_STALE. Held by
//      tests/unit/test_store_shared.c.
// One thread at a time uses a store.
#ifndef QUINIELA_STORE_STORE_H
#define QUINIELA_STORE_STORE_H

#include "base/error.h"
#include "store/address.h"
#include "store/opening.h"
#include "store/rows.h"

#include <stddef.h>
#include <stdint.h>

struct store;

// Whether a draw may have this name, as opening a store of it demands. ERROR_BAD_SETTING, naming DRAW.
bool store_check_draw(const char *draw, struct error *error) MUST_CHECK;

// Opens the store at `address` (kinds.c lists the kinds) for the draw named `draw`. Makes it if it does not
// exist and the mode is STORE_SERVE. On success the caller owns *store and ends it with store_close. On
// failure it is NULL, and the error is ERROR_STORE_AWAY when trying again may help, or ERROR_STORE_EMPTY
// or ERROR_STORE_OLDER (opening.h).
bool store_open(const char *address, const char *draw, enum store_mode mode, struct store **store,
                struct error *error) MUST_CHECK;

// As store_open with STORE_SERVE, for a server that reopens its store after a failure: *identity, which the
// caller keeps, says which files it had. ERROR_STORE_FAILED when they are gone, or others are in their
// place.
bool store_open_same(const char *address, const char *draw, struct store_identity *identity,
                     struct store **store, struct error *error) MUST_CHECK;

// As store_open with STORE_READ, beside a server's store: only those files are opened that store_open_same
// has noted in *identity, which is not changed. Any thread may. ERROR_STORE_FAILED as there.
bool store_open_same_to_read(const char *address, const char *draw, struct store_identity *identity,
                             struct store **store, struct error *error) MUST_CHECK;

// Releases what *identity holds, and returns it to its initial state.
void store_forget(struct store_identity *identity);

// Closes and frees the store, and nulls the caller's pointer. An uncommitted group is dropped.
void store_close(struct store **store);

// As store_close, for a caller that will reopen the store: its log stays unchanged, as after a failure. A
// properly closed store deletes its log, and the reopened store would miss it.
void store_give_up(struct store **store);

// With no group begun: tests whether so many more bytes could be stored, and stores nothing. True if the
// store cannot tell. ERROR_STORE_FAILED, and then the store has failed.
bool store_try_room(struct store *store, size_t bytes, struct error *error) MUST_CHECK;

// The store's place, for messages: without a password. And its draw.
const char *store_place(const struct store *store);
const char *store_draw_name(const struct store *store);

// Tells a store from every other one, whatever addresses lead to it, until its database is started again. ""
// for one that is in a file or was not opened to serve, and where the database does not say.
const char *store_id(const struct store *store);

// Asks the store at `address` for its id, without opening it. Fails as store_open does.
bool store_find_id(const char *address, char id[STORE_ID_BYTES], struct error *error) MUST_CHECK;

// Whether several servers may share the store, so that rows may have changed since they were read.
bool store_is_shared(const struct store *store);

// Everything read from here to the next group is as of one moment, as if nobody else wrote. A store that is
// not shared has nobody else.
bool store_snapshot(struct store *store, struct error *error) MUST_CHECK;

// Ends that, and the snapshot that a shared store has had since it was opened to be read: nobody who changes
// it has to wait for this one, however long it reads nothing. What is read later is as of a moment of its
// own. A store that is not shared goes on showing the moment of its opening.
bool store_end_snapshot(struct store *store, struct error *error) MUST_CHECK;

// A group of changes: begin, any number of put and add, commit. A failed call in between drops the group.
bool store_begin(struct store *store, struct error *error) MUST_CHECK;
bool store_commit(struct store *store, struct error *error) MUST_CHECK;

// Drops the open group, if there is one.
void store_drop(struct store *store);

// Makes or replaces the draw's row, or an agency's, and sets its checksum. Within a group. A draw has a row
// of its own before any other of its rows is stored. A draw becomes DRAW_DRAWN once, in the group that adds
// its winners, and after them. The root of its tree is set once, in the same way as all else: of two servers
// that computed it, the second one finds that the row has changed (ERROR_STORE_STALE).
bool store_put_draw(struct store *store, struct stored_draw *draw, struct error *error) MUST_CHECK;
bool store_put_agency(struct store *store, struct stored_agency *agency, struct error *error) MUST_CHECK;

// Within a group in which `more` agencies have finished, after their rows: sets *finished to the total
// number that have, including those of other servers. Until the group ends no other server can finish any. A
// store that is not shared leaves *finished unchanged. ERROR_STORE_STALE when the draw's row is not the one
// with `draw_checksum`.
bool store_count_finished(struct store *store, uint64_t draw_checksum, uint32_t more, uint32_t *finished,
                          struct error *error) MUST_CHECK;

// Within a group, before anything else: until it ends no other server can change the draw, or add bets to
// it. Whatever is read of the draw stays valid until then.
bool store_lock_draw(struct store *store, struct error *error) MUST_CHECK;

// Within a group that adds bets, after them: until it ends no other server can lock the draw.
// ERROR_STORE_STALE, at the commit at the latest, when its row is not the one with `draw_checksum`, or its
// cut-off has come by the database's clock.
bool store_hold_draw(struct store *store, uint64_t draw_checksum, struct error *error) MUST_CHECK;

// The time by the database's clock, which decides for all servers when a cut-off has come. Of a shared store
// only: elsewhere the server's own clock does.
bool store_now(struct store *store, char now[STORE_TIME_BYTES], struct error *error) MUST_CHECK;

// Within a group: makes its commit wait for a standby's, even if the group changes nothing. Everything read
// before is then as safe as what the group stores. A store that is not shared does not need this.
bool store_confirm(struct store *store, struct error *error) MUST_CHECK;

// Begins a group in which this server makes the sealed draw: no other server makes it until the group ends.
// ERROR_STORE_STALE, and no group, when another one is making it or has made it.
bool store_begin_draw(struct store *store, struct error *error) MUST_CHECK;

// Adds a row. Fails when the place (agency, first) or (agency, bet) is taken; in a store that joins chunks
// (filing.h), any place within what an agency's row counts and its chunks hold. Within a group.
bool store_add_chunk(struct store *store, const struct stored_chunk *chunk, struct error *error) MUST_CHECK;
bool store_add_winner(struct store *store, const struct stored_winner *winner,
                      struct error *error) MUST_CHECK;

// Within a group: moves all bets of the agency that are stored out of the draw, to those that its reset
// number `voiding` (from 1) voided. *bets: how many they were. Then the caller puts the agency's row, without
// them, and the draw's, with so many more voided.
bool store_void_agency(struct store *store, uint32_t agency, uint32_t voiding, uint64_t *bets,
                       struct error *error) MUST_CHECK;

// Within a group: adds a paper, of 1 to STORE_PAPER_BYTES_MAX bytes; `checksum` is set on the way. Fails when
// its place (kind, number) is taken. ERROR_STORE_REFUSED when it is empty or too long.
bool store_add_paper(struct store *store, const struct stored_paper *paper, struct error *error) MUST_CHECK;

// Within a group: deletes all bets of the draw and its winners' documents, and puts the draw's row, without
// the salts' secret, which says when. The root and the papers stay. (erase.h also overwrites what is gone on
// the disk.)
bool store_erase(struct store *store, struct stored_draw *draw, struct error *error) MUST_CHECK;

// Reads the draw's row into *draw; *found is false when there is none.
bool store_get_draw(struct store *store, struct stored_draw *draw, bool *found,
                    struct error *error) MUST_CHECK;

// Calls `each` with the row of each of these agencies that has one, by number. With `locks`, within a group:
// until it ends no other server can change these rows. Of a shared store only.
bool store_some_agencies(struct store *store, const uint32_t *numbers, size_t count, bool locks,
                         store_each_agency each, void *context, struct error *error) MUST_CHECK;

// Counts the agencies' rows, as they are stored: none is read, so none is checked. Of a shared store only.
bool store_total_agencies(struct store *store, struct stored_totals *totals, struct error *error) MUST_CHECK;

// Counts the papers of the draw, but for the records of its rules: none is read. Of a shared store only.
bool store_count_papers(struct store *store, uint32_t *count, struct error *error) MUST_CHECK;

// Every draw of the store, by name, whichever it was opened for.
bool store_draws(struct store *store, store_each_draw each, void *context, struct error *error) MUST_CHECK;

// Every agency that has a row, by number.
bool store_agencies(struct store *store, store_each_agency each, void *context,
                    struct error *error) MUST_CHECK;

// Every chunk, by agency and first, with its numbers only: `rows` is NULL. Reads 2 bytes a bet, and checks
// them.
bool store_numbers(struct store *store, store_each_chunk each, void *context, struct error *error) MUST_CHECK;

// The chunks that hold any bet of `agency` in [from, to), whole, in order; agency 0 means every agency.
bool store_chunks(struct store *store, uint32_t agency, uint64_t from, uint64_t to, store_each_chunk each,
                  void *context, struct error *error) MUST_CHECK;

// The first `count_max` of the pieces that hold any bet of `agency`, starting at `from`, in order. Reads
// none of their bets, and so cannot check that they are unchanged.
bool store_pieces(struct store *store, uint32_t agency, uint64_t from, uint32_t count_max,
                  store_each_piece each, void *context, struct error *error) MUST_CHECK;

// Every voided chunk, whole, by agency, voiding and first.
bool store_voided(struct store *store, store_each_voided each, void *context, struct error *error) MUST_CHECK;

// Every winner, by agency and bet.
bool store_winners(struct store *store, store_each_winner each, void *context,
                   struct error *error) MUST_CHECK;

// Every paper of the draw, by kind and number.
bool store_papers(struct store *store, store_each_paper each, void *context, struct error *error) MUST_CHECK;

// From now on no call fails because of damage: it is reported, and damaged rows are left out (the draw's row
// is handed out unchanged).
void store_survey(struct store *store, store_on_damage on_damage, void *context);

// The backend's own check of its files, or of whatever it stores in. Within a survey, to which it reports
// its findings.
bool store_check_files(struct store *store, struct error *error) MUST_CHECK;

#endif
