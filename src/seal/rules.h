// The rules of a draw, signed before its first bet: read, and written.
#ifndef QUINIELA_SEAL_RULES_H
#define QUINIELA_SEAL_RULES_H

#include "seal/hash.h"
#include "seal/vkey.h"

enum rules_number { RULES_FIXED, RULES_MANUAL, RULES_BEACON };

enum { CERTIFICATE_ID_BYTES = 64 };

struct rules {
    // Of rules that were read: their text, and its hash.
    struct slice text;
    struct hash hash;
    // What the lines say.
    struct slice origin;
    uint64_t number;    // of the record, from 0
    struct hash before; // hash of the record before, when `number` is not 0
    uint32_t agencies;  // 1 … AGENCIES_MAX
    bool has_close;
    uint64_t close; // seconds since 1970
    enum rules_number how;
    struct rules_pulse { // with RULES_BEACON
        uint64_t chain;
        uint64_t time; // seconds since 1970, a whole minute
        uint8_t certificate_id[CERTIFICATE_ID_BYTES];
        struct hash public_key; // H(DER SubjectPublicKeyInfo)
    } pulse;
    uint32_t approvals; // with RULES_MANUAL: how many; 0 for none
    size_t approver_count, witness_count, authority_count;
    struct vkey *approvers, *witnesses;
    struct hash *authorities; // H(DER) of time-stamping authorities' certificates
    struct hash secret;       // H("quiniela secret v1\n" ‖ S)
    struct vkey key;          // the server's
};

// Reads the text of a record, as it stands in its note, and copies it. NULL with ERROR_BAD_FORM, and the
// line, or with ERROR_NO_MEMORY. Freed by the caller.
struct rules *rules_parse(struct slice text, struct error *error);
void rules_free(struct rules *rules);

// Writes the text of a record into `text` of `max` bytes, and its length into *length; `text` and `hash` of
// `rules` do not count. What rules_parse would refuse is refused here, in its words.
bool rules_write(const struct rules *rules, char *text, size_t max, size_t *length,
                 struct error *error) MUST_CHECK;

#endif
