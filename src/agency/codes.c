#include "agency/codes.h"

#include <string.h>

static const struct code_meaning unknown = {QUINIELA_UNKNOWN, "unknown",
                                            "the central named an error that this version does not know"};

static const struct code_meaning meanings[] = {
    {QUINIELA_OK, "none", "no error"},
    {QUINIELA_BAD_SETTING, "bad_setting", "an option is missing, not valid, or contradicts another"},
    {QUINIELA_SYSTEM, "system", "the system refused a file, a descriptor or the like"},
    {QUINIELA_NETWORK, "network", "a connection failed"},
    {QUINIELA_NO_MEMORY, "no_memory", "there is no memory"},
    {QUINIELA_STOPPED, "stopped", "it was stopped before its end"},
    {QUINIELA_MISUSE, "misuse", "a function was called when it may not be"},
    {QUINIELA_NOT_KEPT, "not_kept", "the winners could not be kept"},
    {QUINIELA_BAD_FRAME, "bad_frame", "a message is longer than any may be"},
    {QUINIELA_BAD_JSON, "bad_json", "a message is no JSON"},
    {QUINIELA_BAD_MESSAGE, "bad_message", "a field of a message is missing or wrong"},
    {QUINIELA_UNKNOWN_TYPE, "unknown_type", "there is no such type of message"},
    {QUINIELA_NOT_AUTHORIZED, "not_authorized", "a certificate is not accepted"},
    {QUINIELA_TLS_REQUIRED, "tls_required", "the central speaks TLS only"},
    {QUINIELA_UNKNOWN_AGENCY, "unknown_agency", "the draw has no such agency"},
    {QUINIELA_BAD_BET, "bad_bet", "a line of the file is no bet"},
    {QUINIELA_GAP, "gap", "bets before these are missing"},
    {QUINIELA_CONFLICT, "conflict", "other bets are stored, or the file has changed"},
    {QUINIELA_AGENCY_FINISHED, "agency_finished", "the agency has finished with fewer bets"},
    {QUINIELA_DRAW_CLOSED, "draw_closed", "the draw was closed before all bets were taken"},
    {QUINIELA_AGENCY_RESET, "agency_reset", "the operator has reset this agency"},
    {QUINIELA_DRAW_ERASED, "draw_erased", "the operator has erased the draw's bets"},
    {QUINIELA_OTHER_DRAW, "other_draw", "the central has another draw"},
    {QUINIELA_FORKED, "forked", "two of what there may be one of are signed"},
    {QUINIELA_TOO_MANY_WINNERS, "too_many_winners", "there are more winners than a message has room for"},
    {QUINIELA_RULES_TOO_LONG, "rules_too_long", "the draw's rules are longer than a message has room for"},
    {QUINIELA_STORE_FAILED, "store_failed", "the central could not store it"},
    {QUINIELA_SHUTTING_DOWN, "shutting_down", "the central is about to end"},
    {QUINIELA_DRAINING, "draining", "this server of the central takes no more"},
    {QUINIELA_STORE_STALE, "store_stale", "what is stored was changed by another"},
    {QUINIELA_STORE_REFUSED, "store_refused", "the central's store will never take this"},
    {QUINIELA_STORE_AWAY, "store_away", "the central's store cannot be reached"},
    {QUINIELA_NOT_SIGNED, "not_signed", "the central's draw is not signed"},
    {QUINIELA_OTHER_KEY, "other_key", "the central's draw is signed with another key"},
    {QUINIELA_BAD_FORM, "bad_form", "what is signed is not of the form that it must have"},
    {QUINIELA_FALSE_CLAIM, "false_claim", "what the central says does not hold"},
};

enum { MEANINGS = sizeof meanings / sizeof *meanings };

const struct code_meaning *code_meaning(enum quiniela_code code) {
    for (size_t i = 0; i < MEANINGS; i++) {
        if (meanings[i].code == code) {
            return &meanings[i];
        }
    }
    return &unknown;
}

const struct code_meaning *code_named(const char *name) {
    for (size_t i = 1; i < MEANINGS; i++) { // "none" names no error, whoever says it
        if (strcmp(meanings[i].name, name) == 0) {
            return &meanings[i];
        }
    }
    return &unknown;
}

enum quiniela_code code_of(const struct error_code *code) {
    return code == ERROR_NONE ? QUINIELA_OK : code_named(error_name(code))->code;
}

bool code_may_retry(enum quiniela_code code) {
    static const enum quiniela_code passing[] = {
        QUINIELA_SYSTEM,        QUINIELA_NETWORK,     QUINIELA_NO_MEMORY, QUINIELA_STOPPED,
        QUINIELA_NOT_KEPT,      QUINIELA_STORE_AWAY,  QUINIELA_DRAINING,  QUINIELA_STORE_FAILED,
        QUINIELA_SHUTTING_DOWN, QUINIELA_STORE_STALE,
    };
    for (size_t i = 0; i < sizeof passing / sizeof *passing; i++) {
        if (passing[i] == code) {
            return true;
        }
    }
    return false;
}
