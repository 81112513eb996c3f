#include "cli/status_ask.h"

#include "cli/control_connection.h"
#include "cli/status_heard.h"
#include "store/address.h"

#include "bet/limits.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
    ANSWER_MS = 3000, // for a server that is well
    // Beside the word, the keys and the draw's name, of which each byte may be an escape.
    AMONG_BYTES = CONTROL_LINE_BYTES_MAX - 64 - 3 * DRAW_NAME_BYTES_MAX,
    RANGE_BYTES = sizeof ",4294967295-4294967295\n" // with a NUL
};

// Asking --------------------------------------------------------------------------------------------------

static void write_among(const struct order_status *missing, char text[AMONG_BYTES]) {
    size_t length = 0;
    for (size_t i = 0; i < missing->missing_count && length + RANGE_BYTES < AMONG_BYTES; i++) {
        const struct order_range *range = &missing->missing[i];
        const char *before = i == 0 ? "" : ",";
        const char *form = range->from == range->to ? "%s%" PRIu32 : "%s%" PRIu32 "-%" PRIu32;
        length += (size_t)snprintf(text + length, AMONG_BYTES - length, form, before, range->from, range->to);
    }
}

// Its answer ----------------------------------------------------------------------------------------------

struct reading_silence {
    struct status_live *live;
    uint64_t up_s; // of the server, which has heard of nobody before
};

static bool take_silent(void *context, const struct json_value *values) {
    const struct reading_silence *reading = context;
    struct status_live *live = reading->live;
    uint64_t silent_s = control_reply_number(&values[1]);
    bool is_heard = values[1].kind == JSON_INTEGER && silent_s <= reading->up_s;
    struct status_silent *silent = &live->silent[live->silent_count];
    if (live->silent_count == STATUS_SILENT_MAX) {
        return false;
    }
    *silent = (struct status_silent){.agency = (uint32_t)control_reply_number(&values[0]),
                                     .is_heard = is_heard,
                                     .silent_s = is_heard ? silent_s : 0};
    if (is_heard) {
        control_reply_text(&values[2], silent->heard_at, sizeof silent->heard_at);
    }
    live->silent_count++;
    return true;
}

static bool read_silence(struct control_reply *reply, uint64_t up_s, struct status_live *live,
                         struct error *error) {
    static const char *const names[] = {"never_heard", "quiet", "silent"};
    static const char *const of_silent[] = {"agency", "silent_s", "heard_at"};
    struct reading_silence reading = {live, up_s};
    struct json_value values[3];
    if (!control_reply_fields(reply, names, 3, values, error)) {
        return false;
    }
    live->silent_count = 0;
    live->never = control_reply_number(&values[0]);
    live->quiet = control_reply_number(&values[1]);
    if (values[2].kind == JSON_ARRAY) {
        (void)json_each_object(reply->parser, &values[2], of_silent, 3, take_silent, &reading);
    }
    return true;
}

// Bets a second.
static double rate(const struct json_value *bets, uint64_t seconds, uint64_t up_s) {
    uint64_t had = up_s < seconds ? up_s : seconds;
    return (double)control_reply_number(bets) / (double)(had > 0 ? had : 1);
}

static bool read_version(struct control_reply *reply, struct status_server *server, struct error *error) {
    static const char *const names[] = {"version", "since"};
    struct json_value values[2];
    if (!reply->ok) {
        return error_set(error, ERROR_NETWORK, "the server cannot say: %s", reply->message);
    }
    if (!control_reply_fields(reply, names, 2, values, error)) {
        return false;
    }
    control_reply_text(&values[0], server->version, sizeof server->version);
    control_reply_text(&values[1], server->since, sizeof server->since);
    return true;
}

static bool read_numbers(struct control_reply *reply, struct status_server *server, struct error *error) {
    static const char *const names[] = {"pid",      "up_s",     "connections", "busy_ms",
                                        "bets_10s", "bets_60s", "store_fails"};
    struct json_value values[7];
    if (!control_reply_fields(reply, names, 7, values, error)) {
        return false;
    }
    uint64_t *const fields[] = {&server->pid, &server->up_s, &server->connections, &server->busy_ms};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        *fields[i] = control_reply_number(&values[i]);
    }
    server->rate_10s = rate(&values[4], 10, server->up_s);
    server->rate_60s = rate(&values[5], 60, server->up_s);
    server->store_fails = values[6].kind == JSON_BOOLEAN && values[6].boolean;
    return true;
}

static bool read_failure(struct control_reply *reply, struct status_server *server, struct error *error) {
    static const char *const names[] = {"seal_fails"};
    struct json_value value;
    if (!control_reply_fields(reply, names, 1, &value, error)) {
        return false;
    }
    control_reply_text(&value, server->seal_fails, sizeof server->seal_fails);
    return true;
}

// All of them ---------------------------------------------------------------------------------------------

struct asking {
    struct status_live *live;
    struct status_heard heard;
};

static void add_server(struct status_live *live, const struct status_server *server) {
    struct status_server *all = &live->all;
    if (live->server_count < STATUS_SERVERS_MAX) {
        live->servers[live->server_count] = *server;
    }
    if (live->server_count++ == 0) {
        *all = *server;
        return;
    }
    all->connections += server->connections;
    all->rate_10s += server->rate_10s;
    all->rate_60s += server->rate_60s;
    all->store_fails = all->store_fails || server->store_fails;
    if (all->seal_fails[0] == '\0') {
        memcpy(all->seal_fails, server->seal_fails, sizeof all->seal_fails);
    }
    all->busy_ms = all->busy_ms > server->busy_ms ? all->busy_ms : server->busy_ms;
    if (server->up_s < all->up_s) {
        all->up_s = server->up_s;
        memcpy(all->since, server->since, sizeof all->since);
    }
}

static void take_answer(void *context, struct control_reply *reply, const struct error *no_answer) {
    struct asking *asking = context;
    struct status_live *live = asking->live;
    struct status_server server = {.pid = 0};
    struct error error;
    if (reply != NULL && read_version(reply, &server, &error) && read_numbers(reply, &server, &error) &&
        read_failure(reply, &server, &error) && read_silence(reply, server.up_s, live, &error)) {
        status_heard_take(&asking->heard, reply);
        add_server(live, &server);
    } else {
        snprintf(live->no_answer, sizeof live->no_answer, "%s", reply == NULL ? no_answer->text : error.text);
    }
}

// Whether there may be others than the one that is asked.
static bool is_alone(const struct control_call_options *options) {
    char file[PATH_MAX];
    struct error ignored;
    return store_file(options->store.address, file, &ignored) && file[0] != '\0';
}

void status_ask(const struct control_call_options *options, const struct order_status *missing,
                struct status_live *live) {
    char among[AMONG_BYTES] = "";
    const struct control_pair pairs[] = {{"among", among}, {"heard", "1"}};
    struct asking asking = {.live = live, .heard = {.until = UINT32_MAX}};
    struct error error;
    bool is_one = is_alone(options) || options->control.path != NULL;
    size_t count = missing->missing_count == 0 ? 0 : is_one ? 1 : 2;
    *live = (struct status_live){.is_named = is_one && !is_alone(options)};
    write_among(missing, among);
    bool called = control_call_each(options, ANSWER_MS, "live", pairs, count, take_answer, &asking, &error);
    live->is_there = live->server_count > 0;
    if (!live->is_there) {
        snprintf(live->trouble, sizeof live->trouble, "%s",
                 live->no_answer[0] != '\0' || called ? live->no_answer : error.text);
    }
    if (live->server_count > 1) {
        status_heard_finish(&asking.heard, among, live);
    }
    status_heard_free(&asking.heard);
}
