// The settings of `quiniela prove`, and what they ask for.
#ifndef QUINIELA_CLI_PROVE_OPTIONS_H
#define QUINIELA_CLI_PROVE_OPTIONS_H

#include "cli/config_options.h"
#include "cli/store_options.h"

struct prove_options {
    struct config_options config;
    struct store_options store;
    const char *seal_dir;
    uint32_t agency; // 0: not set
    uint64_t bet;
    bool has_bet;
    const char *document;
    bool key;
    const char *csv, *salt_key, *seal, *entry, *central_key;
    const char *output;
    bool page;
    const char *verify_url;
};

// What is asked for.
enum prove_task {
    PROVE_STORED, // proofs out of the store
    PROVE_KEY,    // K(a), and the proof of the agency's entry
    PROVE_OWN,    // an agency's own, out of its files
};

extern const struct setting_group prove_groups[];

// Sets *task to what the options ask for. ERROR_BAD_SETTING when something is missing, or two things exclude
// each other.
bool prove_options_task(const struct prove_options *options, enum prove_task *task,
                        struct error *error) MUST_CHECK;

#endif
