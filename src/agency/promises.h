// What a central has promised an agency in a signed draw: its rules, receipts, seal and result. Each is held
// against the central's key, which the agency has from somewhere else, and kept on the disk before the
// agency goes on. What is not as it was promised stops the agency, and both texts are kept.
#ifndef QUINIELA_AGENCY_PROMISES_H
#define QUINIELA_AGENCY_PROMISES_H

#include "agency/promised_seal.h"
#include "agency/window.h"
#include "base/error.h"
#include "seal/vkey.h"
#include "wire/reply.h"

struct promises;

struct promises_options {
    uint32_t agency;
    struct vkey
        key; // the central's (CENTRAL_KEY), or that of a draw before, which has signed these rules, too
    const char *receipts; // the file of receipts (RECEIPTS); the others are beside it
    bool asks_key;        // for the agency's salt key: the connection is TLS
    bool only_looks;    // whether they could be kept there: makes nothing that stays, and is in nobody's way
    bool makes_nothing; // who only looks, and tries no folder out either
};

// Opens the files, and finds out whether they can be written. ERROR_BAD_SETTING when what is there is of
// another draw, key or agency; ERROR_SYSTEM, ERROR_NO_MEMORY. Each names the file. On success the caller owns
// *promises, from which, if it only looks, nothing can be taken.
bool promises_open(const struct promises_options *options, struct promises **promises,
                   struct error *error) MUST_CHECK;

// Closes them, and nulls the caller's pointer; NULL is fine.
void promises_close(struct promises **promises);

// For how many of the agency's bets, from the first on, there are receipts.
uint64_t promises_covered(const struct promises *promises);

// The whole note of the seal, as it came first; text NULL: none has come.
struct bet_slice promises_seal(const struct promises *promises);

// Whether the salt key is to be asked for.
bool promises_lack_key(const struct promises *promises);

// In all that follow, an error that is retryable means that nothing is false: it is to be asked again. Any
// other means that the central is not to be believed, or that nothing can be kept (ERROR_SYSTEM).

// Takes the acknowledgement of a chunk: the rules and the receipt that were asked for.
bool promises_take_chunk(struct promises *promises, const struct sent *sent, const struct reply *reply,
                         struct error *error) MUST_CHECK;

// Takes the answer to a consultation before the draw: the rules, the seal and the salt key, as far as it has
// them. *is_new says whether it has the seal, and none was known.
bool promises_take_waiting(struct promises *promises, const struct reply *reply, bool *is_new,
                           struct error *error) MUST_CHECK;

// Takes that of the winners, which must have the seal and the result; *result is what that says.
bool promises_take_winners(struct promises *promises, const struct reply *reply,
                           struct promised_result *result, struct error *error) MUST_CHECK;

// The winners that were told with that result are not those of the agency's own bets, as `error` says: keeps
// them, and adds what is to be done.
void promises_refute_winners(const struct promises *promises, struct bet_slice documents,
                             struct error *error);

#endif
