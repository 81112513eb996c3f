// What an agency tells people about its work: the lines of the contract, its winners, and how far it is.
#ifndef QUINIELA_AGENCY_REPORT_H
#define QUINIELA_AGENCY_REPORT_H

#include "agency/dialogue.h"
#include "wire/reply.h"

#include <stddef.h>
#include <stdint.h>

// A chunk of `count` bets, the last of the agency's first `end`, was acknowledged.
void report_acknowledged(const struct dialogue_options *options, uint32_t count, uint64_t end);

// The same chunk was refused for good; of a file its lines are named.
void report_refused(const struct dialogue_options *options, uint32_t count, uint64_t end,
                    const struct reply *reply);

// The winners came: documents joined by commas, printed as well where the options say so.
void report_winners(const struct dialogue_options *options, const char *documents, size_t length);

// How far the file is read, of which `acknowledged` bets are stored.
void report_progress(const struct dialogue_options *options, uint64_t acknowledged);

#endif
