#include "cli/served_store.h"

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

// A database that does not answer leaves the addresses to tell.
bool wanted_store_is(struct wanted_store *wanted, const struct json_value *address,
                     const struct json_value *id) {
    char plain[STORE_PLAIN_BYTES];
    struct error ignored;
    store_plain_address(wanted->address, plain);
    if (is_text(address, plain)) {
        return true;
    }
    if (!wanted->has_asked && id->kind == JSON_STRING) {
        wanted->has_asked = true;
        if (!store_find_id(wanted->address, wanted->id, &ignored)) {
            wanted->id[0] = '\0';
        }
    }
    return is_text(id, wanted->id);
}
