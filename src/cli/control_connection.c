#include "cli/control_connection.h"

#include "base/clock.h"
#include "wire/limits.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

const struct error_code ERROR_NO_ANSWER[1] = {{"no_answer", true}};

enum { READ_BYTES = 4096, ANSWER_BYTES_MAX = 64 * 1024 * 1024, MINUTE_MS = 60 * 1000 };

// Connecting ----------------------------------------------------------------------------------------------

static bool explain(const char *path, int reason, struct error *error) {
    switch (reason) {
    case ENOENT:
        return error_set(
            error, ERROR_NETWORK,
            "no server takes orders at %.150s: none runs with this store, or it was started with another "
            "CONTROL",
            path);
    case ECONNREFUSED:
        return error_set(
            error, ERROR_NETWORK,
            "no server takes orders at %.150s: the last one did not end in order; start it again", path);
    case EAGAIN:
        return error_set(error, ERROR_NO_ANSWER,
                         "the server at %.150s does not answer: it hangs, or is stopped", path);
    case EACCES:
        return error_set(error, ERROR_NETWORK,
                         "%.150s: only root and the user that the server runs as may give it orders", path);
    default:
        return error_set(error, ERROR_NETWORK, "%.150s: %s", path, strerror(reason));
    }
}

// Of connecting, sending and receiving; 0: any.
static void limit_waits(int connection, unsigned wait_ms) {
    const struct timeval wait = {.tv_sec = wait_ms / 1000, .tv_usec = wait_ms % 1000 * 1000L};
    (void)setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
    (void)setsockopt(connection, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait);
}

// A command that was stopped (Ctrl-Z) and goes on is interrupted where a wait has a limit (signal(7)).
static bool connect_to(int connection, const struct sockaddr_un *address) {
    int result;
    do {
        result = connect(connection, (const struct sockaddr *)address, sizeof *address);
    } while (result != 0 && errno == EINTR);
    return result == 0;
}

int control_connect(const char *path, unsigned wait_ms, struct error *error) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address.sun_path) {
        (void)explain(path, ENAMETOOLONG, error);
        return -1;
    }
    memcpy(address.sun_path, path, strlen(path) + 1);
    int connection = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    limit_waits(connection, wait_ms);
    if (connection < 0 || !connect_to(connection, &address)) {
        (void)explain(path, errno, error);
        if (connection >= 0) {
            close(connection);
        }
        return -1;
    }
    return connection;
}

// Asking --------------------------------------------------------------------------------------------------

static bool send_all(int connection, const char *bytes, size_t length, struct error *error) {
    while (length > 0) {
        ssize_t sent = send(connection, bytes, length, MSG_NOSIGNAL);
        if (sent < 0 && errno != EINTR) {
            return error_set(error, ERROR_NETWORK, "the server did not take the order: %s", strerror(errno));
        }
        bytes += sent > 0 ? sent : 0;
        length -= sent > 0 ? (size_t)sent : 0;
    }
    return true;
}

// Where the bytes from `length` on go; NULL when there is no memory.
static char *grow(char **text, size_t length, struct error *error) {
    char *larger = realloc(*text, length + READ_BYTES + 1 + JSON_PADDING_BYTES);
    if (larger == NULL) {
        error_set(error, ERROR_NO_MEMORY, "no memory for the server's answer");
        return NULL;
    }
    *text = larger;
    return larger + length;
}

// How long an answer may take as a whole, however it comes.
struct patience {
    unsigned wait_ms; // 0: however long that takes
    uint64_t end_ms;  // by the steady clock
};

static bool give_up(const struct patience *patience, struct error *error) {
    if (patience->wait_ms < MINUTE_MS) {
        return error_set(error, ERROR_NO_ANSWER, "the server does not answer: it hangs, or is stopped");
    }
    return error_set(
        error, ERROR_NO_ANSWER,
        "the server has not answered for %u min: quiniela status shows whether it has carried out "
        "the order",
        patience->wait_ms / MINUTE_MS);
}

// False when the time is up.
static bool limit_next(int connection, const struct patience *patience) {
    uint64_t now = clock_steady_ms();
    if (patience->wait_ms > 0 && now >= patience->end_ms) {
        return false;
    }
    limit_waits(connection, patience->wait_ms > 0 ? (unsigned)(patience->end_ms - now) : 0);
    return true;
}

static bool receive_some(int connection, const struct patience *patience, char *to, size_t *count,
                         struct error *error) {
    ssize_t received;
    *count = 0;
    do {
        if (!limit_next(connection, patience)) {
            return give_up(patience, error);
        }
        received = recv(connection, to, READ_BYTES, 0);
    } while (received < 0 && errno == EINTR);
    *count = received > 0 ? (size_t)received : 0;
    if (received < 0 && errno == EAGAIN) {
        return give_up(patience, error);
    }
    return received > 0 ||
           error_set(
               error, ERROR_NETWORK,
               "the server gave no answer (%s): quiniela status shows whether it has carried out the order",
               received == 0 ? "the connection ended" : strerror(errno));
}

static bool receive_line(int connection, unsigned wait_ms, char **text, size_t *length, struct error *error) {
    const struct patience patience = {wait_ms, clock_steady_ms() + wait_ms};
    size_t count;
    for (*length = 0; *length < ANSWER_BYTES_MAX; *length += count) {
        char *came = grow(text, *length, error);
        if (came == NULL || !receive_some(connection, &patience, came, &count, error)) {
            return false;
        }
        const char *end = memchr(came, '\n', count);
        if (end != NULL) {
            *length = (size_t)(end - *text);
            memset(*text + *length, 0, 1 + JSON_PADDING_BYTES);
            return true;
        }
    }
    return error_set(error, ERROR_NETWORK, "the server's answer does not end");
}

bool control_ask(int connection, const char *line, size_t length, unsigned wait_ms, char **text,
                 size_t *text_length, struct error *error) {
    *text = NULL;
    limit_waits(connection, wait_ms);
    if (send_all(connection, line, length, error) &&
        receive_line(connection, wait_ms, text, text_length, error)) {
        limit_waits(connection, wait_ms); // of what follows
        return true;
    }
    free(*text);
    *text = NULL;
    return false;
}

// The process that takes orders at the other end, as a descriptor; -1 where that cannot be told, as when it
// is in a container of its own (unix(7), pidfd_open(2)).
static int open_process(int connection) {
    struct ucred peer;
    socklen_t length = sizeof peer;
    if (getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &peer, &length) != 0 || peer.pid <= 0) {
        return -1;
    }
    return (int)syscall(SYS_pidfd_open, peer.pid, 0);
}

static bool wait_for_process(int process, const struct patience *patience) {
    struct pollfd ends = {.fd = process, .events = POLLIN};
    int found;
    do {
        uint64_t now = clock_steady_ms();
        uint64_t left = patience->end_ms > now ? patience->end_ms - now : 0;
        found = poll(&ends, 1, patience->wait_ms > 0 ? (int)left : -1);
    } while (found < 0 && errno == EINTR);
    return found != 0;
}

static bool wait_for_connection(int connection, const struct patience *patience) {
    char bytes[READ_BYTES];
    while (limit_next(connection, patience)) {
        ssize_t received = recv(connection, bytes, sizeof bytes, 0);
        if (received == 0 || (received < 0 && errno != EINTR && errno != EAGAIN)) {
            return true;
        }
    }
    return false;
}

bool control_wait_for_end(int connection, unsigned wait_ms) {
    const struct patience patience = {wait_ms, clock_steady_ms() + wait_ms};
    int process = open_process(connection);
    bool has_ended =
        wait_for_connection(connection, &patience) && (process < 0 || wait_for_process(process, &patience));
    if (process >= 0) {
        close(process);
    }
    return has_ended;
}
