#include "store/postgres_connect.h"

#include "base/clock.h"
#include "bet/errors.h"
#include "store/postgres_message.h"

#include <poll.h>
#include <string.h>

enum {
    CONNECT_MS_MAX = 5000, // to one host
    OPTIONS_MAX = 64,
};

// Defaults, where the address sets nothing. They detect a vanished host within some seconds: the keep-alives
// while we wait, and the user timeout while we send.
static const char *const defaults[][2] = {
    {"keepalives_idle", "3"},
    {"keepalives_interval", "1"},
    {"keepalives_count", "3"},
    {"tcp_user_timeout", "5000"},
    {"application_name", "quiniela"},
    {"client_encoding", "UTF8"},
    {"fallback_application_name", "quiniela"},
};

struct parameters {
    const char *keys[OPTIONS_MAX + 8], *values[OPTIONS_MAX + 8];
    int count;
};

static void add(struct parameters *parameters, const char *key, const char *value) {
    if (value[0] != '\0' && parameters->count < OPTIONS_MAX + 7) {
        parameters->keys[parameters->count] = key;
        parameters->values[parameters->count++] = value;
    }
}

static void add_options(struct parameters *parameters, const PQconninfoOption *options, bool to_write) {
    for (const PQconninfoOption *option = options; option->keyword != NULL; option++) {
        bool of_one_host = strcmp(option->keyword, "host") == 0 || strcmp(option->keyword, "hostaddr") == 0 ||
                           strcmp(option->keyword, "port") == 0;
        if (option->val != NULL && !of_one_host && parameters->count < OPTIONS_MAX) {
            add(parameters, option->keyword, option->val);
        }
    }
    for (size_t i = 0; i < sizeof defaults / sizeof defaults[0]; i++) {
        const char *given = postgres_option(options, defaults[i][0]);
        if (given[0] == '\0') {
            add(parameters, defaults[i][0], defaults[i][1]);
        }
    }
    if (to_write && postgres_option(options, "target_session_attrs")[0] == '\0') {
        add(parameters, "target_session_attrs", "read-write");
    }
}

static bool finish_connecting(struct postgres_link *link, struct error *error) {
    int64_t deadline = (int64_t)clock_steady_ms() + CONNECT_MS_MAX;
    short events = POLLOUT;
    while (PQstatus(link->connection) != CONNECTION_BAD) {
        short came = 0;
        if (!postgres_link_wait(link, events, deadline, 0, &came, error)) {
            return false;
        }
        if (came == 0) {
            return error_set(error, ERROR_STORE_AWAY, "%s: cannot connect: no answer for %d s", link->place,
                             CONNECT_MS_MAX / 1000) ||
                   error_because(error, "the database does not answer");
        }
        PostgresPollingStatusType status = PQconnectPoll(link->connection);
        if (status == PGRES_POLLING_OK) {
            return PQsetnonblocking(link->connection, 1) == 0 || postgres_link_lost(link, "connect", error);
        }
        events = status == PGRES_POLLING_READING ? POLLIN : POLLOUT;
    }
    const char *message = PQerrorMessage(link->connection);
    // A port that is not a number, an unknown sslmode. The message is libpq's own, and in English because no
    // locale is set here.
    if (strncmp(message, "invalid ", 8) == 0) {
        return postgres_link_say(link, ERROR_STORE_FAILED, "connect", message, error);
    }
    if (postgres_refused_for_good(link->connection)) {
        return postgres_link_say(link, ERROR_STORE_FAILED, "connect", postgres_message_text(message),
                                 error) ||
               error_because(error, CAUSE_NOT_LET_IN);
    }
    return postgres_link_say(link, ERROR_STORE_AWAY, "connect", postgres_message_text(message), error);
}

static bool connect_host(struct postgres_link *link, const PQconninfoOption *options, int host, bool to_write,
                         struct error *error) {
    static const char *const of_one_host[] = {"host", "hostaddr", "port"};
    char values[3][POSTGRES_HOST_BYTES];
    struct parameters parameters = {.count = 0};
    for (size_t i = 0; i < 3; i++) {
        postgres_host_option(options, of_one_host[i], host, values[i]);
        add(&parameters, of_one_host[i], values[i]);
    }
    add_options(&parameters, options, to_write);
    postgres_describe(options, host, link->place, sizeof link->place);
    PGconn *connection = PQconnectStartParams(parameters.keys, parameters.values, 0);
    if (connection == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for a connection to the database");
    }
    postgres_link_begin(link, connection);
    PQsetErrorVerbosity(link->connection, PQERRORS_VERBOSE); // for postgres_refused_for_good
    bool connected = finish_connecting(link, error);
    PQsetErrorVerbosity(link->connection, PQERRORS_TERSE);
    if (!connected) {
        postgres_link_close(link);
    }
    return connected;
}

static bool connect_any_host(struct postgres_link *link, const PQconninfoOption *options, bool to_write,
                             struct error *error) {
    bool connected = false, may_come = false;
    struct error failure;
    error_clear(error);
    for (int i = 0, count = postgres_hosts(options); i < count && !connected; i++) {
        connected = connect_host(link, options, i, to_write, &failure);
        bool comes = !connected && failure.code == ERROR_STORE_AWAY;
        if (!connected && (error->code == ERROR_NONE || (comes && !may_come))) {
            *error = failure; // of several, one that may pass
        }
        may_come = may_come || comes;
    }
    return connected;
}

bool postgres_connect(struct postgres_link *link, const char *address, bool to_write, struct error *error) {
    *link = (struct postgres_link){0};
    if (!postgres_address_check(address, error)) {
        return false;
    }
    PQconninfoOption *options = PQconninfoParse(address, NULL);
    if (options == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for the address of the database");
    }
    // With several hosts the standbys may lag: a reader, too, wants the primary.
    bool has_choice = postgres_hosts(options) > 1;
    bool connected = ((to_write || has_choice) && connect_any_host(link, options, true, error)) ||
                     (!to_write && connect_any_host(link, options, false, error));
    PQconninfoFree(options);
    return connected;
}
