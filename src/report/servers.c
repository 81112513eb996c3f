#include "report/servers.h"

#include <stdio.h>
#include <string.h>

void servers_next_file(struct servers *servers) {
    servers->begins_file = true;
}

static struct server *add_server(struct servers *servers, const char *name) {
    if (servers->count == SERVERS_MAX) {
        servers->has_left_out = true;
        return NULL;
    }
    struct server *server = &servers->list[servers->count++];
    snprintf(server->name, sizeof server->name, "%s", name);
    return server;
}

// What a start logs before it has the draw is no sign of life of the run before.
void servers_take_line(struct servers *servers, int64_t at) {
    struct server *server = servers->current;
    if (servers->begins_file && server != NULL && at < server->last) {
        server = servers->current = NULL;
        servers->is_starting = false;
    }
    servers->begins_file = false;
    if (server == NULL) {
        return;
    }
    server->last = at > server->last ? at : server->last;
    if (server->run != NULL && !servers->is_starting) {
        server->run->last = server->last;
    }
}

// One that listens on every address has none in its log.
static void write_name(struct slice ip, struct slice port, char name[SERVERS_NAME_BYTES]) {
    enum { IP_MAX = 48, PORT_MAX = 16 };
    struct slice host = ip.length == 0 ? slice_of("*") : ip, end = port.length == 0 ? slice_of("?") : port;
    snprintf(name, SERVERS_NAME_BYTES, "%.*s:%.*s", (int)(host.length < IP_MAX ? host.length : IP_MAX),
             host.text, (int)(end.length < PORT_MAX ? end.length : PORT_MAX), end.text);
}

void servers_take_config(struct servers *servers, struct slice ip, struct slice port, int64_t at) {
    char name[SERVERS_NAME_BYTES];
    write_name(ip, port, name);
    servers->begins_file = false;
    servers->is_starting = true;
    servers->current = NULL;
    for (size_t i = 0; i < servers->count; i++) {
        struct server *server = &servers->list[i];
        if (strcmp(server->name, name) == 0 && at + SERVERS_BACK_S >= server->last) {
            servers->current = server;
        }
    }
    servers->current = servers->current != NULL ? servers->current : add_server(servers, name);
}

// Port 0 is any free one: the next start may ask for the one that came of it.
void servers_take_listen(struct servers *servers, struct slice ip, struct slice port) {
    struct server *server = servers->current;
    size_t length = server == NULL ? 0 : strlen(server->name);
    if (length > 2 && strcmp(server->name + length - 2, ":0") == 0) {
        write_name(ip, port, server->name);
    }
}

// Where there is no room for a run, the count says so; a server that was left out has none (has_left_out).
static void add_run(struct servers *servers, struct server *server, int64_t from, int64_t at) {
    if (server == NULL) {
        return;
    }
    size_t index = servers->run_count++;
    if (index < SERVERS_RUNS_MAX) {
        servers->runs[index] =
            (struct server_run){(size_t)(server - servers->list), from, at, SERVER_HAS_NO_END};
        server->run = &servers->runs[index];
        server->last = at > server->last ? at : server->last;
    }
}

// The current server; one without a name where its lines begin in the middle.
static struct server *current(struct servers *servers) {
    if (servers->current == NULL) {
        servers->current = add_server(servers, "");
    }
    return servers->current;
}

void servers_take_open(struct servers *servers, bool is_this_draw, int64_t at) {
    struct server *server = current(servers);
    bool is_running = server != NULL && server->run != NULL;
    if (is_running && is_this_draw && !servers->is_starting) {
        return; // of the same start
    }
    servers->is_starting = false;
    if (is_running) {
        server->run->end = SERVER_KILLED;
        server->run = NULL;
    }
    if (is_this_draw) {
        add_run(servers, server, at, at);
    }
}

void servers_take_bets(struct servers *servers, int64_t at) {
    struct server *server = current(servers);
    servers->is_starting = false;
    if (server != NULL && server->run == NULL) {
        add_run(servers, server, 0, at);
    }
}

void servers_take_end(struct servers *servers) {
    struct server *server = servers->current;
    if (server != NULL && server->run != NULL && !servers->is_starting) {
        server->run->end = SERVER_ENDED;
        server->run = NULL;
    }
}

const struct server_run *servers_run_before(const struct servers *servers, const struct server_run *run) {
    for (const struct server_run *before = run; before > servers->runs;) {
        if ((--before)->server == run->server) {
            return before;
        }
    }
    return NULL;
}

// Outages -------------------------------------------------------------------------------------------------

static bool is_up(const struct servers *servers, int64_t at) {
    for (size_t i = 0; i < servers_kept(servers); i++) {
        const struct server_run *run = &servers->runs[i];
        if (run->from <= at && (run->end == SERVER_HAS_NO_END || at < run->last)) {
            return true;
        }
    }
    return false;
}

// The first start later than that; 0: there is none.
static int64_t next_start(const struct servers *servers, int64_t after) {
    int64_t next = 0;
    for (size_t i = 0; i < servers_kept(servers); i++) {
        int64_t from = servers->runs[i].from;
        next = from > after && (next == 0 || from < next) ? from : next;
    }
    return next;
}

bool servers_next_outage(const struct servers *servers, int64_t after, struct outage *outage) {
    *outage = (struct outage){0, 0};
    if (servers->run_count > SERVERS_RUNS_MAX || servers->has_left_out) {
        return false;
    }
    for (size_t i = 0; i < servers->run_count; i++) {
        const struct server_run *run = &servers->runs[i];
        bool is_earlier = outage->to == 0 || run->last < outage->from;
        if (run->end != SERVER_HAS_NO_END && run->last >= after && is_earlier && !is_up(servers, run->last) &&
            next_start(servers, run->last) != 0) {
            *outage = (struct outage){run->last, next_start(servers, run->last)};
        }
    }
    return outage->to != 0;
}
