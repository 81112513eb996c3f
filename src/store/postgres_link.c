#include "store/postgres_link.h"

#include "base/clock.h"
#include "bet/errors.h"
#include "store/postgres_message.h"

#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

enum { INTERRUPTED_MS_MAX = 300 }; // how long a wait continues after the program is told to stop

static atomic_int interrupt_descriptor = -1;

void postgres_interrupt_on(int descriptor) {
    atomic_store(&interrupt_descriptor, descriptor);
}

bool postgres_interrupted(int milliseconds) {
    struct pollfd interrupt = {atomic_load(&interrupt_descriptor), POLLIN, 0};
    return poll(&interrupt, 1, milliseconds) > 0;
}

// Failures ------------------------------------------------------------------------------------------------

bool postgres_link_say(const struct postgres_link *link, const struct error_code *code, const char *what,
                       const char *message, struct error *error) {
    char line[ERROR_TEXT_BYTES / 2];
    postgres_message_line(message[0] == '\0' ? "the connection is lost" : message, line, sizeof line);
    return error_set(error, code, "%s: cannot %s: %s", link->place, what, line) ||
           error_because(error, code == ERROR_STORE_AWAY ? CAUSE_UNREACHABLE : NULL);
}

bool postgres_link_lost(const struct postgres_link *link, const char *what, struct error *error) {
    return postgres_link_say(link, ERROR_STORE_AWAY, what, PQerrorMessage(link->connection), error);
}

// For whatever reason: it is shutting down, or the session was idle in a transaction for too long. libpq may
// not have seen yet that the connection is closed.
static bool ends_session(const PGresult *result) {
    const char *severity = PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED);
    return severity != NULL && (strcmp(severity, "FATAL") == 0 || strcmp(severity, "PANIC") == 0);
}

bool postgres_link_fail(const struct postgres_link *link, const PGresult *result, const char *what,
                        struct error *error) {
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE), *cause = postgres_state_cause(state);
    const struct error_code *code = PQstatus(link->connection) == CONNECTION_BAD || ends_session(result)
                                        ? ERROR_STORE_AWAY
                                        : postgres_state_code(state);
    return postgres_link_say(link, code, what, PQresultErrorMessage(result), error) ||
           error_because(error, cause != NULL ? cause : error->cause);
}

static void on_notice(void *context, const PGresult *result) {
    struct postgres_link *link = context;
    const char *severity = PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED);
    if (severity != NULL && strcmp(severity, "WARNING") == 0) {
        link->warned = true;
        postgres_message_line(PQresultErrorMessage(result), link->warning, sizeof link->warning);
    }
}

void postgres_link_begin(struct postgres_link *link, PGconn *connection) {
    link->connection = connection;
    PQsetNoticeReceiver(connection, on_notice, link);
}

// Waiting -------------------------------------------------------------------------------------------------

static int sooner(int64_t deadline, int64_t now, int wait) {
    int64_t left = deadline > now ? deadline - now : 0;
    return wait < 0 || left < wait ? (int)left : wait;
}

bool postgres_link_wait(const struct postgres_link *link, short events, int64_t deadline, int grace,
                        short *came, struct error *error) {
    bool interrupted = false;
    int64_t end = -1;
    for (;;) {
        int64_t now = (int64_t)clock_steady_ms();
        int wait = deadline >= 0 ? sooner(deadline, now, -1) : -1;
        wait = interrupted ? sooner(end, now, wait) : wait;
        int interrupt = interrupted ? -1 : atomic_load(&interrupt_descriptor);
        struct pollfd waited[] = {{PQsocket(link->connection), events, 0}, {interrupt, POLLIN, 0}};
        int count = poll(waited, 2, wait);
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count < 0) {
            return error_set_system(error, errno, "%s: cannot wait", link->place);
        }
        *came = waited[0].revents;
        if (*came != 0 || (count == 0 && !interrupted)) {
            return true;
        }
        if (count == 0) {
            return error_set(error, ERROR_STORE_AWAY, "%s: the central is stopping", link->place);
        }
        interrupted = true; // not an event of the socket
        end = now + grace;
    }
}

bool postgres_link_listen(struct postgres_link *link, int milliseconds, struct error *error) {
    short came = 0;
    int64_t deadline = milliseconds < 0 ? -1 : (int64_t)clock_steady_ms() + milliseconds;
    return postgres_link_wait(link, POLLIN, deadline, 0, &came, error) &&
           (came == 0 || PQconsumeInput(link->connection) == 1 || postgres_link_lost(link, "listen", error));
}

bool postgres_link_result(struct postgres_link *link, PGresult **result, struct error *error) {
    for (;;) {
        int unsent = PQflush(link->connection);
        if (unsent < 0) {
            return postgres_link_lost(link, "send", error);
        }
        if (PQisBusy(link->connection) == 0) {
            *result = PQgetResult(link->connection);
            return true;
        }
        short came = 0;
        if (!postgres_link_wait(link, unsent > 0 ? POLLIN | POLLOUT : POLLIN, -1, INTERRUPTED_MS_MAX, &came,
                                error)) {
            return false;
        }
        if ((came & ~POLLOUT) != 0 && PQconsumeInput(link->connection) != 1) {
            return postgres_link_lost(link, "receive", error);
        }
    }
}

bool postgres_link_execute(struct postgres_link *link, const char *sql, const char *what,
                           char value[POSTGRES_VALUE_BYTES], struct error *error) {
    if (value != NULL) {
        value[0] = '\0';
    }
    if (PQsendQuery(link->connection, sql) != 1) {
        return postgres_link_lost(link, what, error);
    }
    bool done = true;
    for (;;) {
        PGresult *result = NULL;
        struct error later; // only the first failure is reported
        if (!postgres_link_result(link, &result, done ? error : &later)) {
            return false;
        }
        if (result == NULL) {
            return done;
        }
        ExecStatusType status = PQresultStatus(result);
        if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
            done = postgres_link_fail(link, result, what, done ? error : &later);
        } else if (value != NULL && PQntuples(result) == 1) {
            snprintf(value, POSTGRES_VALUE_BYTES, "%s", PQgetvalue(result, 0, 0));
        }
        PQclear(result);
    }
}

void postgres_link_close(struct postgres_link *link) {
    PQfinish(link->connection); // accepts NULL, too
    link->connection = NULL;
}
