#include "store/postgres_link.h"

#include "base/clock.h"
#include "bet/errors.h"

#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    CONNECT_MS_MAX = 5000,    // to one host
    INTERRUPTED_MS_MAX = 300, // what a wait goes on for when the program is told to stop
    OPTIONS_MAX = 64,
    HOST_BYTES_MAX = 256,
    SQLSTATE_BYTES = 5,
};

static atomic_int interrupt_descriptor = -1;

void postgres_interrupt_on(int descriptor) {
    atomic_store(&interrupt_descriptor, descriptor);
}

bool postgres_interrupted(int milliseconds) {
    struct pollfd interrupt = {atomic_load(&interrupt_descriptor), POLLIN, 0};
    return poll(&interrupt, 1, milliseconds) > 0;
}

// Messages ------------------------------------------------------------------------------------------------

// What stands in front of a message: the word for its severity, in whatever language the database speaks, and
// where it was asked for (PQERRORS_VERBOSE) the SQLSTATE: "FATAL:  28P01: ". NULL where it does not stand
// there; *text gets what comes behind. libpq writes it so (its fe-protocol3.c), and only the code says what
// happened.
static const char *state_in(const char *message, const char **text) {
    for (const char *at = message; (at = strstr(at, ":  ")) != NULL; at++) {
        const char *state = at + 3;
        size_t length = strspn(state, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ");
        if (length == SQLSTATE_BYTES && strncmp(state + length, ": ", 2) == 0) {
            *text = state + length + 2;
            return state;
        }
    }
    return NULL;
}

// The first line of a message of libpq, without what stands in front of it.
static void first_line(const char *message, char *line, size_t size) {
    const char *severity = message + strcspn(message, ": \n");
    if (strncmp(severity, ":  ", 3) == 0) { // one word, in whatever language
        message = severity + 3;
    }
    snprintf(line, size, "%.*s", (int)strcspn(message, "\n"), message);
}

static bool fail(const struct postgres_link *link, const struct error_code *code, const char *what,
                 const char *message, struct error *error) {
    char line[ERROR_TEXT_BYTES / 2];
    first_line(message[0] == '\0' ? "the connection is lost" : message, line, sizeof line);
    return error_set(error, code, "%s: cannot %s: %s", link->place, what, line);
}

bool postgres_link_lost(const struct postgres_link *link, const char *what, struct error *error) {
    return fail(link, ERROR_STORE_AWAY, what, PQerrorMessage(link->connection), error);
}

// What happens when two servers want the same: a unique place is taken, a row has changed meanwhile, they
// wait for each other, or one waits too long (PostgreSQL's manual, appendix A). The last is a statement's of
// ours that finds a row changed (postgres_statements.c).
static bool is_stale(const char *state) {
    static const char *const states[] = {"23505", "40001", "40P01", "55P03", "22012"};
    for (size_t i = 0; state != NULL && i < sizeof states / sizeof states[0]; i++) {
        if (strcmp(state, states[i]) == 0) {
            return true;
        }
    }
    return false;
}

// A value that the database has no room or no letters for (class 22), or that some rule of its tables forbids
// (23).
static bool is_refused(const char *state) {
    return state != NULL && (strncmp(state, "22", 2) == 0 || strncmp(state, "23", 2) == 0);
}

static const struct error_code *code_of(const char *state) {
    if (is_stale(state)) {
        return ERROR_STORE_STALE;
    }
    return is_refused(state) ? ERROR_STORE_REFUSED : ERROR_STORE_FAILED;
}

bool postgres_link_fail(const struct postgres_link *link, const PGresult *result, const char *what,
                        struct error *error) {
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    if (PQstatus(link->connection) == CONNECTION_BAD ||
        (state != NULL && (strncmp(state, "57P", 3) == 0 || strncmp(state, "08", 2) == 0))) {
        return fail(link, ERROR_STORE_AWAY, what, PQresultErrorMessage(result), error); // it is being ended
    }
    return fail(link, code_of(state), what, PQresultErrorMessage(result), error);
}

static void on_notice(void *context, const PGresult *result) {
    struct postgres_link *link = context;
    const char *severity = PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED);
    if (severity != NULL && strcmp(severity, "WARNING") == 0) {
        link->warned = true;
        first_line(PQresultErrorMessage(result), link->warning, sizeof link->warning);
    }
}

// Waiting -------------------------------------------------------------------------------------------------

static int sooner(int64_t deadline, int64_t now, int wait) {
    int64_t left = deadline > now ? deadline - now : 0;
    return wait < 0 || left < wait ? (int)left : wait;
}

// Waits for `events` of the socket; *came gets those that came, 0 at the deadline (a time of the steady clock
// in ms, or -1 for none).
// When the program is told to stop it waits for `grace` ms more.
static bool wait_for(const struct postgres_link *link, short events, int64_t deadline, int grace, short *came,
                     struct error *error) {
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
        interrupted = true; // it was no event of the socket
        end = now + grace;
    }
}

bool postgres_link_listen(struct postgres_link *link, int milliseconds, struct error *error) {
    short came = 0;
    int64_t deadline = milliseconds < 0 ? -1 : (int64_t)clock_steady_ms() + milliseconds;
    return wait_for(link, POLLIN, deadline, 0, &came, error) &&
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
        if (!wait_for(link, unsent > 0 ? POLLIN | POLLOUT : POLLIN, -1, INTERRUPTED_MS_MAX, &came, error)) {
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
        struct error later; // the first failure is told
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

// Addresses -----------------------------------------------------------------------------------------------

static bool is_uri(const char *address) {
    return strncmp(address, "postgresql://", 13) == 0 || strncmp(address, "postgres://", 11) == 0;
}

bool postgres_is_address(const char *address) {
    PQconninfoOption *options = is_uri(address) ? NULL : PQconninfoParse(address, NULL);
    bool parsed = options != NULL && strchr(address, '=') != NULL;
    PQconninfoFree(options);
    return is_uri(address) || parsed;
}

static PQconninfoOption *option_of(PQconninfoOption *options, const char *keyword) {
    while (options->keyword != NULL && strcmp(options->keyword, keyword) != 0) {
        options++;
    }
    return options->keyword != NULL ? options : NULL;
}

static const char *value_of(PQconninfoOption *options, const char *keyword) {
    const PQconninfoOption *option = option_of(options, keyword);
    return option == NULL || option->val == NULL ? "" : option->val;
}

// The element of a list with commas: the only one is everybody's, as in libpq.
static void element(const char *list, int index, char text[HOST_BYTES_MAX]) {
    const char *start = list;
    for (int i = 0; i < index; i++) {
        const char *comma = strchr(start, ',');
        if (comma == NULL) {
            start = strchr(list, ',') == NULL ? list : "";
            break;
        }
        start = comma + 1;
    }
    snprintf(text, HOST_BYTES_MAX, "%.*s", (int)strcspn(start, ","), start);
}

static int elements(const char *list) {
    int count = 1;
    for (const char *at = list; (at = strchr(at, ',')) != NULL; at++) {
        count++;
    }
    return count;
}

static int hosts_of(PQconninfoOption *options) {
    int names = elements(value_of(options, "host")), addresses = elements(value_of(options, "hostaddr"));
    return names > addresses ? names : addresses;
}

// "postgresql://host:port/database" of one host, or of all of them when `index` is -1.
static void describe(PQconninfoOption *options, int index, char place[POSTGRES_PLACE_BYTES]) {
    int first = index < 0 ? 0 : index, last = index < 0 ? hosts_of(options) - 1 : index;
    char *at = place, *end = place + POSTGRES_PLACE_BYTES;
    at += snprintf(at, (size_t)(end - at), "postgresql://");
    for (int i = first; i <= last && at < end; i++) {
        char host[HOST_BYTES_MAX], port[HOST_BYTES_MAX];
        element(value_of(options, "host"), i, host);
        if (host[0] == '\0') {
            element(value_of(options, "hostaddr"), i, host);
        }
        element(value_of(options, "port"), i, port);
        at += snprintf(at, (size_t)(end - at), "%s%s%s%s", i == first ? "" : ",", host,
                       port[0] == '\0' ? "" : ":", port);
    }
    if (at < end) {
        snprintf(at, (size_t)(end - at), "/%s", value_of(options, "dbname"));
    }
}

void postgres_show_address(const char *address, char place[POSTGRES_PLACE_BYTES]) {
    PQconninfoOption *options = PQconninfoParse(address, NULL);
    if (options == NULL) {
        snprintf(place, POSTGRES_PLACE_BYTES, "postgresql://…");
        return;
    }
    describe(options, -1, place);
    PQconninfoFree(options);
}

bool postgres_check_address(const char *address, struct error *error) {
    PQconninfoOption *options = PQconninfoParse(address, NULL);
    bool can_be_read = options != NULL; // libpq's message may quote the address, and so a password
    PQconninfoFree(options);
    return can_be_read ||
           error_set(error, ERROR_BAD_SETTING,
                     "it is no connection string of PostgreSQL; libpq's manual tells their form");
}

void postgres_conceal(char *address) {
    PQconninfoOption *options = postgres_is_address(address) ? PQconninfoParse(address, NULL) : NULL;
    if (options != NULL &&
        (value_of(options, "password")[0] != '\0' || value_of(options, "sslpassword")[0] != '\0')) {
        memset(address, '*', strlen(address));
    }
    PQconninfoFree(options);
}

// Connecting ----------------------------------------------------------------------------------------------

// What holds where the address says nothing. A host that has vanished is noticed within some seconds, by the
// keep-alives while we wait and by the other limit while we send.
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

static void add_options(struct parameters *parameters, PQconninfoOption *options, bool to_write) {
    for (const PQconninfoOption *option = options; option->keyword != NULL; option++) {
        bool of_one_host = strcmp(option->keyword, "host") == 0 || strcmp(option->keyword, "hostaddr") == 0 ||
                           strcmp(option->keyword, "port") == 0;
        if (option->val != NULL && !of_one_host && parameters->count < OPTIONS_MAX) {
            add(parameters, option->keyword, option->val);
        }
    }
    for (size_t i = 0; i < sizeof defaults / sizeof defaults[0]; i++) {
        const char *given = value_of(options, defaults[i][0]);
        if (given[0] == '\0') {
            add(parameters, defaults[i][0], defaults[i][1]);
        }
    }
    if (to_write && value_of(options, "target_session_attrs")[0] == '\0') {
        add(parameters, "target_session_attrs", "read-write");
    }
}

// The password or the user is wrong (class 28), or there is no such database.
static bool is_refusal(const char *state) {
    return strncmp(state, "28", 2) == 0 || strncmp(state, "3D000", SQLSTATE_BYTES) == 0;
}

// Whether trying again cannot help: every address that has answered (a name may have several) has refused for
// good.
static bool is_final(PGconn *connection) {
    const char *text = PQerrorMessage(connection), *state = state_in(text, &text);
    bool refused = state != NULL;
    for (; state != NULL; state = state_in(text, &text)) {
        refused = refused && is_refusal(state);
    }
    return PQconnectionNeedsPassword(connection) != 0 || refused;
}

// The text behind "FATAL:  28P01: ".
static const char *text_of(const char *message) {
    const char *text = message;
    return state_in(message, &text) != NULL ? text : message;
}

static bool finish_connecting(struct postgres_link *link, struct error *error) {
    int64_t deadline = (int64_t)clock_steady_ms() + CONNECT_MS_MAX;
    short events = POLLOUT;
    while (PQstatus(link->connection) != CONNECTION_BAD) {
        short came = 0;
        if (!wait_for(link, events, deadline, 0, &came, error)) {
            return false;
        }
        if (came == 0) {
            return error_set(error, ERROR_STORE_AWAY, "%s: cannot connect: no answer for %d s", link->place,
                             CONNECT_MS_MAX / 1000);
        }
        PostgresPollingStatusType status = PQconnectPoll(link->connection);
        if (status == PGRES_POLLING_OK) {
            return PQsetnonblocking(link->connection, 1) == 0 || postgres_link_lost(link, "connect", error);
        }
        events = status == PGRES_POLLING_READING ? POLLIN : POLLOUT;
    }
    const char *message = PQerrorMessage(link->connection);
    // A port that is no number, an sslmode that is none. That is libpq's own, and English: no locale is set
    // here.
    if (strncmp(message, "invalid ", 8) == 0) {
        return fail(link, ERROR_STORE_FAILED, "connect", message, error);
    }
    return fail(link, is_final(link->connection) ? ERROR_STORE_FAILED : ERROR_STORE_AWAY, "connect",
                text_of(message), error);
}

static bool connect_host(struct postgres_link *link, PQconninfoOption *options, int index, bool to_write,
                         struct error *error) {
    char host[HOST_BYTES_MAX], address[HOST_BYTES_MAX], port[HOST_BYTES_MAX];
    struct parameters parameters = {.count = 0};
    element(value_of(options, "host"), index, host);
    element(value_of(options, "hostaddr"), index, address);
    element(value_of(options, "port"), index, port);
    add(&parameters, "host", host);
    add(&parameters, "hostaddr", address);
    add(&parameters, "port", port);
    add_options(&parameters, options, to_write);
    describe(options, index, link->place);
    link->connection = PQconnectStartParams(parameters.keys, parameters.values, 0);
    if (link->connection == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for a connection to the database");
    }
    PQsetErrorVerbosity(link->connection, PQERRORS_VERBOSE); // for is_final
    PQsetNoticeReceiver(link->connection, on_notice, link);
    bool connected = finish_connecting(link, error);
    PQsetErrorVerbosity(link->connection, PQERRORS_TERSE);
    if (!connected) {
        postgres_link_close(link);
    }
    return connected;
}

static bool connect_any_host(struct postgres_link *link, PQconninfoOption *options, bool to_write,
                             struct error *error) {
    bool connected = false, may_come = false;
    struct error failure;
    error_clear(error);
    for (int i = 0, count = hosts_of(options); i < count && !connected; i++) {
        connected = connect_host(link, options, i, to_write, &failure);
        bool comes = !connected && failure.code == ERROR_STORE_AWAY;
        if (!connected && (error->code == ERROR_NONE || (comes && !may_come))) {
            *error = failure; // of several, one that may come back
        }
        may_come = may_come || comes;
    }
    return connected;
}

bool postgres_link_open(struct postgres_link *link, const char *address, bool to_write, struct error *error) {
    *link = (struct postgres_link){0};
    if (!postgres_check_address(address, error)) {
        return false;
    }
    PQconninfoOption *options = PQconninfoParse(address, NULL);
    if (options == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for the address of the database");
    }
    // Of several hosts those that only follow may be behind: a reader, too, wants the one that leads.
    bool has_choice = hosts_of(options) > 1;
    bool connected = ((to_write || has_choice) && connect_any_host(link, options, true, error)) ||
                     (!to_write && connect_any_host(link, options, false, error));
    PQconninfoFree(options);
    return connected;
}

void postgres_link_close(struct postgres_link *link) {
    PQfinish(link->connection); // takes NULL, too
    link->connection = NULL;
}
