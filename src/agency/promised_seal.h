// The seal of a draw and its result, as an agency takes them: one of each, signed by the central's key.
#ifndef QUINIELA_AGENCY_PROMISED_SEAL_H
#define QUINIELA_AGENCY_PROMISED_SEAL_H

#include "agency/kept_texts.h"
#include "notary/kept_rules.h"

// Whether the seal that is kept is one, of the draw of the rules where they are known. ERROR_BAD_SETTING says
// what to do; ERROR_NO_MEMORY.
bool promised_seal_check_kept(const struct kept_texts *texts, const struct vkey *key,
                              const struct kept_rules *rules, const struct small_file *seal,
                              struct error *error) MUST_CHECK;

// The draw of a seal that promised_seal_check_kept or promised_seal_take has found right.
struct slice promised_seal_origin(const struct small_file *seal);

// Takes a seal: keeps the first one on the disk and in `seal` (*is_new). One of the same text that has more
// signatures is kept as "witnessed-seal". ERROR_FALSE_CLAIM for one that is rightly signed and another than
// `seal`, which is kept as "other-seal"; and for what is none of this draw, or ERROR_BAD_FORM. ERROR_SYSTEM,
// ERROR_NO_MEMORY.
bool promised_seal_take(const struct kept_texts *texts, const struct vkey *key,
                        const struct kept_rules *rules, struct slice note, struct small_file *seal,
                        bool *is_new, struct error *error) MUST_CHECK;

// What a result says.
struct promised_result {
    uint16_t number;  // that was drawn
    uint64_t winners; // bets of all agencies that have won
};

// Takes the result of the draw of that seal (its note), keeps it, and says what it has in *told.
// ERROR_FALSE_CLAIM: also for a second one, which is kept as "other-result". ERROR_BAD_SETTING when what is
// kept is another draw's. The others as above.
bool promised_result_keep(const struct kept_texts *texts, const struct vkey *key, struct slice seal,
                          struct slice note, struct promised_result *told, struct error *error) MUST_CHECK;

// Adds to `error`, which says how the winners that were told (documents joined by commas) contradict the
// result and the agency's own bets, what is to be done, and keeps them as "false-winners".
void promised_result_refute(const struct kept_texts *texts, struct slice winners, struct error *error);

#endif
