#include "lib/dialling.h"

#include "stream/tcp.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

void dialling_begin(struct dialling *dialling, const struct address *address,
                    const struct name_lookup *lookup) {
    dialling->state = DIALLING_NEW;
    dialling->address = address;
    dialling->lookup = lookup;
    dialling->descriptor = -1;
    dialling->count = dialling->next = dialling->sockets = 0;
    dialling->failure = 0;
}

static void give_attempt_up(struct dialling *dialling) {
    if (dialling->descriptor >= 0) {
        close(dialling->descriptor);
        dialling->descriptor = -1;
    }
}

void dialling_end(struct dialling *dialling) {
    if (dialling->state == DIALLING_ASKING && dialling->lookup->cancel != NULL) {
        dialling->lookup->cancel(dialling->lookup->context);
    }
    dialling->state = DIALLING_TRYING;
    give_attempt_up(dialling);
    dialling->count = dialling->next = 0;
}

// The name ------------------------------------------------------------------------------------------------

// What has no address is kept as getaddrinfo's error, which is never positive; an errno is.
static void take(struct dialling *dialling, int failure, const struct addrinfo *found) {
    dialling->state = DIALLING_TRYING;
    dialling->failure = failure == 0 && found == NULL ? EAI_NONAME : failure;
    for (; found != NULL && dialling->count < ADDRESSES_TRIED_MAX; found = found->ai_next) {
        if (found->ai_addrlen <= sizeof dialling->found[0]) {
            memcpy(&dialling->found[dialling->count], found->ai_addr, found->ai_addrlen);
            dialling->lengths[dialling->count++] = found->ai_addrlen;
        }
    }
}

static int look_up(struct dialling *dialling, int flags) {
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_family = AF_UNSPEC, .ai_flags = flags};
    struct addrinfo *found = NULL;
    int failure = getaddrinfo(dialling->address->host, dialling->address->port, &hints, &found);
    if (failure == 0) {
        take(dialling, 0, found);
        freeaddrinfo(found);
    }
    return failure;
}

// A number needs nobody's answer. False when whoever is to be asked cannot be.
static bool begin_lookup(struct dialling *dialling) {
    const struct name_lookup *lookup = dialling->lookup;
    if (look_up(dialling, AI_NUMERICHOST | AI_NUMERICSERV) == 0) {
        return true;
    }
    if (lookup->start == NULL) {
        int failure = look_up(dialling, 0);
        if (failure != 0) {
            take(dialling, failure, NULL);
        }
        return true;
    }
    dialling->state = DIALLING_ASKING;
    if (!lookup->start(lookup->context, dialling->address->host, dialling->address->port)) {
        dialling->state = DIALLING_TRYING;
        return false;
    }
    return true;
}

void dialling_answer(struct dialling *dialling, int failure, const struct addrinfo *found) {
    if (dialling->state == DIALLING_ASKING) {
        take(dialling, failure, failure == 0 ? found : NULL);
    }
}

bool dialling_is_ready(const struct dialling *dialling) {
    return dialling->state == DIALLING_NEW ||
           (dialling->state == DIALLING_TRYING && dialling->descriptor < 0);
}

// The addresses -------------------------------------------------------------------------------------------

// Begins to connect to the next address. Returns 0 when it is under way or done, else an errno.
static int start_attempt(struct dialling *dialling) {
    const struct sockaddr *address = (const struct sockaddr *)&dialling->found[dialling->next];
    int descriptor = socket(address->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor < 0) {
        return errno;
    }
    dialling->descriptor = descriptor;
    dialling->sockets++;
    tcp_set_options(descriptor, &(struct tcp_options){.unacknowledged_ms = CONNECT_MS_MAX});
    if (connect(descriptor, address, dialling->lengths[dialling->next]) == 0 || errno == EINPROGRESS ||
        errno == EINTR) {
        return 0;
    }
    return errno;
}

// Whether the attempt is decided; *failure is then its errno, or 0.
static bool is_decided(const struct dialling *dialling, int *failure) {
    struct pollfd socket = {.fd = dialling->descriptor, .events = POLLOUT};
    socklen_t length = sizeof *failure;
    if (poll(&socket, 1, 0) <= 0) {
        return false;
    }
    if (getsockopt(dialling->descriptor, SOL_SOCKET, SO_ERROR, failure, &length) != 0) {
        *failure = errno;
    }
    return true;
}

static void try_next(struct dialling *dialling, int failure) {
    give_attempt_up(dialling);
    dialling->failure = failure;
    dialling->next++;
}

static enum dialling_result try_addresses(struct dialling *dialling, int *connected) {
    while (dialling->next < dialling->count) {
        int failure = dialling->descriptor < 0 ? start_attempt(dialling) : 0;
        if (failure == 0 && !is_decided(dialling, &failure)) {
            return DIALLING_WAITS;
        }
        if (failure == 0) {
            *connected = dialling->descriptor;
            dialling->descriptor = -1;
            return DIALLING_CONNECTED;
        }
        try_next(dialling, failure);
    }
    return DIALLING_FAILED;
}

enum dialling_result dialling_step(struct dialling *dialling, int *descriptor, char reason[REASON_BYTES]) {
    if (dialling->state == DIALLING_NEW && !begin_lookup(dialling)) {
        snprintf(reason, REASON_BYTES, "the name \"%.300s\" cannot be looked up", dialling->address->host);
        return DIALLING_FAILED;
    }
    if (dialling->state == DIALLING_ASKING) {
        return DIALLING_WAITS;
    }
    enum dialling_result result = try_addresses(dialling, descriptor);
    if (result == DIALLING_FAILED && dialling->failure > 0) {
        reason_of_errno(dialling->failure, reason);
    } else if (result == DIALLING_FAILED) {
        reason_of_lookup(dialling->failure, errno, dialling->address->host, reason);
    }
    return result;
}
