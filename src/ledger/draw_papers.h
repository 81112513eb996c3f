// The papers of a draw (store/rows.h), in memory and as files: all that is signed of it, or proves something,
// but for the records of its rules.
#ifndef QUINIELA_LEDGER_DRAW_PAPERS_H
#define QUINIELA_LEDGER_DRAW_PAPERS_H

#include "notary/folder.h"
#include "store/store.h"

struct paper {
    enum store_paper kind;
    uint32_t number;
    char *bytes; // and a NUL after them
    size_t length;
};

struct draw_papers {
    struct paper *list; // by kind and number
    size_t count;
};

// Reads those that the store has. ERROR_NO_MEMORY, errors of the store. Freed by the caller, also when it
// fails.
bool draw_papers_read(struct store *store, struct draw_papers *papers, struct error *error) MUST_CHECK;

void draw_papers_free(struct draw_papers *papers);

// The paper of that place; NULL when there is none.
const struct paper *draw_papers_find(const struct draw_papers *papers, enum store_paper kind,
                                     uint32_t number);

// How many of a kind there are: their numbers are those below it.
uint32_t draw_papers_count(const struct draw_papers *papers, enum store_paper kind);

// Whether one of that kind has these bytes. *number is then its.
bool draw_papers_has(const struct draw_papers *papers, enum store_paper kind, struct slice bytes,
                     uint32_t *number);

// All of it.
static inline struct slice paper_bytes(const struct paper *paper) {
    return (struct slice){paper->bytes, paper->length};
}

// The name of its file in the draw's folder, such as "cosignature-0.note".
void paper_name(enum store_paper kind, uint32_t number, char name[FOLDER_NAME_BYTES_MAX]);

// Within a group: adds a paper to the store.
bool paper_store(struct store *store, enum store_paper kind, uint32_t number, struct slice bytes,
                 struct error *error) MUST_CHECK;

#endif
