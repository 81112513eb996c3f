// For implementers: what a kind of store provides. Callers see none of this; they use store.h, whose
// functions keep invariants 3 and 5 for every kind.
//
// A new kind is a file that defines a struct store_kind, and a line in kinds.c.
#ifndef QUINIELA_STORE_BACKEND_H
#define QUINIELA_STORE_BACKEND_H

#include "bet/limits.h"
#include "store/backing_up.h"
#include "store/opening.h"
#include "store/restoring.h"
#include "store/rows.h"

#include <limits.h>
#include <stdio.h>

struct store;
struct store_upgrade;
struct store_upgraded;
struct store_backup;
struct store_backed_up;

// The operations of an open store. Each returns false with `error` set when it fails: ERROR_STORE_FAILED;
// ERROR_STORE_AWAY when the store cannot be reached; ERROR_STORE_STALE and ERROR_STORE_REFUSED as in
// store.h. A chunk whose columns have the wrong size is handed out with `numbers` NULL.
struct store_operations {
    bool is_shared; // several servers may use one store; then the last nine are required, too
    bool (*begin)(struct store *store, struct error *error);
    bool (*commit)(struct store *store, struct error *error);
    bool (*rollback)(struct store *store); // false when the store cannot be used after that
    bool (*put_draw)(struct store *store, const struct stored_draw *draw, struct error *error);
    bool (*put_agency)(struct store *store, const struct stored_agency *agency, struct error *error);
    bool (*add_chunk)(struct store *store, const struct stored_chunk *chunk, struct error *error);
    bool (*add_winner)(struct store *store, const struct stored_winner *winner, struct error *error);
    // Of 1 to STORE_PAPER_BYTES_MAX bytes.
    bool (*add_paper)(struct store *store, const struct stored_paper *paper, struct error *error);
    bool (*get_draw)(struct store *store, struct stored_draw *draw, bool *found, struct error *error);
    bool (*draws)(struct store *store, store_each_draw each, void *context, struct error *error);
    bool (*agencies)(struct store *store, store_each_agency each, void *context, struct error *error);
    bool (*numbers)(struct store *store, store_each_chunk each, void *context, struct error *error);
    bool (*chunks)(struct store *store, uint32_t agency, uint64_t from, uint64_t to, store_each_chunk each,
                   void *context, struct error *error);
    bool (*pieces)(struct store *store, uint32_t agency, uint64_t from, uint32_t count_max,
                   store_each_piece each, void *context, struct error *error);
    bool (*winners)(struct store *store, store_each_winner each, void *context, struct error *error);
    // By kind and number. One whose kind is not known is handed out as PAPER_UNKNOWN, one without bytes with
    // `bytes` NULL.
    bool (*papers)(struct store *store, store_each_paper each, void *context, struct error *error);
    bool (*void_agency)(struct store *store, uint32_t agency, uint32_t voiding, uint64_t *bets,
                        struct error *error);
    // Deletes the draw's chunks, also voided ones, and empties its winners' documents.
    bool (*erase)(struct store *store, struct error *error);
    bool (*voided)(struct store *store, store_each_voided each, void *context, struct error *error);
    bool (*check_files)(struct store *store, store_on_damage on_damage, void *context, struct error *error);
    // Of a store that has failed, what was written last is left as it is: the next one to open it checks it.
    void (*close)(struct store *store);
    // Of a store whose rows have the draw's number in place of its name; NULL otherwise. Finds a number for a
    // draw that has no row yet.
    bool (*number_draw)(struct store *store, uint32_t *number, struct error *error);
    // NULL: it cannot tell.
    bool (*try_room)(struct store *store, size_t bytes, struct error *error);
    // Of a shared store.
    bool (*snapshot)(struct store *store, struct error *error);
    bool (*end_snapshot)(struct store *store, struct error *error);
    bool (*total_agencies)(struct store *store, struct stored_totals *totals, struct error *error);
    bool (*some_agencies)(struct store *store, const uint32_t *numbers, size_t count, bool locks,
                          store_each_agency each, void *context, struct error *error);
    bool (*count_papers)(struct store *store, uint32_t *count, struct error *error);
    bool (*count_finished)(struct store *store, uint64_t draw_checksum, uint32_t more, uint32_t *finished,
                           struct error *error);
    bool (*lock_draw)(struct store *store, struct error *error);
    bool (*hold_draw)(struct store *store, uint64_t draw_checksum, struct error *error);
    bool (*now)(struct store *store, char now[STORE_TIME_BYTES], struct error *error);
    bool (*confirm)(struct store *store, struct error *error);
    bool (*claim_draw)(struct store *store, bool *claimed, struct error *error);
};

// Every backend's own struct begins with this one. store_init sets the first three members; only store.c
// changes the rest. An operation may ask whether the store has failed.
struct store {
    const struct store_operations *operations;
    const char *address; // for messages: without a password
    char draw_name[DRAW_NAME_BYTES_MAX + 1];
    char id[STORE_ID_BYTES]; // set by the backend as it opens one to serve; "" when it has none
    bool failed;             // invariant 3
    bool in_group;
    uint64_t winners_checksum; // of those added in the open group
    store_on_damage on_damage; // of a survey, or NULL
    void *damage_context;
};

// `address` must outlive the store; store_open has checked that `draw` is a valid name.
static inline void store_init(struct store *store, const struct store_operations *operations,
                              const char *address, const char *draw) {
    *store = (struct store){.operations = operations, .address = address};
    snprintf(store->draw_name, sizeof store->draw_name, "%s", draw);
}

struct store_opening {
    const char *address, *draw;
    enum store_mode mode;
    struct store_identity *identity; // of store_open_same and store_open_same_to_read, otherwise NULL
};

// The first bytes of one type of a kind's files.
struct store_beginning {
    const char *bytes;
    size_t length;    // at most STORE_BEGINNING_BYTES
    const char *what; // "a database"
};

// A kind of store, by its addresses. Members that are not required may be NULL.
struct store_kind {
    const struct store_operations *operations;
    bool is_remote; // reached over a network or a socket
    // Whether an address is of this kind; the first kind in the table that accepts it gets it. Required.
    bool (*is_address)(const char *address);
    // As store_open and store_open_same. Required.
    bool (*open)(const struct store_opening *opening, struct store **store, struct error *error);
    // As store_check_address. Required.
    bool (*check_address)(const char *address, struct error *error);
    // As store_upgrade. If NULL, there is only one version of it.
    bool (*upgrade)(const char *address, const struct store_upgrade *upgrade, struct store_upgraded *upgraded,
                    struct error *error);
    // As store_backup, of a store that has just been opened for reading. If NULL, this program copies none.
    bool (*backup)(struct store *store, const char *to, const struct store_backup *backup,
                   struct store_backed_up *done, struct error *error);
    // As store_each_draw_name, of a store that has just been opened for reading. Required where `restore` is.
    bool (*each_draw_name)(struct store *store, store_each_name each, void *context, struct error *error);
    // As store_restore. If NULL, this program restores none.
    bool (*restore)(const char *address, store_make_copy make, void *context, struct store_restored *restored,
                    struct error *error);
    // Overwrites or gives back what deleted rows have left on the disk. If NULL, they leave nothing.
    bool (*scrub)(const char *address, struct error *error);
    // Writes at most `size` bytes. If NULL, the address is shown unchanged.
    void (*show_address)(const char *address, char *text, size_t size);
    // As store_plain_address. If NULL, it is always "".
    void (*plain_address)(const char *address, char *text, size_t size);
    // As store_find_id. If NULL, it has none.
    bool (*find_id)(const char *address, char id[STORE_ID_BYTES], struct error *error);
    // If NULL, addresses contain no password.
    bool (*has_password)(const char *address);
    // As store_paths. If NULL, there are none.
    void (*paths)(const char *address, store_each_path each, void *context);
    // As store_file. If NULL, it is not in a file.
    bool (*file)(const char *address, char path[PATH_MAX], struct error *error);
    // How its files begin, so that nothing overwrites one; ended by `bytes` NULL. If NULL, there are none.
    const struct store_beginning *beginnings;
    // Of a remote kind: the TCP ports of an address, *count of them, at most `room`. False, and none, if
    // they are not known before connecting.
    bool (*ports)(const char *address, uint16_t *ports, size_t room, size_t *count);
    // Of a remote kind: as store_interrupt_on.
    void (*interrupt_on)(int descriptor);
    // Of a shared kind (watch.c), on a thread of its own: calls `on_change` whenever another server may have
    // changed something. Returns with `error` set once changes can no longer be heard.
    void (*listen)(const char *address, void (*on_change)(void *context), void *context, struct error *error);
    // Of a shared kind: waits for `milliseconds`, or less when the program is told to stop. Returns whether
    // it was told to.
    bool (*is_interrupted)(int milliseconds);
};

#endif
