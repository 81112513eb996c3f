// What is known of a draw while the files that were given are checked, one after the other.
#ifndef QUINIELA_CLAIMS_EVIDENCE_H
#define QUINIELA_CLAIMS_EVIDENCE_H

#include "claims/given.h"
#include "claims/tally.h"
#include "claims/verdicts.h"
#include "seal/checkpoint.h"
#include "seal/draw_entry.h"
#include "seal/note.h"
#include "seal/rules.h"
#include "seal/salt.h"

// A note of the seal, for the cosignatures on it.
struct seal_copy {
    struct small_file file;
    struct note note;            // points into the file
    const struct source *source; // NULL: of a proof
};

// When the seal was seen.
struct seal_time {
    uint64_t seconds; // since 1970
    char who[WHAT_BYTES];
};

// A proof that holds.
struct known_proof {
    char what[WHAT_BYTES];
    uint16_t number; // of its bet
};

// A receipt that holds, of one of the files.
struct known_receipt {
    uint64_t first, count;
    struct hash digest;
    uint64_t offset; // of its first row in the agency's CSV
};

struct receipt_file {
    const char *path; // the source's
    uint32_t agency;
    size_t from, count; // of evidence.receipts
    uint64_t end;       // of the last bet that has a receipt: first + count
    bool has_strange;   // a receipt names rules of which no record was given:
    uint64_t strange_first, strange_count;
};

struct evidence {
    struct given *given;
    struct verdicts verdicts;
    char origin[ORIGIN_BYTES_MAX + 1]; // "": not known yet
    struct rules_record {
        struct rules *rules;
        bool is_trusted; // signed by a --key
    } * records;         // that are right in themselves
    size_t record_count;
    const struct rules *rules; // the newest; NULL: none, or they are no chain

    bool has_seal;
    char seal_text[CHECKPOINT_BYTES_MAX];
    size_t seal_length;
    struct hash seal_hash;  // H(SEAL)
    struct checkpoint seal; // its origin points to `origin`
    bool has_second;        // another seal than this one was there, too
    bool has_misfit;        // a seal of this draw is signed, and of other agencies than the rules have
    struct seal_copy **copies;
    size_t copy_count;
    struct seal_time *times;
    size_t time_count;
    bool has_open_time; // a time stamp from before the pulse may be of one of the rules' authorities
    struct known_proof *proofs;
    size_t proof_count;

    bool has_secret, has_salt_key;
    uint8_t secret[SECRET_BYTES];
    uint8_t salt_key[AGENCY_KEY_BYTES]; // K(a) of --agency
    struct agency_entry *entries;       // of agencies, proved to be in the seal
    size_t entry_count;
    bool is_listed; // a seal.json gives the root of the seal, and the rules; the bets of all agencies are:
    uint64_t listed_bets;
    struct known_receipt *receipts;
    size_t receipt_count, receipt_room;
    struct receipt_file *receipt_files;
    size_t receipt_file_count;

    uint64_t *numbers;       // how many bets are on each number, of an export that is right; NULL: none is
    uint64_t *csv_numbers;   // of an agency's CSV
    struct tallies *tallies; // the caller's: what is counted of each agency of an export; NULL: not wanted

    bool has_result;
    uint16_t result_number;
    uint64_t result_winners;
    struct hash result_seal; // H(SEAL) of the seal that it says it is of
    bool has_drawn;          // the number that the result says, or that follows from the pulse
    uint16_t drawn;
};

// Reads a note of a file. ERROR_BAD_FORM, ERROR_SYSTEM, ERROR_NO_MEMORY. Freed by note_file_free.
struct note_file {
    struct small_file file;
    struct note *note;
};
bool note_file_read(const struct source *source, const char *kind, struct note_file *file,
                    struct error *error) MUST_CHECK;
void note_file_free(struct note_file *file);

void evidence_begin(struct evidence *evidence, struct given *given);
void evidence_end(struct evidence *evidence);

// The name of a claim about a file: "rules agency/rules-0.note".
void what_of(char what[WHAT_BYTES], const char *kind, const char *path);

// How a message names bets of an agency, which are counted from 0: "bets 0 to 2", or "no bets at 3".
enum { BETS_BYTES = 64 };
void bets_of(char text[BETS_BYTES], uint64_t first, uint64_t count);

// All is of one draw: the one expected, or the first that was seen. ERROR_FALSE_CLAIM when it is another.
bool evidence_take_origin(struct evidence *evidence, struct slice origin, struct error *error) MUST_CHECK;

// The draw's origin, which is known.
static inline struct slice evidence_origin(const struct evidence *evidence) {
    return slice_of(evidence->origin);
}

// The keys of which one must have signed: the rules', else those given. Returns how many.
size_t evidence_keys(const struct evidence *evidence, const struct vkey **keys);

// What accuses the central of less, or of other bets, than it has given receipts for: empty where neither a
// key nor rules that name one were given, as nothing was checked of who had written them then.
const char *evidence_broken_word(const struct evidence *evidence);

// Refuses a note that none of the keys has signed, or one of them, or of those given, wrongly. *is_signed is
// false, and nothing refused, when there is no key. ERROR_FALSE_CLAIM, ERROR_BAD_FORM, ERROR_NO_MEMORY.
bool evidence_check_signed(const struct evidence *evidence, const struct note *note, bool *is_signed,
                           struct error *error) MUST_CHECK;

// Notes of `what` each signature line whose key is none of those given, the server's, and `further` ones.
void evidence_tell_unknown(struct evidence *evidence, const char *what, const struct note *note,
                           const struct vkey *further, size_t further_count);

// Takes the seal of a note, proof or code, once its signature is checked; is_signed is what came of that.
// ERROR_FALSE_CLAIM when another one is there already, or its size is not that of the rules.
bool evidence_take_seal(struct evidence *evidence, const struct checkpoint *seal, bool is_signed,
                        struct error *error) MUST_CHECK;

// Keeps the note of a seal, as a witness may have signed any of the copies: it takes the file over. `source`,
// which is the caller's, is NULL for the seal of a proof. ERROR_NO_MEMORY.
bool evidence_keep_copy(struct evidence *evidence, struct note_file *file, const struct source *source,
                        struct error *error) MUST_CHECK;

// Whether the hash is the seal's. *is_sealed is false, and nothing refused, when there is no seal.
bool evidence_check_seal_hash(const struct evidence *evidence, const struct hash *hash, bool *is_sealed,
                              struct error *error) MUST_CHECK;

// Adds when the seal was seen. ERROR_NO_MEMORY.
bool evidence_add_time(struct evidence *evidence, uint64_t seconds, const char *who,
                       struct error *error) MUST_CHECK;

// Sets what the draw tree holds of an agency. ERROR_NO_MEMORY.
bool evidence_add_entry(struct evidence *evidence, const struct agency_entry *entry,
                        struct error *error) MUST_CHECK;
// NULL when it is not known.
const struct agency_entry *evidence_entry(const struct evidence *evidence, uint32_t agency);

// K(a), where it is known.
bool evidence_agency_key(const struct evidence *evidence, uint32_t agency, uint8_t key[AGENCY_KEY_BYTES]);

// A time as text; seconds that are beyond any are said as such.
enum { TIME_TEXT_BYTES = 32 };
void time_text(uint64_t seconds, char text[TIME_TEXT_BYTES]);

// The keys' names, " or " between them, cut where they have no room.
enum { NAMES_BYTES = 512 };
void names_of(const struct vkey *keys, size_t count, char names[NAMES_BYTES]);

#endif
