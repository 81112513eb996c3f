#include "confine/supervisor.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <systemd/sd-daemon.h>
#include <time.h>

static int index_of(const char *name, const struct supervisor_places *places) {
    for (int i = 0; i < places->count; i++) {
        if (strcmp(name, places->names[i]) == 0) {
            return i;
        }
    }
    return -1;
}

static bool is_other(const char *name, const struct supervisor_places *places) {
    return places->other_name != NULL && strcmp(name, places->other_name) == 0;
}

static bool is_tcp(int descriptor) {
    return sd_is_socket(descriptor, AF_INET, SOCK_STREAM, -1) > 0 ||
           sd_is_socket(descriptor, AF_INET6, SOCK_STREAM, -1) > 0;
}

// Whether one of those that may also come in their order has its name.
static bool has_our_name(char **given, int given_count, const struct supervisor_places *places) {
    for (int i = 0; i < given_count; i++) {
        if (index_of(given[i], places) >= 0) {
            return true;
        }
    }
    return false;
}

static bool place(char **given, int given_count, const struct supervisor_places *places, int *sockets,
                  int *other, struct error *error) {
    bool by_name = has_our_name(given, given_count, places);
    for (int i = 0, in_order = 0; i < given_count; i++) {
        int descriptor = SD_LISTEN_FDS_START + i;
        int at = by_name ? index_of(given[i], places) : in_order;
        int *to = is_other(given[i], places) ? other : at >= 0 && at < places->count ? &sockets[at] : NULL;
        if (!is_tcp(descriptor)) {
            return error_set(error, ERROR_BAD_SETTING, "LISTEN_FDS: \"%.60s\" is not a TCP socket", given[i]);
        }
        if (to == NULL || *to >= 0) {
            return error_set(error, ERROR_BAD_SETTING, "LISTEN_FDS: there is no place for \"%.60s\"",
                             given[i]);
        }
        *to = descriptor;
        in_order += to != other;
    }
    return true;
}

bool supervisor_sockets(const struct supervisor_places *places, int *sockets, int *other,
                        struct error *error) {
    *other = -1;
    for (int i = 0; i < places->count; i++) {
        sockets[i] = -1;
    }
    char **given = NULL;
    int given_count = sd_listen_fds_with_names(1, &given);
    if (given_count < 0) {
        return error_set_system(error, -given_count, "LISTEN_FDS cannot be understood");
    }
    bool placed = place(given, given_count, places, sockets, other, error);
    for (int i = 0; i < given_count; i++) {
        free(given[i]);
    }
    free(given);
    return placed;
}

bool supervisor_is_there(void) {
    return getenv("NOTIFY_SOCKET") != NULL;
}

bool supervisor_is_abstract(void) {
    const char *address = getenv("NOTIFY_SOCKET");
    return address != NULL && address[0] == '@';
}

void supervisor_ready(void) {
    (void)sd_notify(0, "READY=1");
}

void supervisor_reloading(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    (void)sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%" PRIu64,
                     (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000);
}

void supervisor_stopping(void) {
    (void)sd_notify(0, "STOPPING=1");
}

void supervisor_wait(int seconds) {
    (void)sd_notifyf(0, "EXTEND_TIMEOUT_USEC=%" PRIu64, (uint64_t)seconds * 1000000);
}
