// The server's settings of the board: what it shows over HTTP, where, and to how many.
#ifndef QUINIELA_CLI_HTTP_OPTIONS_H
#define QUINIELA_CLI_HTTP_OPTIONS_H

#include "base/settings.h"

#include <sys/socket.h>

struct http_settings {
    uint16_t port;            // HTTP_PORT; there is no board when it is not set. 0: a free one
    const char *host;         // HTTP_HOST: an address, or "localhost"
    const char *names;        // HTTP_NAMES, with commas between them; NULL: none
    uint32_t connections_max; // HTTP_CONNECTIONS_MAX
};

enum { HTTP_PLACES_MAX = 2 };

// The addresses that HTTP_HOST stands for. Whoever has no IPv6 has the first of two alone.
struct http_place {
    struct sockaddr_storage addresses[HTTP_PLACES_MAX];
    int count;
};

extern const struct setting http_settings[];

// The group, bound to the field `field` of the struct `options`.
#define HTTP_GROUP_IN(options, field)                                                                        \
    SETTING_GROUP_IN(options, field, struct http_settings, "Board", http_settings)

// Parses HTTP_HOST: a numeric address, IPv4 or IPv6; `localhost`, which is 127.0.0.1 and ::1; `::`, which is
// every address of both kinds. ERROR_BAD_SETTING, naming the setting, for any other name, and for an address
// of many machines, or of IPv4 in IPv6's form.
bool http_options_place(const struct http_settings *options, const struct settings *settings,
                        struct http_place *place, struct error *error) MUST_CHECK;

// Whether the settings can be used. HTTP_NAMES must be names (host_names_check), and the others do nothing
// without HTTP_PORT, unless `has_socket`: one was handed over for the board. ERROR_BAD_SETTING, naming the
// setting.
bool http_options_check(const struct http_settings *options, const struct settings *settings, bool has_socket,
                        struct error *error) MUST_CHECK;

#endif
