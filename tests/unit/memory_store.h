// A store in memory, added as anyone would add a third kind: with one file, and one line in the table of
// kinds. When it is linked, the table has that line and all of the program's (src/store/kinds.c).
//
// It can be made to fail: so the simulation's disk (tests/sim/disk.c) is this store, too.
#ifndef QUINIELA_TESTS_MEMORY_STORE_H
#define QUINIELA_TESTS_MEMORY_STORE_H

#include "bet/limits.h"
#include "store/backend.h"

extern const struct store_kind memory_kind;

// Its addresses are "memory:" and a name; everything committed there stays until this function forgets it.
void memory_store_forget(void);

// What is stored ------------------------------------------------------------------------------------------

enum {
    MEMORY_AGENCIES_MAX = 16,
    MEMORY_CHUNKS_MAX = 1024,
    MEMORY_WINNERS_MAX = 1024,
    MEMORY_VOIDED_MAX = 1024,
    MEMORY_PAPERS_MAX = 256
};

struct memory_winner {
    uint32_t agency;
    uint64_t bet;
    char document[DOCUMENT_BYTES_MAX + 1];
};

// A draw's rows, each kind in the order in which it is read.
struct memory_rows {
    char draw_name[DRAW_NAME_BYTES_MAX + 1];
    bool has_draw;
    struct stored_draw draw;
    struct stored_agency agencies[MEMORY_AGENCIES_MAX];
    struct memory_chunk *chunks[MEMORY_CHUNKS_MAX]; // memory_chunk tells what is in it
    struct memory_winner winners[MEMORY_WINNERS_MAX];
    struct memory_voided {
        uint32_t voiding;
        struct memory_chunk *chunk;
    } voided[MEMORY_VOIDED_MAX];
    struct memory_paper *papers[MEMORY_PAPERS_MAX]; // memory_paper_of tells what is in it
    size_t agency_count, chunk_count, winner_count, voided_count, paper_count;
};

const struct stored_chunk *memory_chunk(const struct memory_rows *rows, size_t index);
const struct stored_paper *memory_paper_of(const struct memory_rows *rows, size_t index);

// Failing -------------------------------------------------------------------------------------------------

// What becomes of a commit. One that fails is in doubt.
enum memory_fate { MEMORY_STORED, MEMORY_IN_DOUBT, MEMORY_LOST };

// Each may be NULL.
struct memory_faults {
    // Before each call, named as in struct store_operations (or "open"), before each row that is read, and
    // behind the last piece or winner. Returns false, with `error` set, when it is to fail.
    bool (*works)(const char *call, struct error *error);
    // Of a commit that works. If NULL, it is stored.
    enum memory_fate (*fate)(void);
    // Rows take the place of those that were committed before. A chunk that is in both is the same one.
    void (*stored)(const struct memory_rows *before, const struct memory_rows *rows);
    // A row was refused: it is there already, or there is no room for it.
    void (*refused)(const struct error *error);
    void (*closed)(void);
};

// From now on, for all stores in memory. It copies `faults`; all of them NULL: nothing fails.
void memory_store_fail(const struct memory_faults *faults);

// What a commit has left in doubt is stored, or it is lost. For `works`, before a call that would show it.
void memory_store_settle(bool is_stored);

#endif
