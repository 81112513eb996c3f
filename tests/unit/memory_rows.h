// The rows of a store in memory, as memory_store.c keeps and copies them.
#ifndef QUINIELA_TESTS_MEMORY_ROWS_H
#define QUINIELA_TESTS_MEMORY_ROWS_H

#include "memory_store.h"

#include <stdlib.h>
#include <string.h>

// Its bytes are never changed, so that a server's rows and those that are committed can share it.
struct memory_chunk {
    unsigned holders;
    struct stored_chunk chunk;
    char bytes[]; // its rows, and then its numbers
};

struct memory_paper {
    unsigned holders;
    struct stored_paper paper;
    uint8_t bytes[];
};

static inline void let_go(struct memory_chunk *chunk) {
    if (--chunk->holders == 0) {
        free(chunk);
    }
}

static inline void drop_chunks(struct memory_rows *rows) {
    for (size_t i = 0; i < rows->chunk_count; i++) {
        let_go(rows->chunks[i]);
    }
    for (size_t i = 0; i < rows->voided_count; i++) {
        let_go(rows->voided[i].chunk);
    }
    rows->chunk_count = rows->voided_count = 0;
}

static inline void drop_papers(struct memory_rows *rows) {
    for (size_t i = 0; i < rows->paper_count; i++) {
        if (--rows->papers[i]->holders == 0) {
            free(rows->papers[i]);
        }
    }
    rows->paper_count = 0;
}

static inline void drop_rows(struct memory_rows *rows) {
    drop_chunks(rows);
    drop_papers(rows);
}

// Copies all that is there, and no more, because a simulation does it for every group.
static inline void copy_rows(struct memory_rows *to, const struct memory_rows *from) {
    for (size_t i = 0; i < from->chunk_count; i++) {
        from->chunks[i]->holders++;
    }
    for (size_t i = 0; i < from->voided_count; i++) {
        from->voided[i].chunk->holders++;
    }
    for (size_t i = 0; i < from->paper_count; i++) {
        from->papers[i]->holders++;
    }
    drop_rows(to);
    memcpy(to->papers, from->papers, from->paper_count * sizeof from->papers[0]);
    memcpy(to->voided, from->voided, from->voided_count * sizeof from->voided[0]);
    memcpy(to->chunks, from->chunks, from->chunk_count * sizeof from->chunks[0]);
    memcpy(to->agencies, from->agencies, from->agency_count * sizeof from->agencies[0]);
    memcpy(to->winners, from->winners, from->winner_count * sizeof from->winners[0]);
    to->chunk_count = from->chunk_count;
    to->agency_count = from->agency_count;
    to->winner_count = from->winner_count;
    to->voided_count = from->voided_count;
    to->paper_count = from->paper_count;
    to->has_draw = from->has_draw;
    to->draw = from->draw;
}

// Whether (agency, position) stands before the other in the order of reading.
static inline bool is_before(uint32_t agency, uint64_t position, uint32_t other, uint64_t other_position) {
    return agency < other || (agency == other && position < other_position);
}

static inline struct memory_chunk *copy_chunk(const struct stored_chunk *chunk) {
    size_t numbers_length = (size_t)chunk->count * 2;
    struct memory_chunk *copy = malloc(sizeof *copy + chunk->rows_length + numbers_length);
    if (copy != NULL) {
        copy->holders = 1;
        copy->chunk = *chunk;
        copy->chunk.rows = memcpy(copy->bytes, chunk->rows, chunk->rows_length);
        copy->chunk.numbers = memcpy(copy->bytes + chunk->rows_length, chunk->numbers, numbers_length);
    }
    return copy;
}

static inline struct memory_paper *copy_paper(const struct stored_paper *paper) {
    struct memory_paper *copy = malloc(sizeof *copy + paper->length);
    if (copy != NULL) {
        copy->holders = 1;
        copy->paper = *paper;
        copy->paper.bytes = memcpy(copy->bytes, paper->bytes, paper->length);
    }
    return copy;
}

static inline bool holds(const struct stored_chunk *chunk, uint32_t agency, uint64_t from, uint64_t to) {
    return (agency == 0 || chunk->agency == agency) && from < to && chunk->first < to &&
           chunk->first + chunk->count > from;
}

#endif
