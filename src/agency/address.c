#include "agency/address.h"

#include "agency/limits.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Recognises things that people commonly write instead of an address, and says what they are. Returns false
// for anything else.
static bool is_known_mistake(const char *text, struct error *error) {
    const char *scheme = strstr(text, "://");
    size_t length = strlen(text);
    if (strchr(text, ',') != NULL) {
        error_set(error, ERROR_BAD_SETTING, "\"%.100s\" has a comma; give a single HOST:PORT", text);
    } else if (scheme != NULL) {
        error_set(error, ERROR_BAD_SETTING,
                  "\"%.100s\" is a URL, not HOST:PORT; leave out \"%.*s\" and whatever follows the port",
                  text, (int)(scheme - text < 20 ? scheme - text + 3 : 20), text);
    } else if (text[0] == '[' && length > 2 && text[length - 1] == ']') {
        error_set(error, ERROR_BAD_SETTING, "\"%.100s\" has no port; add one, as in \"%.60s:12345\"", text,
                  text);
    } else if (length > 0 && strpbrk(text, ": []/") == NULL) {
        error_set(error, ERROR_BAD_SETTING,
                  "\"%.100s\" is not HOST:PORT: it has no port; add one, as in \"%.60s:12345\"", text, text);
    } else {
        return false;
    }
    return true;
}

bool address_parse(const char *text, struct address *address, struct error *error) {
    if (is_known_mistake(text, error)) {
        return false;
    }
    const char *colon = strrchr(text, ':');
    size_t host = colon == NULL ? 0 : (size_t)(colon - text);
    const char *start = text;
    if (host >= 2 && text[0] == '[' && text[host - 1] == ']') {
        start++;
        host -= 2;
    } else if (colon != NULL && memchr(text, ':', host) != NULL) {
        return error_set(error, ERROR_BAD_SETTING,
                         "\"%s\" is not HOST:PORT; an IPv6 address goes in brackets", text);
    }
    size_t digits = colon == NULL ? 0 : strspn(colon + 1, "0123456789");
    bool is_port = digits > 0 && digits <= 5 && colon[1 + digits] == '\0' && atoi(colon + 1) >= 1 &&
                   atoi(colon + 1) <= 65535;
    if (host == 0 || !is_port || strlen(text) >= sizeof address->text) {
        return error_set(error, ERROR_BAD_SETTING, "\"%s\" is not HOST:PORT with a port from 1 to 65535",
                         text);
    }
    snprintf(address->text, sizeof address->text, "%s", text);
    snprintf(address->host, sizeof address->host, "%.*s", (int)host, start);
    snprintf(address->port, sizeof address->port, "%s", colon + 1);
    return true;
}

bool addresses_parse(const char *text, struct addresses *addresses, struct error *error) {
    addresses->count = 0;
    if (strchr(text, ',') == NULL) {
        addresses->count = 1;
        return address_parse(text, &addresses->list[0], error);
    }
    for (const char *start = text, *next; start != NULL; start = next) {
        char element[ADDRESS_BYTES_MAX + 1];
        start += strspn(start, " ");
        size_t length = strcspn(start, ", ");
        const char *end = start + length + strspn(start + length, " ");
        next = *end == ',' ? end + 1 : NULL;
        if (next == NULL && *end != '\0') {
            return error_set(error, ERROR_BAD_SETTING, "\"%.100s\" has a space in an address", text);
        }
        if (addresses->count == ADDRESSES_MAX) {
            return error_set(error, ERROR_BAD_SETTING, "\"%.100s\" has more than %d addresses", text,
                             ADDRESSES_MAX);
        }
        struct error reason;
        snprintf(element, sizeof element, "%.*s", (int)length, start);
        if (!address_parse(element, &addresses->list[addresses->count++], &reason)) {
            return error_set(error, ERROR_BAD_SETTING, "address %u: %s", addresses->count, reason.text);
        }
    }
    return true;
}
