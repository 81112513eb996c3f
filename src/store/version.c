#include "store/version.h"

#include "bet/errors.h"
#include "store/opening.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
    WORD_BYTES = 224,  // of an address, as a shell is given it
    WORDS_BYTES = 150, // of a message, beside the place and the address
};

// A word that a shell takes as `text`: as it is, or in single quotes. STORE when that has no room.
static const char *quote(const char *text, char word[WORD_BYTES]) {
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@%+=:,./-";
    bool is_plain = text[0] != '\0' && text[strspn(text, plain)] == '\0';
    size_t length = 0;
    word[length++] = '\'';
    for (const char *at = text; *at != '\0'; at++) {
        const char *bytes = *at == '\'' ? "'\\''" : (char[]){*at, '\0'};
        if (length + strlen(bytes) + sizeof "'" > WORD_BYTES) {
            return "STORE";
        }
        memcpy(word + length, bytes, strlen(bytes));
        length += strlen(bytes);
    }
    strcpy(word + length, is_plain ? "" : "'");
    return is_plain ? word + 1 : word;
}

// How much of the place there is room for.
static int room(const char *command) {
    return ERROR_TEXT_BYTES - WORDS_BYTES - (int)strlen(command);
}

bool store_version_older(const char *place, const char *address, int64_t version, struct error *error) {
    char word[WORD_BYTES];
    const char *command = quote(address, word);
    if (version < STORE_VERSION_OLDEST) {
        return error_set(
            error, ERROR_STORE_FAILED,
            "%.150s: its tables are of version %" PRId64
            ", from which there is no upgrade; use the program that made them, or name another store",
            place, version);
    }
    return error_set(
        error, ERROR_STORE_OLDER,
        "%.*s: its tables are of version %" PRId64
        ", this program knows version %d: \"quiniela upgrade %s\" upgrades it, and so does the start "
        "of a server with UPGRADE=yes",
        room(command), place, version, STORE_VERSION, command);
}

bool store_version_halfway(const char *place, const char *address, int64_t version, struct error *error) {
    char word[WORD_BYTES];
    const char *command = quote(address, word);
    return error_set(error, ERROR_STORE_OLDER,
                     "%.*s: an upgrade of its tables from version %" PRId64
                     " has begun and not ended: \"quiniela upgrade %s\" goes on with it, if none is at work",
                     room(command), place, version, command);
}

bool store_version_newer(const char *place, int64_t version, struct error *error) {
    return error_set(error, ERROR_STORE_FAILED,
                     "%.100s: its tables are of version %" PRId64
                     ", this program knows version %d: use the program that made them, or name another store",
                     place, version, STORE_VERSION);
}
