// What an audit log says about one draw, collected as its records are read.
#ifndef QUINIELA_AUDIT_RECORDED_H
#define QUINIELA_AUDIT_RECORDED_H

#include "audit/chain.h"
#include "bet/limits.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { RECORDED_ROOT_BYTES = 48 };

struct recorded {
    char draw[DRAW_NAME_BYTES_MAX * 6 + 3]; // as written in a record, with its quotes
    bool sealed, forked, drawn, failed;     // `failed`: out of memory
    char root[RECORDED_ROOT_BYTES];         // the last one, as text; or ""
    bool is_new, has_ended;                 // the log is empty; its last record is `stopped`
    char continued_at[CHAIN_AT_BYTES];      // when the log began, if it continues an earlier file; or ""
    uint8_t *finished;                      // a bit for each agency
    size_t finished_bytes;
    struct recorded_reset {
        uint32_t agency, voiding;
    } * resets; // the last one of each agency that was reset
    size_t reset_count;
};

void recorded_begin(struct recorded *recorded, const char *draw);
void recorded_free(struct recorded *recorded);

// Takes a record. An audit_on_record; the context is the struct.
void recorded_take(void *recorded, const char *line, size_t length);

// The first notes that the agency has finished; the second tells whether it has.
void recorded_add_finished(struct recorded *recorded, uint32_t agency);
bool recorded_has_finished(const struct recorded *recorded, uint32_t agency);

// The first notes that the agency was reset for the voiding-th time: what was recorded of its end no longer
// counts. The second tells how often it has been.
void recorded_add_reset(struct recorded *recorded, uint32_t agency, uint32_t voiding);
uint32_t recorded_resets(const struct recorded *recorded, uint32_t agency);

// Whether an event at that time (UTC, as in the records) belongs to the previous file.
bool recorded_is_older(const struct recorded *recorded, const char *at);

#endif
