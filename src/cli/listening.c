#include "cli/listening.h"

#include "base/log.h"
#include "confine/supervisor.h"
#include "net/exposure.h"
#include "net/limits.h"
#include "net/lookup.h"

#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

bool listening_parse(struct listening *listening, const struct server_options *options, struct error *error) {
    struct error reason;
    listening->port_count = options->service == SERVICE_ECHO ? 1 : LOTTERY_PORTS;
    return place_parse(options->ip, &listening->place, &reason) ||
           error_set(error, ERROR_BAD_SETTING, "%s: %s", settings_place(options->settings, &options->ip),
                     reason.text);
}

static bool is_given(const struct listening *listening, int port) {
    return listening->sockets[port] >= 0;
}

static bool are_all_given(const struct listening *listening) {
    for (int i = 0; i < listening->port_count; i++) {
        if (!is_given(listening, i)) {
            return false;
        }
    }
    return true;
}

// On one shared port each connection would reach either service at random.
static bool check_ports(const struct listening *listening, const struct server_options *options,
                        struct error *error) {
    bool shared = listening->port_count > 1 && options->port != 0 && options->port == options->consult_port &&
                  !is_given(listening, LOTTERY_PORT_BETS) && !is_given(listening, LOTTERY_PORT_CONSULT);
    return !shared ||
           error_set(error, ERROR_BAD_SETTING,
                     "%s: it is %u, and so is %s: bets and consultations need a port each (0 takes a "
                     "free one)",
                     settings_place(options->settings, &options->consult_port), options->port,
                     settings_place(options->settings, &options->port));
}

bool listening_take_sockets(struct listening *listening, const struct server_options *options,
                            struct error *error) {
    static const char *const names[LOTTERY_PORTS] = {"bets", "consult"};
    const struct supervisor_places places = {
        .names = names,
        .count = listening->port_count,
        .other_name = options->service == SERVICE_ECHO ? NULL : "http",
    };
    return supervisor_sockets(&places, listening->sockets, &listening->http_socket, error) &&
           check_ports(listening, options, error);
}

// Names ---------------------------------------------------------------------------------------------------

static void warn_of_name(const char *name, const char *why) {
    log_event(LOG_LEVEL_WARNING, "config", LOG_IN_PROGRESS,
              "ip: %s | message: %s: listening on every address", name, why);
}

static bool take_answer(struct listening *listening, const char *name, const struct lookup_answer *answer,
                        struct error *error) {
    if (!place_take_own(&listening->place, answer->addresses, answer->count, error)) {
        return false;
    }
    if (listening->place.kind == PLACE_EVERYWHERE) {
        char why[160], first[PLACE_TEXT_BYTES];
        place_show_address(&answer->addresses[0], first);
        snprintf(why, sizeof why, "none of this name's addresses (%s%s) is this machine's", first,
                 answer->count > 1 ? ", and others" : "");
        warn_of_name(name, why);
    }
    return true;
}

static void warn_of_failure(const char *name, int failure) {
    char why[160];
    snprintf(why, sizeof why, "the name cannot be looked up (%s)", gai_strerror(failure));
    warn_of_name(name, why);
}

// A port in the settings is not served if a socket with another port was handed over in its place.
static void warn_of_given_port(int socket, const struct server_options *options, const uint16_t *wanted) {
    struct sockaddr_storage address = {0};
    socklen_t length = sizeof address;
    if (socket < 0 || !settings_is_set(options->settings, wanted) || *wanted == 0 ||
        getsockname(socket, (struct sockaddr *)&address, &length) != 0 || place_port(&address) == *wanted) {
        return;
    }
    log_event(LOG_LEVEL_WARNING, "config", LOG_IN_PROGRESS,
              "port: %u | message: that is the socket which was handed over; %s says %u",
              place_port(&address), settings_key(options->settings, wanted), *wanted);
}

static void warn_of_given_ports(const struct listening *listening, const struct server_options *options) {
    const uint16_t *const wanted[LOTTERY_PORTS] = {&options->port, &options->consult_port};
    for (int i = 0; i < LOTTERY_PORTS && i < listening->port_count; i++) {
        warn_of_given_port(listening->sockets[i], options, wanted[i]);
    }
}

bool listening_find(struct listening *listening, const struct server_options *options, int signals,
                    bool (*on_signal)(void *context), void *context, struct error *error) {
    const char *name = options->ip;
    struct lookup lookup;
    warn_of_given_ports(listening, options);
    if (listening->place.kind != PLACE_NAME || are_all_given(listening)) {
        return true;
    }
    if (!lookup_begin(&lookup, name, LOOKUP_MS_MAX, error)) {
        return false;
    }
    enum lookup_state state;
    do {
        state = lookup_wait(&lookup, signals);
    } while (state == LOOKUP_INTERRUPTED && on_signal(context));
    lookup_end(&lookup);
    listening->place.kind = PLACE_EVERYWHERE;
    switch (state) {
    case LOOKUP_FOUND:
        return take_answer(listening, name, &lookup.answer, error);
    case LOOKUP_FAILED:
        warn_of_failure(name, lookup.answer.failure);
        return true;
    case LOOKUP_LATE:
        warn_of_name(name, "the name is still being looked up after 5 s");
        return true;
    case LOOKUP_INTERRUPTED:
        return false;
    }
    abort();
}

// Exposure ------------------------------------------------------------------------------------------------

static bool is_in_container(void) {
    return access("/.dockerenv", F_OK) == 0 || access("/run/.containerenv", F_OK) == 0 ||
           getenv("container") != NULL;
}

// Of all ports. For a socket that was handed over, its own address counts.
static enum exposure widest_exposure(const struct listening *listening, char *text, size_t room) {
    enum exposure widest = EXPOSURE_LOOPBACK;
    for (int i = 0; i < listening->port_count; i++) {
        char one[64];
        enum exposure exposure = is_given(listening, i)
                                     ? exposure_bound(listening->sockets[i], one, sizeof one)
                                     : exposure_listening(&listening->place, one, sizeof one);
        if (exposure > widest) {
            widest = exposure;
            snprintf(text, room, "%s", one);
        }
    }
    return widest;
}

bool listening_check_exposure(const struct listening *listening, const struct server_options *options,
                              struct error *error) {
    char widest[64];
    if (options->tls.certificate != NULL || is_in_container()) {
        return true;
    }
    enum exposure exposure = widest_exposure(listening, widest, sizeof widest);
    if (exposure == EXPOSURE_LOOPBACK) {
        return true;
    }
    if (exposure == EXPOSURE_PUBLIC && !options->insecure) {
        return error_set(
            error, ERROR_BAD_SETTING,
            "%s: plain text where everybody can reach it (%.60s) would let anybody speak for any "
            "agency: set TLS_CERT, TLS_KEY and TLS_CA, or listen on 127.0.0.1, or use --insecure",
            is_given(listening, 0) ? "LISTEN_FDS" : "SERVER_IP", widest);
    }
    log_event(LOG_LEVEL_WARNING, "config", LOG_IN_PROGRESS,
              "ip: %s | message: plain text: whoever reaches this %s address can speak for any agency",
              widest, exposure == EXPOSURE_PUBLIC ? "public" : "private");
    return true;
}
