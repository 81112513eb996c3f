// The error codes of the lottery, in addition to the general ones of base/error.h: declared once, in this
// table.
#ifndef QUINIELA_BET_ERRORS_H
#define QUINIELA_BET_ERRORS_H

#include "base/error.h"

#ifdef __cplusplus
extern "C" {
#endif

// One line for each code: its name in the source, its name in messages and log lines, and whether the same
// request may succeed later. The names are part of the protocol (docs/protocol.md).
#define LOTTERY_ERRORS(CODE)                                                                                 \
    /* What came over the wire is wrong. */                                                                  \
    CODE(ERROR_BAD_FRAME, "bad_frame", false)       /* a length over the limit: the stream is unusable */    \
    CODE(ERROR_BAD_JSON, "bad_json", false)         /* the message does not parse */                         \
    CODE(ERROR_BAD_MESSAGE, "bad_message", false)   /* a field is missing or wrong */                        \
    CODE(ERROR_UNKNOWN_TYPE, "unknown_type", false) /* there is no such `type_message` */                    \
    CODE(ERROR_NOT_AUTHORIZED, "not_authorized", false) /* the certificate is another agency's */            \
    CODE(ERROR_TLS_REQUIRED, "tls_required", false)     /* this port speaks TLS, and the client does not */  \
    CODE(ERROR_UNKNOWN_AGENCY, "unknown_agency", false) /* the draw has no such agency */                    \
    CODE(ERROR_BAD_BET, "bad_bet", false)               /* a bet of the chunk, or a line of a file */        \
    /* It does not fit what is stored. */                                                                    \
    CODE(ERROR_GAP, "gap", true)                          /* bets before this chunk are missing */           \
    CODE(ERROR_CONFLICT, "conflict", false)               /* other bets are stored at this place */          \
    CODE(ERROR_AGENCY_FINISHED, "agency_finished", false) /* the agency has sent its last chunk */           \
    CODE(ERROR_DRAW_CLOSED, "draw_closed", false)         /* the operator has closed it before its end */    \
    CODE(ERROR_AGENCY_RESET, "agency_reset", false) /* its bets were set aside; it has to begin anew */      \
    CODE(ERROR_DRAW_ERASED, "draw_erased", false)   /* the operator has erased its bets */                   \
    CODE(ERROR_OTHER_DRAW, "other_draw", false)     /* the message is for another draw than the central's */ \
    CODE(ERROR_FORKED, "forked", false)             /* two of what there may be one of are signed */         \
    /* It cannot be answered. */                                                                             \
    CODE(ERROR_TOO_MANY_WINNERS, "too_many_winners", false) /* more than a message has room for */           \
    CODE(ERROR_RULES_TOO_LONG, "rules_too_long", false)     /* likewise */                                   \
    /* The central cannot do it now. */                                                                      \
    CODE(ERROR_STORE_FAILED, "store_failed", true)                                                           \
    CODE(ERROR_SHUTTING_DOWN, "shutting_down", true)                                                         \
    CODE(ERROR_DRAINING, "draining", true) /* this server takes no more; another may, or the next start */   \
    /* Between a store and the ledger, never on the wire. */                                                 \
    CODE(ERROR_STORE_STALE, "store_stale", true) /* someone else changed what is stored: read it again */    \
    CODE(ERROR_STORE_REFUSED, "store_refused", false) /* the store will never take this */                   \
    CODE(ERROR_STORE_AWAY, "store_away", true)        /* the store cannot be reached, and may come back */

#define LOTTERY_ERROR_DECLARED(code, name, retryable) extern const struct error_code code[1];
LOTTERY_ERRORS(LOTTERY_ERROR_DECLARED)
#undef LOTTERY_ERROR_DECLARED

// The code of that name, the lottery's or a general one; ERROR_NONE when there is none.
const struct error_code *lottery_error_named(const char *name);

#ifdef __cplusplus
}
#endif

#endif
