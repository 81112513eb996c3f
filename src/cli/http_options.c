#include "cli/http_options.h"

#include "cli/http_help.h"
#include "http/host.h"
#include "http/limits.h"
#include "net/place.h"

#include <netinet/in.h>
#include <string.h>

enum { CONNECTIONS_MOST = 65536 };

const struct setting http_settings[] = {
    SETTING_NUMBER_IN(struct http_settings, port, "HTTP_PORT", NULL, 0, UINT16_MAX, HELP_HTTP_PORT),
    SETTING_TEXT_IN(struct http_settings, host, "HTTP_HOST", "127.0.0.1", HELP_HTTP_HOST),
    SETTING_TEXT_IN(struct http_settings, names, "HTTP_NAMES", NULL, HELP_HTTP_NAMES),
    SETTING_NUMBER_IN(struct http_settings, connections_max, "HTTP_CONNECTIONS_MAX", "128",
                      HTTP_CONNECTIONS_MIN, CONNECTIONS_MOST, HELP_HTTP_CONNECTIONS_MAX),
    {.key = NULL},
};

// The place ------------------------------------------------------------------------------------------------

static void add_v4(struct http_place *place, in_addr_t address) {
    struct sockaddr_in *to = (struct sockaddr_in *)(void *)&place->addresses[place->count++];
    *to = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(address)};
}

static void add_v6(struct http_place *place, const struct in6_addr *address) {
    struct sockaddr_in6 *to = (struct sockaddr_in6 *)(void *)&place->addresses[place->count++];
    *to = (struct sockaddr_in6){.sin6_family = AF_INET6, .sin6_addr = *address};
}

// One at which nobody could be asked for the board. `instead`: what to do.
static bool refuse_address(const struct http_settings *options, const struct settings *settings,
                           const char *is, const char *instead, struct error *error) {
    return error_set(error, ERROR_BAD_SETTING, "%s: %.100s is %s: %s",
                     settings_place(settings, &options->host), options->host, is, instead);
}

static bool check_address(const struct http_settings *options, const struct settings *settings,
                          const struct sockaddr_storage *address, struct error *error) {
    static const char groups[] = "an address of many machines (multicast or broadcast)";
    static const char name_own[] = "give an address of this machine";
    if (address->ss_family == AF_INET) {
        in_addr_t v4 = ntohl(((const struct sockaddr_in *)(const void *)address)->sin_addr.s_addr);
        return (!IN_MULTICAST(v4) && v4 != INADDR_BROADCAST) ||
               refuse_address(options, settings, groups, name_own, error);
    }
    const struct in6_addr *v6 = &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr;
    if (IN6_IS_ADDR_V4MAPPED(v6)) {
        return refuse_address(options, settings,
                              "an IPv4 address in IPv6's form, where the board takes IPv6 alone",
                              "give it in IPv4's form, such as 127.0.0.1", error);
    }
    return !IN6_IS_ADDR_MULTICAST(v6) || refuse_address(options, settings, groups, name_own, error);
}

bool http_options_place(const struct http_settings *options, const struct settings *settings,
                        struct http_place *place, struct error *error) {
    struct place parsed;
    struct error reason;
    *place = (struct http_place){.count = 0};
    if (strcmp(options->host, "localhost") == 0) {
        add_v4(place, INADDR_LOOPBACK);
        add_v6(place, &in6addr_loopback);
        return true;
    }
    if (!place_parse(options->host, &parsed, &reason)) {
        return error_set(error, ERROR_BAD_SETTING, "%s: %s", settings_place(settings, &options->host),
                         reason.text);
    }
    if (parsed.kind != PLACE_ADDRESSES) {
        return error_set(error, ERROR_BAD_SETTING,
                         "%s: \"%.100s\" is no numeric address, and not localhost: a name may lead "
                         "anywhere tomorrow, and with it who can read the board; name the address (0.0.0.0 "
                         "for all), and put the names that it is reached by into HTTP_NAMES",
                         settings_place(settings, &options->host), options->host);
    }
    if (parsed.addresses[0].ss_family == AF_INET6 && place_is_unspecified(&parsed.addresses[0])) {
        add_v4(place, INADDR_ANY);
        add_v6(place, &in6addr_any);
        return true;
    }
    place->addresses[place->count++] = parsed.addresses[0];
    return check_address(options, settings, &parsed.addresses[0], error);
}

// Checked --------------------------------------------------------------------------------------------------

static bool check_names(const struct http_settings *options, const struct settings *settings,
                        struct error *error) {
    struct error reason;
    return host_names_check(options->names, &reason) ||
           error_set(error, ERROR_BAD_SETTING, "%s: %s", settings_place(settings, &options->names),
                     reason.text);
}

bool http_options_check(const struct http_settings *options, const struct settings *settings, bool has_socket,
                        struct error *error) {
    const void *const others[] = {&options->host, &options->names, &options->connections_max};
    struct http_place ignored;
    if (settings_is_set(settings, &options->port) || has_socket) {
        return http_options_place(options, settings, &ignored, error) &&
               check_names(options, settings, error);
    }
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        if (settings_is_set(settings, others[i])) {
            return error_set(
                error, ERROR_BAD_SETTING,
                "%s: is of the board, and HTTP_PORT is not set: set that, too, or take this away",
                settings_place(settings, others[i]));
        }
    }
    return true;
}
