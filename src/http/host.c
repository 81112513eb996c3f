#include "http/host.h"

#include "base/setting_show.h"

#include <arpa/inet.h>
#include <string.h>
#include <strings.h>

enum {
    NAME_BYTES_MAX = 253, // RFC 1035, section 2.3.4
    LABEL_BYTES_MAX = 63,
    PORT_DIGITS_MAX = 5,
    PORT_MAX = 65535,
};

// A part of somebody else's text.
struct piece {
    const char *text;
    size_t length;
};

static bool is_digit(char character) {
    return character >= '0' && character <= '9';
}

static bool is_in_name(char character) {
    char lower = (char)(character | 0x20);
    return (lower >= 'a' && lower <= 'z') || is_digit(character) || character == '-' || character == '_';
}

// ":" and a number, which may be left out (RFC 3986, section 3.2.3); or nothing.
static bool is_port(struct piece port) {
    unsigned number = 0;
    if (port.length == 0) {
        return true;
    }
    if (port.text[0] != ':' || port.length > 1 + PORT_DIGITS_MAX) {
        return false;
    }
    for (size_t i = 1; i < port.length; i++) {
        if (!is_digit(port.text[i])) {
            return false;
        }
        number = number * 10 + (unsigned)(port.text[i] - '0');
    }
    return number <= PORT_MAX;
}

// Cuts off the port. False when what follows the host is none.
static bool cut_port(struct piece authority, struct piece *host) {
    const char *colon = memchr(authority.text, ':', authority.length);
    if (authority.length > 0 && authority.text[0] == '[') {
        const char *end = memchr(authority.text, ']', authority.length);
        colon = end == NULL ? NULL : end + 1;
        if (end == NULL) {
            return false;
        }
    }
    host->text = authority.text;
    host->length = colon == NULL ? authority.length : (size_t)(colon - authority.text);
    return is_port((struct piece){authority.text + host->length, authority.length - host->length});
}

static bool is_address(struct piece host) {
    struct in6_addr address;
    char text[INET6_ADDRSTRLEN];
    bool has_brackets = host.length >= 2 && host.text[0] == '[';
    size_t around = has_brackets ? 1 : 0;
    size_t length = host.length - 2 * around;
    if (length >= sizeof text) {
        return false;
    }
    memcpy(text, host.text + around, length);
    text[length] = '\0';
    return strlen(text) == length && inet_pton(has_brackets ? AF_INET6 : AF_INET, text, &address) == 1;
}

static bool is_label(struct piece label) {
    for (size_t i = 0; i < label.length; i++) {
        if (!is_in_name(label.text[i])) {
            return false;
        }
    }
    return label.length > 0 && label.length <= LABEL_BYTES_MAX && label.text[0] != '-' &&
           label.text[label.length - 1] != '-';
}

static bool is_number(struct piece label) {
    size_t digits = 0;
    while (digits < label.length && is_digit(label.text[digits])) {
        digits++;
    }
    return digits == label.length;
}

// Labels with dots between them. One whose last label is a number would be taken for an address (WHATWG URL,
// section 3.5).
static bool is_name(struct piece host) {
    const char *end = host.text + host.length;
    struct piece label = {host.text, 0};
    for (const char *dot; label.text != NULL; label.text = dot == NULL ? NULL : dot + 1) {
        dot = memchr(label.text, '.', (size_t)(end - label.text));
        label.length = (size_t)((dot == NULL ? end : dot) - label.text);
        if (!is_label(label) || (dot == NULL && is_number(label))) {
            return false;
        }
    }
    return host.length <= NAME_BYTES_MAX;
}

static struct piece without_last_dot(struct piece host) {
    return (struct piece){host.text, host.length > 1 && host.text[host.length - 1] == '.' ? host.length - 1
                                                                                          : host.length};
}

static bool is_same(struct piece one, struct piece other) {
    return one.length == other.length && strncasecmp(one.text, other.text, one.length) == 0;
}

// The next of `names`; moves behind it. False at the end.
static bool next_name(const char **names, struct piece *name) {
    if (*names == NULL) {
        return false;
    }
    size_t length = strcspn(*names, ",");
    *name = (struct piece){*names, length};
    *names = (*names)[length] == ',' ? *names + length + 1 : NULL;
    return true;
}

static bool is_among(struct piece host, const char *names) {
    struct piece name;
    while (next_name(&names, &name)) {
        if (is_same(host, name)) {
            return true;
        }
    }
    return false;
}

bool host_is_ours(const char *authority, size_t length, const char *names) {
    static const struct piece localhost = {"localhost", sizeof "localhost" - 1};
    struct piece host;
    if (!cut_port((struct piece){authority, length}, &host)) {
        return false;
    }
    struct piece name = without_last_dot(host);
    return is_address(host) || is_same(name, localhost) || (is_name(name) && is_among(name, names));
}

bool host_names_check(const char *names, struct error *error) {
    struct piece name;
    while (next_name(&names, &name)) {
        if (!is_name(name)) {
            char text[NAME_BYTES_MAX + 1] = {0}, shown[SETTING_SHOWN_BYTES];
            memcpy(text, name.text, name.length < NAME_BYTES_MAX ? name.length : NAME_BYTES_MAX);
            setting_show(text, shown);
            return error_set(error, ERROR_BAD_SETTING,
                             "\"%s\" is not the name of a host: give names such as board.example, with "
                             "commas between them, without scheme, port or spaces; addresses and localhost "
                             "need none",
                             shown);
        }
    }
    return true;
}
