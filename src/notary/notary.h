// What a server signs its draws with, and what its settings say of the rules of a draw that it opens.
#ifndef QUINIELA_NOTARY_NOTARY_H
#define QUINIELA_NOTARY_NOTARY_H

#include "seal/pulse_certificate.h"
#include "seal/rules.h"
#include "seal/signing_key.h"
#include "seal/timestamp.h"

// Texts as an operator sets them; NULL or "" for none. docs/verifiable-draw.md says what each means.
struct notary_options {
    const char *name, *key;                   // SIGN_NAME, SIGN_KEY: a NAME, and the file of its key
    const char *previous_name, *previous_key; // of the draw before, when that was signed with another one
    enum rules_number how;                    // NUMBER
    uint32_t approvals;                       // APPROVALS: how many of …
    const char *approvers;                    // APPROVERS: a list of keys (key_list.h)
    const char *witnesses;                    // WITNESSES: likewise
    const char *authorities;                  // TSA_CERTS: files, separated by commas
    const char *pulse, *certificate; // BEACON_PULSE: its time; BEACON_CERT: the file of its certificate
    uint64_t chain;                  // BEACON_CHAIN
};

// Read-only for all but notary.c.
struct notary {
    struct signing_key *key, *previous; // `previous` may be NULL
    struct rules terms; // how the number comes, who approves, witnesses, authorities, the pulse, and the key
    struct timestamp_authority *authorities; // terms.authority_count, in any order
    struct pulse_certificate certificate;    // the beacon's …
    bool has_certificate;                    // … when BEACON_CERT was given
};

// Reads what the options name. ERROR_BAD_SETTING begins with the setting's name and says what is wrong;
// ERROR_SYSTEM, ERROR_NO_MEMORY. On success the caller owns *notary.
bool notary_open(const struct notary_options *options, struct notary **notary,
                 struct error *error) MUST_CHECK;

// Wipes the keys, frees it and nulls the caller's pointer; NULL is fine.
void notary_close(struct notary **notary);

#endif
