#include "doctor/targets.h"

#include "base/clock.h"
#include "base/translate.h"
#include "doctor/names.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

const char *target_port(const struct target *target) {
    return target->is_consult ? _("consultations") : _("bets");
}

// Names ---------------------------------------------------------------------------------------------------

static void show_host(const struct sockaddr *at, char *shown, size_t room) {
    char host[INET6_ADDRSTRLEN] = "?";
    if (at->sa_family == AF_INET6) {
        inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)(const void *)at)->sin6_addr, host, sizeof host);
        snprintf(shown, room, "[%s]", host);
    } else {
        inet_ntop(AF_INET, &((const struct sockaddr_in *)(const void *)at)->sin_addr, host, sizeof host);
        snprintf(shown, room, "%s", host);
    }
}

static void set_port(struct sockaddr_storage *at, const char *port) {
    uint16_t number = htons((uint16_t)strtoul(port, NULL, 10)); // which address_parse has checked
    if (at->ss_family == AF_INET6) {
        ((struct sockaddr_in6 *)at)->sin6_port = number;
    } else {
        ((struct sockaddr_in *)at)->sin_port = number;
    }
}

static void add_target(struct targets *targets, const struct address *server, bool is_consult,
                       const struct addrinfo *found) {
    if (targets->count == TARGETS_MAX) {
        return;
    }
    struct target *target = &targets->list[targets->count++];
    char host[TARGET_BYTES - 8];
    *target = (struct target){
        .server = server, .is_consult = is_consult, .length = found->ai_addrlen, .socket = -1};
    memcpy(&target->at, found->ai_addr, found->ai_addrlen);
    set_port(&target->at, server->port);
    show_host(found->ai_addr, host, sizeof host);
    snprintf(target->shown, sizeof target->shown, "%s:%s", host, server->port);
}

static const char *name_todo(int failure) {
    switch (failure) {
    case UV_EAI_NONAME:
    case UV_EAI_NODATA:
        return N_("Is it spelled right? Otherwise ask the operator for the central's name, or its address");
    case UV_EAI_AGAIN:
    case UV_ETIMEDOUT:
        return N_(
            "The name server does not answer: is this machine connected, and is /etc/resolv.conf right? "
            "The central's address, in place of its name, needs no name server");
    default:
        return N_("Give the central's address in place of its name, or ask whoever runs this machine");
    }
}

static void report_name(const struct name *name, struct findings *findings) {
    char list[512] = "";
    size_t used = 0;
    if (name->failure != 0) {
        bool is_late = name->failure == UV_ETIMEDOUT;
        bool is_unknown = name->failure == UV_EAI_NONAME || name->failure == UV_EAI_NODATA;
        findings_add(findings, FINDING_WRONG, "name", name_todo(name->failure), "%s: %s", name->host,
                     is_late      ? _("nobody knew it in time")
                     : is_unknown ? _("there is no such name")
                                  : translate(uv_strerror(name->failure)));
        return;
    }
    for (const struct addrinfo *at = name->found; at != NULL && used < sizeof list - 1; at = at->ai_next) {
        char host[TARGET_BYTES];
        show_host(at->ai_addr, host, sizeof host);
        used += (size_t)snprintf(list + used, sizeof list - used, "%s%s", used > 0 ? ", " : "", host);
    }
    bool is_address = strcmp(list, name->host) == 0;
    findings_add(findings, FINDING_OK, "name", NULL, "%s%s%s", name->host,
                 is_address ? _(" is an address already") : ": ", is_address ? "" : list);
}

struct known {
    struct name names[2 * ADDRESSES_MAX];
    size_t count;
};

static struct name *find_name(struct known *known, const char *host) {
    for (size_t i = 0; i < known->count; i++) {
        if (strcmp(known->names[i].host, host) == 0) {
            return &known->names[i];
        }
    }
    return NULL;
}

static void note_names(struct known *known, const struct addresses *addresses) {
    for (uint32_t i = 0; addresses != NULL && i < addresses->count; i++) {
        const struct address *address = &addresses->list[i];
        if (find_name(known, address->host) == NULL) {
            struct name *name = &known->names[known->count++];
            *name = (struct name){.host = address->host};
            memcpy(name->port, address->port, sizeof name->port);
        }
    }
}

static void add_targets(struct targets *targets, struct known *known, const struct addresses *addresses,
                        bool is_consult) {
    for (uint32_t i = 0; addresses != NULL && i < addresses->count; i++) {
        const struct name *name = find_name(known, addresses->list[i].host);
        for (const struct addrinfo *at = name->found; at != NULL; at = at->ai_next) {
            add_target(targets, &addresses->list[i], is_consult, at);
        }
    }
}

void targets_find(struct targets *targets, const struct addresses *bets, const struct addresses *consult,
                  uint64_t wait_ms, struct findings *findings) {
    struct known known = {.count = 0};
    targets->count = 0;
    note_names(&known, bets);
    note_names(&known, consult);
    names_look_up(known.names, known.count, wait_ms);
    for (size_t i = 0; i < known.count; i++) {
        report_name(&known.names[i], findings);
    }
    add_targets(targets, &known, bets, false);
    add_targets(targets, &known, consult, true);
    names_free(known.names, known.count);
}

// Connections ---------------------------------------------------------------------------------------------

static void fail(struct target *target, int failure) {
    target_close(target);
    target->failure = failure;
}

static void start(struct target *target) {
    target->failure = EINPROGRESS;
    target->socket = socket(target->at.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (target->socket < 0) {
        target->failure = errno;
    } else if (connect(target->socket, (const struct sockaddr *)&target->at, target->length) == 0) {
        target->failure = 0;
    } else if (errno != EINPROGRESS) {
        fail(target, errno);
    }
}

static void on_ready(struct target *target) {
    int failure = 0;
    socklen_t length = sizeof failure;
    if (getsockopt(target->socket, SOL_SOCKET, SO_ERROR, &failure, &length) != 0) {
        failure = errno;
    }
    if (failure != 0) {
        fail(target, failure);
    } else {
        target->failure = 0;
    }
}

// Waits until each is connected or has failed, or the time is over.
static void wait_for_all(struct target *targets, size_t count, uint64_t wait_ms) {
    uint64_t end = clock_steady_ms() + wait_ms;
    for (;;) {
        struct pollfd polled[TARGETS_MAX];
        uint64_t now = clock_steady_ms();
        bool has_pending = false;
        for (size_t i = 0; i < count; i++) {
            bool is_pending = targets[i].failure == EINPROGRESS;
            has_pending = has_pending || is_pending;
            polled[i] = (struct pollfd){.fd = is_pending ? targets[i].socket : -1, .events = POLLOUT};
        }
        if (!has_pending || now >= end) {
            break;
        }
        (void)poll(polled, count, (int)(end - now));
        for (size_t i = 0; i < count; i++) {
            if (polled[i].fd >= 0 && polled[i].revents != 0) {
                on_ready(&targets[i]);
            }
        }
    }
    for (size_t i = 0; i < count; i++) {
        if (targets[i].failure == EINPROGRESS) {
            fail(&targets[i], ETIMEDOUT);
        }
    }
}

static const char *connect_todo(int failure) {
    switch (failure) {
    case ECONNREFUSED:
        return N_("Nothing listens there: is the central running, and is this its port? The operator knows");
    case ETIMEDOUT:
        return N_("A firewall drops what is sent there, or that machine is off: ask the operator, or whoever "
                  "runs the network");
    case ENETUNREACH:
    case EHOSTUNREACH:
        return N_("This machine has no way to there: is it connected?");
    default:
        return N_("Something on this machine does not let it: ask whoever runs it");
    }
}

// A name may have addresses that lead nowhere: a client goes on to the next.
static bool another_answers(const struct targets *targets, const struct target *target) {
    for (size_t i = 0; i < targets->count; i++) {
        if (targets->list[i].server == target->server && targets->list[i].failure == 0) {
            return true;
        }
    }
    return false;
}

static void report_connection(const struct targets *targets, const struct target *target,
                              struct findings *findings) {
    const char *reason =
        target->failure == ETIMEDOUT ? _("no answer came in time") : translate(strerror(target->failure));
    if (target->failure == 0) {
        findings_add(findings, FINDING_OK, "connection", NULL, "%s (%s)", target->shown, target_port(target));
    } else if (another_answers(targets, target)) {
        findings_add(findings, FINDING_OK, "connection", NULL,
                     "%s (%s): %s, but another address of %s answers", target->shown, target_port(target),
                     reason, target->server->host);
    } else {
        findings_add(findings, FINDING_WRONG, "connection", connect_todo(target->failure), "%s (%s): %s",
                     target->shown, target_port(target), reason);
    }
}

void targets_connect(struct targets *targets, uint64_t wait_ms, struct findings *findings) {
    for (size_t i = 0; i < targets->count; i++) {
        start(&targets->list[i]);
    }
    wait_for_all(targets->list, targets->count, wait_ms);
    for (size_t i = 0; i < targets->count; i++) {
        report_connection(targets, &targets->list[i], findings);
    }
    if (targets->count == 0) {
        findings_add(findings, FINDING_SKIPPED, "connection", NULL, "no address is known");
    }
}

bool target_connect(struct target *target, uint64_t wait_ms) {
    target_close(target);
    start(target);
    wait_for_all(target, 1, wait_ms);
    return target->failure == 0;
}

void target_close(struct target *target) {
    if (target->socket >= 0) {
        close(target->socket);
        target->socket = -1;
    }
}
