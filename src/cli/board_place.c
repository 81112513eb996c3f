#include "cli/board_place.h"

#include "base/log.h"
#include "http/limits.h"
#include "net/binding.h"
#include "net/exposure.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { FREE_PORT_TRIES = 16 }; // a port that is free at one address need not be at the other

bool board_place_is_wanted(const struct server_options *options, const struct listening *listening) {
    return settings_is_set(options->settings, &options->http.port) || listening->http_socket >= 0;
}

// Ports that collide ----------------------------------------------------------------------------------------

static bool is_same_address(const struct sockaddr_storage *one, const struct sockaddr_storage *other) {
    const struct sockaddr_in *v4 = (const void *)one, *other_v4 = (const void *)other;
    const struct sockaddr_in6 *v6 = (const void *)one, *other_v6 = (const void *)other;
    return one->ss_family == other->ss_family &&
           (one->ss_family == AF_INET
                ? v4->sin_addr.s_addr == other_v4->sin_addr.s_addr
                : memcmp(&v6->sin6_addr, &other_v6->sin6_addr, sizeof v6->sin6_addr) == 0);
}

// Whether sockets at both can get one connection. The service's ports take IPv4 at `::`, too.
static bool do_meet(const struct sockaddr_storage *service, const struct sockaddr_storage *board) {
    bool is_one_family = service->ss_family == board->ss_family;
    return is_same_address(service, board) ||
           (place_is_unspecified(service) && (is_one_family || service->ss_family == AF_INET6)) ||
           (place_is_unspecified(board) && is_one_family);
}

static bool is_at(const struct place *service, const struct http_place *board) {
    for (int i = 0; i < board->count; i++) {
        for (size_t j = 0; j < service->count; j++) {
            if (do_meet(&service->addresses[j], &board->addresses[i])) {
                return true;
            }
        }
    }
    return service->kind != PLACE_ADDRESSES; // everywhere; or a name, with which it listens on loopback, too
}

static bool check_port(const struct server_options *options, const struct listening *listening,
                       struct error *error) {
    const uint16_t *const ports[LOTTERY_PORTS] = {&options->port, &options->consult_port};
    struct http_place place;
    if (listening->http_socket >= 0 || options->http.port == 0) {
        return true;
    }
    if (!http_options_place(&options->http, options->settings, &place, error)) {
        return false;
    }
    for (int i = 0; i < LOTTERY_PORTS && i < listening->port_count; i++) {
        if (listening->sockets[i] < 0 && *ports[i] == options->http.port &&
            is_at(&listening->place, &place)) {
            return error_set(error, ERROR_BAD_SETTING,
                             "%s: it is %u, and so is %s: the board needs a port of its own (0 takes a free "
                             "one)",
                             settings_place(options->settings, &options->http.port), options->http.port,
                             settings_key(options->settings, ports[i]));
        }
    }
    return true;
}

bool board_place_check(const struct server_options *options, const struct listening *listening,
                       struct error *error) {
    bool has_socket = listening->http_socket >= 0;
    if (options->service == SERVICE_ECHO && settings_is_set(options->settings, &options->http.port)) {
        return error_set(error, ERROR_BAD_SETTING, "%s: an echo has no board",
                         settings_place(options->settings, &options->http.port));
    }
    return http_options_check(&options->http, options->settings, has_socket, error) &&
           (!board_place_is_wanted(options, listening) || check_port(options, listening, error));
}

// Its sockets ----------------------------------------------------------------------------------------------

// IPv4 has a socket of its own, so that a peer's address is always of its kind. One that is to be used
// listens at once: two sockets may be bound to one port, and not know of each other, until one listens
// (socket(7), SO_REUSEADDR).
static int make(struct sockaddr_storage *address, bool listens) {
    int made = socket(address->ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    int on = 1;
    bool is_v6 = address->ss_family == AF_INET6;
    socklen_t length = place_address_bytes(address);
    struct sockaddr *any = (struct sockaddr *)address;
    if (made >= 0 && setsockopt(made, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
        (!is_v6 || setsockopt(made, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on) == 0) &&
        bind(made, any, length) == 0 && (!listens || listen(made, HTTP_BACKLOG) == 0) &&
        getsockname(made, any, &length) == 0) {
        return made;
    }
    int failure = errno;
    if (made >= 0) {
        close(made);
    }
    errno = failure;
    return -1;
}

static bool is_lacking_v6(const struct sockaddr_storage *address, int failure) {
    return address->ss_family == AF_INET6 && (failure == EADDRNOTAVAIL || failure == EAFNOSUPPORT);
}

static const char *why(int failure) {
    return failure == EADDRINUSE ? ", where another program listens already (another central's board? it "
                                   "needs a port of its own)"
           : failure == EADDRNOTAVAIL ? ", which is not an address of this machine"
           : failure == EACCES        ? ": ports below 1024 are root's"
                                      : "";
}

// Binds all of them to one port; that of the first where `port` is 0. On failure errno says why, and *failed
// where.
static bool make_all(struct board_place *place, const struct http_place *wanted, unsigned port, bool listens,
                     struct sockaddr_storage *failed) {
    for (int i = 0; i < wanted->count; i++) {
        struct sockaddr_storage address = wanted->addresses[i];
        place_set_port(&address, port);
        *failed = address;
        int made = make(&address, listens);
        if (made >= 0) {
            place->sockets[place->count++] = made;
            port = place_port(&address);
        } else if (i == 0 || !is_lacking_v6(&address, errno)) {
            return false;
        }
    }
    return true;
}

static bool bind_all(struct board_place *place, const struct server_options *options, bool listens,
                     struct error *error) {
    const struct http_settings *http = &options->http;
    struct http_place wanted;
    struct sockaddr_storage failed;
    char text[PLACE_TEXT_BYTES];
    if (!http_options_place(http, options->settings, &wanted, error)) {
        return false;
    }
    for (int tries = 0; !make_all(place, &wanted, http->port, listens, &failed); tries++) {
        int failure = errno;
        board_place_close(place);
        if (http->port != 0 || failure != EADDRINUSE || tries == FREE_PORT_TRIES) {
            place_show_address(&failed, text);
            return error_set_system(error, failure, "%s: cannot listen on %s port %u%s",
                                    settings_place(options->settings, &http->port), text, http->port,
                                    why(failure));
        }
    }
    return true;
}

// A service manager's may be blocking, and need not listen.
static bool take(struct board_place *place, int given, struct error *error) {
    int flags = fcntl(given, F_GETFL);
    place->sockets[place->count++] = given;
    return (flags >= 0 && fcntl(given, F_SETFL, flags | O_NONBLOCK) == 0 &&
            listen(given, HTTP_BACKLOG) == 0) ||
           error_set_system(error, errno, "LISTEN_FDS: cannot listen on \"http\"");
}

static bool name_url(struct board_place *place, const struct server_options *options, bool is_given,
                     struct error *error) {
    struct sockaddr_storage address;
    char text[PLACE_TEXT_BYTES];
    if (!binding_address(place->sockets[0], &address, error)) {
        return false;
    }
    place_show_address(&address, text);
    place->port = (uint16_t)place_port(&address);
    bool is_named = !is_given && strcmp(options->http.host, "localhost") == 0;
    bool is_v6 = address.ss_family == AF_INET6;
    snprintf(place->url, sizeof place->url, "http://%s%s%s:%u/", is_v6 ? "[" : "",
             is_named ? options->http.host : text, is_v6 ? "]" : "", place->port);
    return true;
}

bool board_place_bind(struct board_place *place, const struct server_options *options,
                      const struct listening *listening, struct error *error) {
    bool is_given = listening->http_socket >= 0;
    *place = (struct board_place){.count = 0};
    return (is_given ? take(place, listening->http_socket, error) : bind_all(place, options, true, error)) &&
           name_url(place, options, is_given, error);
}

bool board_place_is_free(const struct server_options *options, const struct listening *listening,
                         struct error *error) {
    struct board_place place = {.count = 0};
    bool is_free =
        listening->http_socket >= 0 || options->http.port == 0 || bind_all(&place, options, false, error);
    board_place_close(&place);
    return is_free;
}

void board_place_close(struct board_place *place) {
    while (place->count > 0) {
        close(place->sockets[--place->count]);
    }
}

void board_place_warn(const struct board_place *place) {
    enum exposure widest = EXPOSURE_LOOPBACK;
    char address[64];
    for (int i = 0; i < place->count; i++) {
        char one[64];
        enum exposure exposure = exposure_bound(place->sockets[i], one, sizeof one);
        if (exposure > widest) {
            widest = exposure;
            snprintf(address, sizeof address, "%s", one);
        }
    }
    if (widest != EXPOSURE_LOOPBACK) {
        log_event(LOG_LEVEL_WARNING, "config", LOG_IN_PROGRESS,
                  "ip: %s | message: plain HTTP: whoever reaches this %s address can read the board and the "
                  "metrics; nothing can be changed there",
                  address, widest == EXPOSURE_PUBLIC ? "public" : "private");
    }
}
