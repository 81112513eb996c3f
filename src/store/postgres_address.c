#include "store/postgres_address.h"

#include <stdio.h>
#include <string.h>

// Options -------------------------------------------------------------------------------------------------

const char *postgres_option(const PQconninfoOption *options, const char *keyword) {
    for (; options != NULL && options->keyword != NULL; options++) {
        if (strcmp(options->keyword, keyword) == 0) {
            return options->val == NULL ? "" : options->val;
        }
    }
    return "";
}

static int elements(const char *list) {
    int count = 1;
    for (const char *at = list; (at = strchr(at, ',')) != NULL; at++) {
        count++;
    }
    return count;
}

int postgres_hosts(const PQconninfoOption *options) {
    int names = elements(postgres_option(options, "host"));
    int addresses = elements(postgres_option(options, "hostaddr"));
    return names > addresses ? names : addresses;
}

void postgres_host_option(const PQconninfoOption *options, const char *keyword, int host,
                          char value[POSTGRES_HOST_BYTES]) {
    const char *list = postgres_option(options, keyword), *start = list;
    for (int i = 0; i < host; i++) {
        const char *comma = strchr(start, ',');
        if (comma == NULL) {
            start = strchr(list, ',') == NULL ? list : "";
            break;
        }
        start = comma + 1;
    }
    snprintf(value, POSTGRES_HOST_BYTES, "%.*s", (int)strcspn(start, ","), start);
}

void postgres_describe(const PQconninfoOption *options, int host, char *place, size_t size) {
    int first = host < 0 ? 0 : host, last = host < 0 ? postgres_hosts(options) - 1 : host;
    char *at = place, *end = place + size;
    at += snprintf(at, (size_t)(end - at), "postgresql://");
    for (int i = first; i <= last && at < end; i++) {
        char name[POSTGRES_HOST_BYTES], port[POSTGRES_HOST_BYTES];
        postgres_host_option(options, "host", i, name);
        if (name[0] == '\0') {
            postgres_host_option(options, "hostaddr", i, name);
        }
        postgres_host_option(options, "port", i, port);
        at += snprintf(at, (size_t)(end - at), "%s%s%s%s", i == first ? "" : ",", name,
                       port[0] == '\0' ? "" : ":", port);
    }
    if (at < end) {
        snprintf(at, (size_t)(end - at), "/%s", postgres_option(options, "dbname"));
    }
}

// Addresses -----------------------------------------------------------------------------------------------

static bool is_uri(const char *address) {
    return strncmp(address, "postgresql://", 13) == 0 || strncmp(address, "postgres://", 11) == 0;
}

bool postgres_address_is(const char *address) {
    PQconninfoOption *options = is_uri(address) ? NULL : PQconninfoParse(address, NULL);
    bool parsed = options != NULL && strchr(address, '=') != NULL;
    PQconninfoFree(options);
    return is_uri(address) || parsed;
}

bool postgres_address_check(const char *address, struct error *error) {
    PQconninfoOption *options = PQconninfoParse(address, NULL);
    bool can_be_read = options != NULL; // libpq's message may quote the address, and so a password
    PQconninfoFree(options);
    return can_be_read ||
           error_set(error, ERROR_BAD_SETTING,
                     "it is not a PostgreSQL connection string; libpq's manual describes their form");
}

void postgres_address_show(const char *address, char *place, size_t size) {
    PQconninfoOption *options = PQconninfoParse(address, NULL);
    if (options == NULL) {
        snprintf(place, size, "postgresql://…");
        return;
    }
    postgres_describe(options, -1, place, size < POSTGRES_PLACE_BYTES ? size : POSTGRES_PLACE_BYTES);
    PQconninfoFree(options);
}

// "keyword=value", its value in quotes where it needs them (libpq, 34.1.1.1), as far as there is room.
// Returns its length; `size` when it was cut.
static size_t put_option(const char *keyword, const char *value, char *text, size_t size) {
    const char *at = value, *quote = value[0] == '\0' || strpbrk(value, " \t\n'\\") != NULL ? "'" : "";
    size_t length = (size_t)snprintf(text, size, "%s=%s", keyword, quote);
    for (; *at != '\0' && length + sizeof "\\''" < size; at++) {
        if (*at == '\'' || *at == '\\') {
            text[length++] = '\\';
        }
        text[length++] = *at;
    }
    length += length < size ? (size_t)snprintf(text + length, size - length, "%s", quote) : 0;
    return *at == '\0' && length < size ? length : size;
}

void postgres_address_repeat(const char *address, char text[POSTGRES_ADDRESS_BYTES]) {
    PQconninfoOption *options = PQconninfoParse(address, NULL);
    size_t length = 0;
    text[0] = '\0';
    for (const PQconninfoOption *option = options; option != NULL && option->keyword != NULL; option++) {
        bool is_secret = option->dispchar[0] == '*';
        if (option->val != NULL && !is_secret && length + 1 < POSTGRES_ADDRESS_BYTES) {
            length += length > 0 ? (size_t)snprintf(text + length, 2, " ") : 0;
            length +=
                put_option(option->keyword, option->val, text + length, POSTGRES_ADDRESS_BYTES - length);
        }
    }
    PQconninfoFree(options);
}

static void add_plain(const PQconninfoOption *said, const PQconninfoOption *defaults, const char *keyword,
                      char *text, size_t size, size_t *length) {
    const char *value = postgres_option(said, keyword);
    if (value[0] == '\0') {
        value = postgres_option(defaults, keyword);
    }
    if (value[0] != '\0' && *length + 1 < size) {
        *length += *length > 0 ? (size_t)snprintf(text + *length, 2, " ") : 0;
        *length += put_option(keyword, value, text + *length, size - *length);
    }
}

void postgres_address_plain(const char *address, char *text, size_t size) {
    static const char *const keywords[] = {"service", "host",   "hostaddr", "port",
                                           "user",    "dbname", "options"};
    PQconninfoOption *said = PQconninfoParse(address, NULL), *defaults = PQconndefaults();
    size_t length = 0;
    text[0] = '\0';
    for (size_t i = 0; said != NULL && i < sizeof keywords / sizeof *keywords; i++) {
        add_plain(said, defaults, keywords[i], text, size, &length);
    }
    if (length + 1 >= size) {
        text[0] = '\0';
    }
    PQconninfoFree(said);
    PQconninfoFree(defaults);
}

bool postgres_address_has_password(const char *address) {
    PQconninfoOption *options = PQconninfoParse(address, NULL);
    bool has =
        postgres_option(options, "password")[0] != '\0' || postgres_option(options, "sslpassword")[0] != '\0';
    PQconninfoFree(options);
    return has;
}
