#include "cli/served_store.h"

#include "cli/control_reply.h"

#include <stdio.h>
#include <string.h>

void served_store_opened(struct served_store *served, const char *address, const struct store *store) {
    char plain[STORE_PLAIN_BYTES];
    store_plain_address(address, plain);
    pthread_mutex_lock(&served->lock);
    memcpy(served->address, plain, sizeof plain);
    snprintf(served->id, sizeof served->id, "%s", store_id(store));
    pthread_mutex_unlock(&served->lock);
}

void served_store_tell(struct served_store *served, char address[STORE_PLAIN_BYTES],
                       char id[STORE_ID_BYTES]) {
    pthread_mutex_lock(&served->lock);
    memcpy(address, served->address, sizeof served->address);
    memcpy(id, served->id, sizeof served->id);
    pthread_mutex_unlock(&served->lock);
}

static bool is_text(const struct json_value *value, const char *text) {
    return text[0] != '\0' && value->kind == JSON_STRING && value->text_length == strlen(text) &&
           memcmp(value->text, text, value->text_length) == 0;
}

// The next option of a plain address, KEY=VALUE, from `at` on; its length.
static size_t option_length(const char *at, const char *end) {
    bool is_quoted = false;
    const char *from = at;
    for (; at < end && (is_quoted || *at != ' '); at++) {
        if (*at == '\\' && at + 1 < end) {
            at++;
        } else if (*at == '\'') {
            is_quoted = !is_quoted;
        }
    }
    return (size_t)(at - from);
}

// Behind the user's name, if that is the next option.
static const char *skip_user(const char *at, const char *end) {
    static const char user[] = "user=";
    if ((size_t)(end - at) >= sizeof user - 1 && memcmp(at, user, sizeof user - 1) == 0) {
        at += option_length(at, end);
        at += at < end;
    }
    return at;
}

// Whether two plain addresses differ in nothing but who connects.
static bool is_same_but_user(const struct json_value *address, const char *plain) {
    const char *one = address->text, *end = one + address->text_length;
    const char *other = plain, *other_end = plain + strlen(plain);
    while ((one = skip_user(one, end)) < end) {
        other = skip_user(other, other_end);
        size_t length = option_length(one, end);
        if (length != option_length(other, other_end) || memcmp(one, other, length) != 0) {
            return false;
        }
        one += length;
        other += length;
        one += one < end;
        other += other < other_end;
    }
    return skip_user(other, other_end) == other_end;
}

// The store of the first such server is taken for the one that is wanted; a second store makes that doubtful.
static bool assume(struct wanted_store *wanted, const struct json_value *id) {
    if (!wanted->is_assumed) {
        wanted->is_assumed = true;
        control_reply_text(id, wanted->assumed, sizeof wanted->assumed);
    }
    wanted->is_doubtful = wanted->is_doubtful || !is_text(id, wanted->assumed);
    return true;
}

// An order needs no database. So a user of the database that the command has not, or that may not connect,
// stands in the way of none; another address does, while nobody can say where it leads.
bool wanted_store_is(struct wanted_store *wanted, const struct json_value *address,
                     const struct json_value *id) {
    char plain[STORE_PLAIN_BYTES];
    store_plain_address(wanted->address, plain);
    if (is_text(address, plain)) {
        wanted->is_doubtful = wanted->is_doubtful || (wanted->is_assumed && !is_text(id, wanted->assumed));
        return true;
    }
    if (!wanted->has_asked && id->kind == JSON_STRING) {
        wanted->has_asked = true;
        if (!store_find_id(wanted->address, wanted->id, &wanted->reason)) {
            wanted->id[0] = '\0';
        }
    }
    if (wanted->id[0] != '\0' || !wanted->has_asked) {
        return is_text(id, wanted->id);
    }
    return address->kind == JSON_STRING && plain[0] != '\0' && is_same_but_user(address, plain) &&
           assume(wanted, id);
}
