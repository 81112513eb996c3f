// The store's contract: what a store of bets promises, and the small table of functions that each one
// provides.
//
// Invariants (held by tests/unit/test_store.c, which runs against every store):
//   1. What store_commit returned true for is there after any crash.
//   2. A group (store_begin … store_commit) is stored whole or not at all.
//   3. A failed call is sticky: the store then takes nothing until it has been closed and opened again, and
//      whether the failed commit was stored is only known by reading it back. Only two leave the store
//      open, with nothing of the group stored: ERROR_STORE_STALE, another server was quicker; and
//      ERROR_STORE_REFUSED, something of the group is nothing that it takes.
//   4. (draw, agency, first) is unique: the same place is never stored twice.
//   5. What was damaged after it was stored is not handed out: the call fails, and says which row it is. Only
//      a chunk's `rows` are for the reader to check, by its `digest`. Held by tests/unit/test_damage.c.
//   6. A row that was changed by another server since it was read is not replaced: ERROR_STORE_STALE.
//      Held by tests/unit/test_store_shared.c.
// One thread at a time uses a store.
#ifndef QUINIELA_STORE_STORE_H
#define QUINIELA_STORE_STORE_H

#include "base/error.h"

#include <limits.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { STORE_DIGEST_BYTES = 32, STORE_TIME_BYTES = 24, STORE_ADDRESS_BYTES = 256 };

enum draw_state { DRAW_OPEN, DRAW_SEALED, DRAW_DRAWN };

// In each of these `checksum` is of all the rest of it (of a chunk: all but `rows` and `digest`), and of the
// draw's name. The functions below set it and check it; implementations only keep it. Where a row is
// replaced, the caller leaves there what it read, or what store_put_… set, or 0 for no row: it tells which
// row is to be replaced (`replaces`, for the implementation).
//
// A time as "YYYY-MM-DDTHH:MM:SSZ", or "" for none yet.
struct stored_draw {
    enum draw_state state;
    uint32_t agencies;
    uint16_t winning_number;
    char opened_at[STORE_TIME_BYTES], sealed_at[STORE_TIME_BYTES], drawn_at[STORE_TIME_BYTES];
    uint64_t winners_checksum; // once drawn: the sum of the winners' checksums; kept as `checksum` is
    uint64_t checksum, replaces;
};

struct stored_agency {
    uint32_t agency;
    uint64_t bets;                      // how many are stored, and so the next expected `first`
    char finished_at[STORE_TIME_BYTES]; // when its last chunk was stored
    char told_at[STORE_TIME_BYTES];     // when it was first told its winners
    uint64_t checksum, replaces;
};

struct stored_chunk {
    uint32_t agency;
    uint64_t first;                     // bets of this agency before this chunk
    uint32_t count;                     // bets
    const uint8_t *numbers;             // `count` numbers, little-endian, 2 bytes each
    const char *rows;                   // the bets' texts, each ended by '\n'
    size_t rows_length;                 // bytes
    uint8_t digest[STORE_DIGEST_BYTES]; // SHA-256 of numbers and rows
    uint64_t checksum;
};

// A chunk without its bets.
struct stored_piece {
    uint64_t first;
    uint32_t count;
    const uint8_t *digest; // STORE_DIGEST_BYTES; NULL where the column is not of that size
};

struct stored_winner {
    uint32_t agency;
    uint64_t bet;         // its index among the agency's bets
    const char *document; // ended by a NUL
};

// Called for each row; what it is given lives until it returns. Returns false to stop, with `error` set.
typedef bool (*store_each_agency)(void *context, const struct stored_agency *agency, struct error *error);
typedef bool (*store_each_chunk)(void *context, const struct stored_chunk *chunk, struct error *error);
typedef bool (*store_each_piece)(void *context, const struct stored_piece *piece, struct error *error);
typedef bool (*store_each_winner)(void *context, const struct stored_winner *winner, struct error *error);

// Called with one sentence for each damage that a survey finds.
typedef void (*store_on_damage)(void *context, const char *damage);

enum store_mode {
    STORE_SERVE, // read and write; one process at a time where the store is not shared
    STORE_READ,  // read only, also while a server runs
};

// Which files a server's store is in. The first opening finds that out, and those that follow a failure get
// the same ones or fail: a new or another file has not what was acknowledged. Begins zeroed, for a store that
// is no file it stays so, and ends with store_forget.
struct store_identity {
    bool is_known;
    char path[PATH_MAX]; // where the name led the first time
    int database, log;   // descriptors (O_PATH): while they are held no new file gets the old one's number
    int keeper;          // descriptor of the database, with the lock that sqlite_files_note takes
    off_t bytes[2];      // how long the two were when they were last looked at
};

struct store;

// What an implementation provides; every function is required, but for the last nine. Each returns false
// with `error` set (ERROR_STORE_FAILED; ERROR_STORE_AWAY when the store cannot be reached; ERROR_STORE_STALE,
// ERROR_STORE_REFUSED) when it fails. Callers use the functions below, which keep invariants 3 and 5. A chunk
// whose columns are not of their sizes is handed out with `numbers` NULL.
struct store_operations {
    bool (*begin)(struct store *store, struct error *error);
    bool (*commit)(struct store *store, struct error *error);
    void (*rollback)(struct store *store);
    bool (*put_draw)(struct store *store, const struct stored_draw *draw, struct error *error);
    bool (*put_agency)(struct store *store, const struct stored_agency *agency, struct error *error);
    bool (*add_chunk)(struct store *store, const struct stored_chunk *chunk, struct error *error);
    bool (*add_winner)(struct store *store, const struct stored_winner *winner, struct error *error);
    bool (*get_draw)(struct store *store, struct stored_draw *draw, bool *found, struct error *error);
    bool (*agencies)(struct store *store, store_each_agency each, void *context, struct error *error);
    bool (*numbers)(struct store *store, store_each_chunk each, void *context, struct error *error);
    bool (*chunks)(struct store *store, uint32_t agency, uint64_t from, uint64_t to, store_each_chunk each,
                   void *context, struct error *error);
    bool (*pieces)(struct store *store, uint32_t agency, uint64_t from, uint32_t count_max,
                   store_each_piece each, void *context, struct error *error);
    bool (*winners)(struct store *store, store_each_winner each, void *context, struct error *error);
    bool (*check_files)(struct store *store, store_on_damage on_damage, void *context, struct error *error);
    void (*close)(struct store *store);
    // Of a store whose disk is ours; NULL in others.
    bool (*try_room)(struct store *store, size_t bytes, struct error *error);
    // Of a store that several servers share; NULL in others.
    bool (*snapshot)(struct store *store, struct error *error);
    bool (*get_agency)(struct store *store, uint32_t number, struct stored_agency *agency, bool *found,
                       struct error *error);
    bool (*lock_agencies)(struct store *store, const uint32_t *numbers, size_t count, store_each_agency each,
                          void *context, struct error *error);
    bool (*count_finished)(struct store *store, uint64_t draw_checksum, uint32_t more, uint32_t *finished,
                           struct error *error);
    bool (*lock_draw)(struct store *store, struct error *error);
    bool (*hold_draw)(struct store *store, uint64_t draw_checksum, struct error *error);
    bool (*confirm)(struct store *store, struct error *error);
    bool (*claim_draw)(struct store *store, bool *claimed, struct error *error);
};

// What every implementation's own struct begins with.
struct store {
    const struct store_operations *operations; // these three are set by the implementation
    const char *address;
    const char *draw_name;
    bool failed; // invariant 3
    bool in_group;
    uint64_t winners_checksum; // of those added in the open group
    store_on_damage on_damage; // of a survey, or NULL
    void *damage_context;
};

// Opens the store at `address` (a connection string of PostgreSQL's, or else a path: SQLite) for the draw
// named `draw`, and makes it when it is not there and the mode is STORE_SERVE. On success the caller owns
// *store and ends it with store_close; on failure it is NULL, and the error ERROR_STORE_AWAY when trying
// again may help.
bool store_open(const char *address, const char *draw, enum store_mode mode, struct store **store,
                struct error *error) MUST_CHECK;

// As store_open with STORE_SERVE, for a server that opens its store again after it has failed: *identity,
// which the caller keeps, says which files it had. ERROR_STORE_FAILED when they are gone, or others are in
// their place.
bool store_open_same(const char *address, const char *draw, struct store_identity *identity,
                     struct store **store, struct error *error) MUST_CHECK;

// Gives back what *identity holds; it is as it began.
void store_forget(struct store_identity *identity);

// Closes and frees the store, and nulls the caller's pointer. A group that is not committed is dropped.
void store_close(struct store **store);

// The same for somebody who will open the store again: as after a failure its log stays as it is. A store
// that is closed properly takes its log away, and the one who comes back would miss it.
void store_give_up(struct store **store);

// Writes the address into `text` as it may be shown to anyone: without a password.
void store_show_address(const char *address, char text[STORE_ADDRESS_BYTES]);

// With no group begun: whether so many bytes more could be stored. Nothing is. True where the store cannot
// tell. ERROR_STORE_FAILED, and then the store has failed.
bool store_try_room(struct store *store, size_t bytes, struct error *error) MUST_CHECK;

// Whether `address` can be one; ERROR_BAD_SETTING when not, as with what would be kept in memory. Whether
// anything is there is seen by opening it.
bool store_check_address(const char *address, struct error *error) MUST_CHECK;

// Calls `each` for the paths that a store at `address` is opened with: those of its own folder and files,
// which are written, and those of others, such as a database's certificates, which are only read. They need
// not be there. What it is given lives until it returns.
typedef void (*store_each_path)(void *context, const char *path, bool is_written);
void store_paths(const char *address, store_each_path each, void *context);

// Whether the store at `address` is reached over a network, or a socket.
bool store_is_remote(const char *address);

// The TCP ports that a store at `address` is reached at, *count of them, at most `room`. False, with none,
// when they cannot be told before it is connected to: a service file may name them. Of remote stores only.
bool store_ports(const char *address, uint16_t *ports, size_t room, size_t *count) MUST_CHECK;

// Overwrites an address that has a password in it with asterisks.
void store_conceal_address(char *address);

// From now on nothing waits for a database for long once `descriptor` can be read: it fails with
// ERROR_STORE_AWAY. -1: nothing is watched any more.
void store_interrupt_on(int descriptor);

// Calls `on_change`, on a thread of its own, whenever another server may have changed a draw of the store at
// `address`. It may miss changes: whoever needs to know each looks now and then, too. *watch is NULL when the
// store is not shared; else the caller ends it with store_watch_stop, behind the signal that
// store_interrupt_on waits for.
struct store_watch;
bool store_watch_start(const char *address, void (*on_change)(void *context), void *context,
                       struct store_watch **watch, struct error *error) MUST_CHECK;

// Ends the thread, frees the watch (or takes NULL), and nulls the caller's pointer.
void store_watch_stop(struct store_watch **watch);

// Whether several servers may share the store, so that what was read may have changed since.
bool store_is_shared(const struct store *store);

// What is read from here to the next group is of one moment, as if nobody else wrote. A store that is not
// shared has nobody else.
bool store_snapshot(struct store *store, struct error *error) MUST_CHECK;

// A group of changes: begin, any number of put and add, commit. A failed call in between drops the group.
bool store_begin(struct store *store, struct error *error) MUST_CHECK;
bool store_commit(struct store *store, struct error *error) MUST_CHECK;

// Drops the open group, if there is one.
void store_drop(struct store *store);

// Makes or replaces the draw's row, or an agency's, and sets its checksum. Within a group. A draw becomes
// DRAW_DRAWN once, in the group that adds its winners, and behind them.
bool store_put_draw(struct store *store, struct stored_draw *draw, struct error *error) MUST_CHECK;
bool store_put_agency(struct store *store, struct stored_agency *agency, struct error *error) MUST_CHECK;

// Within a group: calls `each` for those of the agencies that have a row, as it is now; until the group ends
// no other server can change them. Of a shared store only.
bool store_lock_agencies(struct store *store, const uint32_t *numbers, size_t count, store_each_agency each,
                         void *context, struct error *error) MUST_CHECK;

// Within a group in which `more` agencies have finished, behind their rows: sets *finished to how many have
// in all, other servers' included; until the group ends no other one can finish any. A store that is not
// shared leaves *finished as it is. ERROR_STORE_STALE when the draw's row is not the one with
// `draw_checksum`.
bool store_count_finished(struct store *store, uint64_t draw_checksum, uint32_t more, uint32_t *finished,
                          struct error *error) MUST_CHECK;

// Within a group, before anything else: until it ends no other server can change the draw, or add bets to it.
// What is read of it then stays as it is.
bool store_lock_draw(struct store *store, struct error *error) MUST_CHECK;

// Within a group that adds bets, behind them: until it ends no other server can lock the draw.
// ERROR_STORE_STALE, at the commit at the latest, when its row is not the one with `draw_checksum`.
bool store_hold_draw(struct store *store, uint64_t draw_checksum, struct error *error) MUST_CHECK;

// Within a group: makes its commit wait for a standby's, also when the group changes nothing, so that all
// that was read before is as safe as what the group stores. A store that is not shared needs no such thing.
bool store_confirm(struct store *store, struct error *error) MUST_CHECK;

// Begins a group in which the sealed draw is this server's to make: no other server makes it until the group
// ends. ERROR_STORE_STALE, and no group, when another one is making it, or has.
bool store_begin_draw(struct store *store, struct error *error) MUST_CHECK;

// Adds a row. Fails when the place (agency, first) or (agency, bet) is taken. Within a group.
bool store_add_chunk(struct store *store, const struct stored_chunk *chunk, struct error *error) MUST_CHECK;
bool store_add_winner(struct store *store, const struct stored_winner *winner,
                      struct error *error) MUST_CHECK;

// The draw's row into *draw; *found is false when there is none.
bool store_get_draw(struct store *store, struct stored_draw *draw, bool *found,
                    struct error *error) MUST_CHECK;

// One agency's row as it is now, also when a snapshot was taken before. Of a shared store only.
bool store_get_agency(struct store *store, uint32_t number, struct stored_agency *agency, bool *found,
                      struct error *error) MUST_CHECK;

// Every agency that has a row, by number.
bool store_agencies(struct store *store, store_each_agency each, void *context,
                    struct error *error) MUST_CHECK;

// Every chunk, by agency and first, with its numbers only: `rows` is NULL. Reads 2 bytes a bet, and checks
// them.
bool store_numbers(struct store *store, store_each_chunk each, void *context, struct error *error) MUST_CHECK;

// The chunks that hold any bet of `agency` in [from, to), whole, in order; agency 0 means every agency's.
bool store_chunks(struct store *store, uint32_t agency, uint64_t from, uint64_t to, store_each_chunk each,
                  void *context, struct error *error) MUST_CHECK;

// The first `count_max` of the pieces that hold any bet of `agency` from `from` on, in order. Reads nothing
// of their bets, and so cannot check that they are as they were stored.
bool store_pieces(struct store *store, uint32_t agency, uint64_t from, uint32_t count_max,
                  store_each_piece each, void *context, struct error *error) MUST_CHECK;

// Every winner, by agency and bet.
bool store_winners(struct store *store, store_each_winner each, void *context,
                   struct error *error) MUST_CHECK;

// From now on damage makes no call fail: it is told, and what is damaged is left out (the draw's row is
// handed out as it is).
void store_survey(struct store *store, store_on_damage on_damage, void *context);

// The implementation's own check of the files, or whatever it stores in. Within a survey, which is told what
// it finds.
bool store_check_files(struct store *store, struct error *error) MUST_CHECK;

// "open", "sealed" or "drawn".
const char *draw_state_name(enum draw_state state);

// PostgreSQL's store (postgres.c), which several servers can share: `address` is a connection string as libpq
// takes it, several hosts too. As store_open.
bool postgres_store_open(const char *address, const char *draw, enum store_mode mode, struct store **store,
                         struct error *error) MUST_CHECK;

// SQLite's store (sqlite.c). As store_open.
bool sqlite_store_open(const char *path, const char *draw, enum store_mode mode, struct store **store,
                       struct error *error) MUST_CHECK;

// As store_open_same.
bool sqlite_store_open_same(const char *path, const char *draw, struct store_identity *identity,
                            struct store **store, struct error *error) MUST_CHECK;

// As store_paths (sqlite_files.c).
void sqlite_paths(const char *path, store_each_path each, void *context);

#endif
