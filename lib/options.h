// What quiniela_options_set_… have set. The functions of quiniela.h that take options are options.c's.
#ifndef QUINIELA_LIB_OPTIONS_H
#define QUINIELA_LIB_OPTIONS_H

#include "agency/address.h"
#include "base/memory.h"
#include "bet/limits.h"
#include "lib/agency.h"
#include "quiniela.h"

enum option_text {
    OPTION_FILE,
    OPTION_CERTIFICATE,
    OPTION_KEY,
    OPTION_AUTHORITY,
    OPTION_REVOCATIONS,
    OPTION_CENTRAL_KEY,
    OPTION_RECEIPTS,
    OPTION_TEXTS
};

struct quiniela_options {
    struct memory memory; // allocate NULL: the C library's
    uint32_t agency;      // 0: not set
    struct addresses bets, consult;
    bool has_bets, has_consult;
    char *texts[OPTION_TEXTS];        // each NULL when not set
    char bet[BET_TEXT_BYTES_MAX + 1]; // "": none
    bool is_in_use;                   // an agency is being made of them
    bool is_strict, only_checks, polls;
    uint32_t chunk_size, window;
    uint32_t answer_timeout_ms;
    struct listener listener;
    quiniela_keep_function *keep;
    void *keep_context;
    struct quiniela_resolver resolver;
    struct error error; // the last failure
};

// Remembers the error, and returns its number.
enum quiniela_code options_fail(struct quiniela_options *options, const struct error *error);

// Likewise, where they are in use.
enum quiniela_code options_misuse(struct quiniela_options *options);

#endif
