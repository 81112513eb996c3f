// The agency's own bets: whether its file is good, and whether it begins with what is stored.
#ifndef QUINIELA_DOCTOR_BETS_H
#define QUINIELA_DOCTOR_BETS_H

#include "agency/reader.h"
#include "doctor/findings.h"

#include <stdbool.h>
#include <stdint.h>

struct bets {
    const char *path;       // of the file; NULL: one bet, given by settings
    struct reader *reader;  // NULL: the file cannot be read, or only once
    bool is_good, is_whole; // is_whole: all of it was looked at
    uint64_t count;         // as far as it was looked at
};

// Opens the file and checks it, as a client does before it sends it, and reports it. `strict` as the client's
// setting. bets_close follows.
void bets_check(struct bets *bets, const char *path, uint32_t agency, bool strict, struct findings *findings);

void bets_close(struct bets *bets);

#endif
