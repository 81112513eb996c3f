#include "store/postgres_message.h"

#include "bet/errors.h"

#include <stdio.h>
#include <string.h>

enum { SQLSTATE_BYTES = 5 };

// Texts ---------------------------------------------------------------------------------------------------

// The prefix of a message: the word for its severity, in the database's language, and the SQLSTATE if it was
// requested (PQERRORS_VERBOSE): "FATAL:  28P01: ". NULL if there is no such prefix; *text gets the rest.
// libpq writes it this way (its fe-protocol3.c), and only the code says what happened.
static const char *state_in(const char *message, const char **text) {
    for (const char *at = message; (at = strstr(at, ":  ")) != NULL; at++) {
        const char *state = at + 3;
        size_t length = strspn(state, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ");
        if (length == SQLSTATE_BYTES && strncmp(state + length, ": ", 2) == 0) {
            *text = state + length + 2;
            return state;
        }
    }
    return NULL;
}

void postgres_message_line(const char *message, char *line, size_t size) {
    const char *severity = message + strcspn(message, ": \n");
    if (strncmp(severity, ":  ", 3) == 0) { // one word, in any language
        message = severity + 3;
    }
    snprintf(line, size, "%.*s", (int)strcspn(message, "\n"), message);
}

const char *postgres_message_text(const char *message) {
    const char *text = message;
    return state_in(message, &text) != NULL ? text : message;
}

// States --------------------------------------------------------------------------------------------------

// Conflicts between two servers: a unique place is taken, a row has changed meanwhile, they wait for each
// other, or one waits too long (PostgreSQL's manual, appendix A). The last state comes from a statement of
// ours that finds a row changed (postgres_statements.c).
static bool is_stale(const char *state) {
    static const char *const states[] = {"23505", "40001", "40P01", "55P03", "22012"};
    for (size_t i = 0; state != NULL && i < sizeof states / sizeof states[0]; i++) {
        if (strcmp(state, states[i]) == 0) {
            return true;
        }
    }
    return false;
}

// A value that the database has no room or no characters for (class 22), or that a rule of its tables
// forbids (23).
static bool is_refused(const char *state) {
    return state != NULL && (strncmp(state, "22", 2) == 0 || strncmp(state, "23", 2) == 0);
}

// The database is shutting down (57P), or the connection failed (class 08).
static bool is_ending(const char *state) {
    return state != NULL && (strncmp(state, "57P", 3) == 0 || strncmp(state, "08", 2) == 0);
}

const struct error_code *postgres_state_code(const char *state) {
    if (is_ending(state)) {
        return ERROR_STORE_AWAY;
    }
    if (is_stale(state)) {
        return ERROR_STORE_STALE;
    }
    return is_refused(state) ? ERROR_STORE_REFUSED : ERROR_STORE_FAILED;
}

// By the beginning of a state (PostgreSQL's manual, appendix A), the longer ones first.
const char *postgres_state_cause(const char *state) {
    static const char *const causes[][2] = {{"53100", CAUSE_DISK_FULL},
                                            {"53", "the database lacks memory or connections"},
                                            {"57P", "the database is shutting down"},
                                            {"08", CAUSE_UNREACHABLE},
                                            {"28", CAUSE_NOT_LET_IN},
                                            {"3D", "the database is not there"},
                                            {"42501", "the database does not allow that"},
                                            {"25006", "the database takes no changes"},
                                            {"XX001", CAUSE_DAMAGED},
                                            {"XX002", CAUSE_DAMAGED},
                                            {"58", CAUSE_DISK_FAILS}};
    for (size_t i = 0; state != NULL && i < sizeof causes / sizeof *causes; i++) {
        if (strncmp(state, causes[i][0], strlen(causes[i][0])) == 0) {
            return causes[i][1];
        }
    }
    return NULL;
}

// The password or the user is wrong (class 28), or the database does not exist.
static bool is_refusal(const char *state) {
    return strncmp(state, "28", 2) == 0 || strncmp(state, "3D000", SQLSTATE_BYTES) == 0;
}

// Whether every address that has answered (a name may have several) has refused for good.
bool postgres_refused_for_good(const PGconn *connection) {
    const char *text = PQerrorMessage(connection), *state = state_in(text, &text);
    bool refused = state != NULL;
    for (; state != NULL; state = state_in(text, &text)) {
        refused = refused && is_refusal(state);
    }
    return PQconnectionNeedsPassword(connection) != 0 || refused;
}
