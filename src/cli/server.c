// `quiniela server`: starts the central, runs it until a signal (or with --once until everyone has been
// told), and stops it in an order that loses nothing.
#include "cli/cli.h"

#include "audit/events.h"
#include "base/heap.h"
#include "base/log.h"
#include "base/signals.h"
#include "cli/board_place.h"
#include "cli/boarding.h"
#include "cli/certificates.h"
#include "cli/command.h"
#include "cli/controlling.h"
#include "cli/draining.h"
#include "cli/draw_options.h"
#include "cli/ledger_opening.h"
#include "cli/listening.h"
#include "cli/loops.h"
#include "cli/main_loop.h"
#include "cli/privileges.h"
#include "cli/recording.h"
#include "cli/served_store.h"
#include "cli/server_conflicts.h"
#include "cli/server_log.h"
#include "cli/server_options.h"
#include "cli/server_signing.h"
#include "cli/upgrade_watch.h"
#include "cli/upgrading.h"
#include "confine/supervisor.h"
#include "ledger/ledger.h"
#include "ledger/number_counts.h"
#include "ledger/worker.h"
#include "net/limits.h"
#include "net/net.h"
#include "service/service.h"
#include "store/store.h"
#include "store/watch.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum {
    AUDIT_TICK_MS = 1000,
};

struct server {
    struct server_options options;
    struct main_loop main_loop;
    struct listening listening;
    struct certificates certificates;
    struct server_signing signing;
    struct recording recording; // of the audit log
    struct store_identity store_identity;
    struct served_store served_store;
    struct store_watch *watch; // of a store that other servers change, too
    struct ledger *ledger;
    struct worker *worker;
    struct lottery *lottery;
    struct number_counts *numbers; // of a lottery
    struct net *net;
    struct controlling controlling;
    struct boarding boarding;
    struct draining draining;
    bool is_ready; // it listens
};

static bool is_echo(const struct server *server) {
    return server->options.service == SERVICE_ECHO;
}

// What the parts call when something happens ----------------------------------------------------------------

// Has *error tell of one more thing that could not be opened again. The first one gives the code.
static void add_failure(struct error *error, const char *what, const struct error *reason) {
    const struct error before = *error;
    bool is_first = before.code == ERROR_NONE;
    error_set(error, is_first ? reason->code : before.code, "%s%s%s%s", is_first ? "" : before.text,
              is_first ? "" : "; ", what, reason->text);
}

// What can be read again is, also when something else cannot.
static bool reload(void *context, struct error *error) {
    struct server *server = context;
    struct error reason;
    bool renewed;
    error_clear(error);
    if (!log_reopen(&reason)) {
        add_failure(error, "the log stays in the file that was open: ", &reason);
    }
    if (!audit_reopen(server->recording.audit, &reason)) {
        add_failure(error, "the audit log could not be opened again: ", &reason);
    }
    if (server->is_ready) { // if it was not ready before, it is not ready afterwards
        supervisor_reloading();
    }
    if (!certificates_reload(&server->certificates, server->net, &renewed, &reason)) {
        add_failure(error, "", &reason);
    }
    if (renewed) {
        audit_write(server->recording.audit, AUDIT_RELOADED, NULL, 0);
        certificates_warn(&server->certificates);
    }
    if (server->is_ready) {
        supervisor_ready();
    }
    return error->code == ERROR_NONE;
}

// On SIGHUP. The log tells what is wrong.
static void on_reload(void *context) {
    struct error ignored;
    (void)reload(context, &ignored);
}

// Ordered again, it goes on.
static uint64_t drain(void *context) {
    struct server *server = context;
    return draining_begin(&server->draining, server->net, &server->main_loop);
}

static uint64_t connections(void *context) {
    const struct server *server = context;
    return net_connections(server->net);
}

static bool is_draining(void *context) {
    const struct server *server = context;
    return draining_has_begun(&server->draining);
}

static time_t certificate_expiry(void *context) {
    const struct server *server = context;
    return certificates_expiry(&server->certificates);
}

static void on_audit_tick(void *context) {
    const struct server *server = context;
    audit_tick(server->recording.audit);
}

static bool open_store(void *context, struct store **store, struct error *error) {
    struct server *server = context;
    const struct store_options *options = &server->options.store;
    if (!store_open_same(options->address, options->draw, &server->store_identity, store, error)) {
        return false;
    }
    served_store_opened(&server->served_store, options->address, *store);
    return true;
}

// Beside the one that serves, which one thread uses; it is never another one.
static bool open_reader(void *context, const char *draw, struct store **store, struct error *error) {
    struct server *server = context;
    return store_open_same_to_read(server->options.store.address, draw, &server->store_identity, store,
                                   error);
}

static void tell_store(void *context, struct control_store *store) {
    struct server *server = context;
    static_assert(sizeof store->address >= STORE_PLAIN_BYTES && sizeof store->id >= STORE_ID_BYTES, "room");
    served_store_tell(&server->served_store, store->address, store->id);
}

static void on_drawn(void *context, const struct winners *winners) {
    const struct server *server = context;
    lottery_set_winners(server->lottery, winners);
}

static void on_everyone_told(void *context) {
    struct server *server = context;
    main_loop_ask_to_stop(&server->main_loop);
}

// Called on the ledger's thread.
static void on_noted(void *context, const struct ledger_note *note) {
    struct server *server = context;
    recording_note(&server->recording, note);
    if (note->kind == LEDGER_NOTE_RESET_ELSEWHERE) {
        lottery_recall(server->lottery, 0);
        return;
    }
    if (note->kind == LEDGER_NOTE_RESET && note->at == NULL) {
        lottery_recall(server->lottery, note->agency);
    }
}

static void on_store_changed(void *context) {
    struct server *server = context;
    worker_nudge(server->worker);
}

// Starting ------------------------------------------------------------------------------------------------

static bool find_place(struct server *server, struct error *error) {
    struct main_loop *loop = &server->main_loop;
    return listening_find(&server->listening, &server->options, loop->signals_descriptor,
                          main_loop_take_signal, loop, error) &&
           listening_check_exposure(&server->listening, &server->options, error);
}

static bool start_tls(struct server *server, struct error *error) {
    if (!certificates_open(&server->certificates, &server->options, error)) {
        return false;
    }
    if (server->certificates.tls != NULL) {
        main_loop_repeat(&server->main_loop, CERTIFICATES_WARN_EVERY_MS, certificates_warn,
                         &server->certificates);
    }
    return true;
}

static bool open_net(struct server *server, struct error *error) {
    const struct server_options *options = &server->options;
    struct net_options net = {
        .place = server->listening.place,
        .port_count = server->listening.port_count,
        .ports = {options->port, options->consult_port},
        .backlog =
            options->listen_backlog < LISTEN_BACKLOG_MIN ? LISTEN_BACKLOG_MIN : options->listen_backlog,
        .loops = loops_from(options),
        .message_timeout_ms = options->message_timeout_ms,
        .idle_timeout_ms = options->idle_timeout_ms,
        .send_timeout_ms = options->send_timeout_ms,
        .handshake_timeout_ms = options->handshake_timeout_ms,
        .tls = server->certificates.tls,
        .connections_max = options->connections_max,
        .memory_max = options->memory_max,
    };
    if (!boarding_descriptors(options, &server->listening, &net.descriptors_apart, error)) {
        return false;
    }
    static_assert(sizeof net.sockets == sizeof server->listening.sockets, "a socket for each port");
    memcpy(net.sockets, server->listening.sockets, sizeof net.sockets);
    const struct handler *handler = is_echo(server) ? &echo_handler : &lottery_handler;
    return net_open(&net, handler, server->lottery, &server->net, error);
}

static bool open_control(struct server *server, struct error *error) {
    const struct controlling_actions actions = {.drain = drain,
                                                .connections = connections,
                                                .reload = reload,
                                                .tell_store = tell_store,
                                                .context = server,
                                                .numbers = server->numbers,
                                                .http_port = server->boarding.place.port};
    return controlling_open(&server->controlling, &server->options, server->net, &server->main_loop.loop,
                            &actions, error);
}

static bool start_control(struct server *server, struct error *error) {
    return server->controlling.control == NULL ||
           control_start(server->controlling.control, server->worker, server->recording.audit, error);
}

static bool start_recording(struct server *server, struct error *error) {
    if (!recording_open(&server->recording, &server->options, server->certificates.tls != NULL, error)) {
        return false;
    }
    if (server->recording.audit != NULL) {
        main_loop_repeat(&server->main_loop, AUDIT_TICK_MS, on_audit_tick, server);
    }
    return true;
}

static bool open_ledger(struct server *server, struct error *error) {
    const struct server_options *options = &server->options;
    struct ledger_options ledger = draw_options(options);
    server_signing_tell(&server->signing, &ledger);
    ledger.open_store = open_store;
    ledger.open_reader = open_reader;
    ledger.drawn = on_drawn;
    ledger.all_told = options->once ? on_everyone_told : NULL;
    ledger.noted = on_noted;
    ledger.context = server;
    struct error reason;
    if (ledger_opening(&ledger, &server->main_loop, &server->ledger, &reason)) {
        return true;
    }
    const void *setting = draw_options_mismatched(options, reason.code);
    if (setting != NULL) {
        return error_set(error, ERROR_BAD_SETTING, "%s: %s", settings_place(options->settings, setting),
                         reason.text);
    }
    *error = reason;
    return false;
}

static bool start_lottery(struct server *server, struct error *error) {
    uint16_t number;
    char draw[LEDGER_DRAW_BYTES];
    lottery_set_notice(server->lottery, server->signing.notice); // before anything is put there
    if (!open_ledger(server, error)) {
        return false;
    }
    ledger_tell_draw(server->ledger, draw);
    server_log_no_agencies(ledger_agencies(server->ledger));
    if (ledger_winning_number(server->ledger, &number)) {
        server_log_known_number(&server->options);
    }
    // Before its thread has the ledger to itself.
    if (!recording_catch_up(&server->recording, server->ledger, error) ||
        !worker_start(server->ledger, &server->worker, error)) {
        return false;
    }
    lottery_set_draw(server->lottery, draw);
    lottery_set_audit(server->lottery, server->recording.audit);
    lottery_set_worker(server->lottery, server->worker);
    lottery_set_refusals_max(server->lottery, server->options.refusals_max);
    return store_watch_start(server->options.store.address, on_store_changed, server, &server->watch, error);
}

static bool make_lottery(struct server *server, struct error *error) {
    server->lottery = lottery_new();
    server->numbers = number_counts_new(open_reader, server, server->options.store.draw);
    return (server->lottery != NULL && server->numbers != NULL) ||
           error_set(error, ERROR_NO_MEMORY, "no memory for the lottery");
}

// Once the ledger's thread runs.
static bool open_board(struct server *server, struct error *error) {
    const struct boarding_view view = {.open_reader = open_reader,
                                       .connections = connections,
                                       .is_draining = is_draining,
                                       .certificate_expiry = certificate_expiry,
                                       .context = server,
                                       .pulse = worker_pulse(server->worker),
                                       .notice = server->signing.notice,
                                       .numbers = server->numbers,
                                       .seal_dir = server->signing.seal_dir};
    return boarding_open(&server->boarding, &view, error);
}

// The ports are bound with the privileges we were started with. Then every privilege no longer needed is
// given up, before the first thread (the log's) starts and before the store is opened. We listen last.
static bool start(struct server *server, struct error *error) {
    bool has_store = !is_echo(server);
    if (!find_place(server, error) || !start_tls(server, error)) {
        return false;
    }
    if (has_store && !make_lottery(server, error)) {
        return false;
    }
    if (!open_net(server, error) ||
        (has_store && !server_signing_open(&server->signing, &server->options, error)) ||
        !boarding_bind(&server->boarding, &server->options, &server->listening, server->signing.notary,
                       error) ||
        !open_control(server, error)) {
        return false;
    }
    char seals[PATH_MAX];
    server_signing_path(&server->signing, &server->options, seals);
    const struct privileges_kept kept = {
        .has_store = has_store,
        .removes_in = server->controlling.folder[0] == '\0' ? NULL : server->controlling.folder,
        .writes_in = seals};
    return privileges_give_up(&server->options, &kept, error) && log_start(error) &&
           start_recording(server, error) &&
           (!has_store || (start_lottery(server, error) && open_board(server, error))) &&
           net_start(server->net, error) && start_control(server, error) &&
           boarding_start(&server->boarding, error);
}

// Stopping ------------------------------------------------------------------------------------------------

// First nothing new is let in, and no order is taken. Then the ledger finishes its current group and answers
// it. Then the answers leave and the connections end. The store is closed last.
static void stop(struct server *server) {
    supervisor_stopping();
    control_quiet(server->controlling.control);
    if (server->net != NULL) {
        net_quiet(server->net);
    }
    main_loop_interrupt(&server->main_loop);
    boarding_close(&server->boarding);
    store_watch_stop(&server->watch);
    if (server->worker != NULL) {
        worker_stop(server->worker);
    }
    control_settle(server->controlling.control);
    if (server->net != NULL) {
        net_close(&server->net);
    }
    if (server->worker != NULL) {
        worker_free(&server->worker);
    }
    if (server->ledger != NULL) {
        ledger_close(&server->ledger);
    }
    number_counts_free(server->numbers);
    store_forget(&server->store_identity);
    lottery_free(server->lottery);
    server_signing_close(&server->signing);
    recording_close(&server->recording);
    certificates_close(&server->certificates);
    store_interrupt_on(-1);
    control_close(&server->controlling.control); // who ordered the end sees it
    main_loop_close(&server->main_loop);
}

// The command ---------------------------------------------------------------------------------------------

static int run(struct server *server) {
    struct error error;
    if (!main_loop_open(&server->main_loop, on_reload, server, &error)) {
        server_log_no_start(&server->options, &error);
        return EXIT_FAILED;
    }
    bool started = start(server, &error);
    if (started) {
        server_log_listening(&server->options, server->net);
        boarding_log(&server->boarding);
        server->is_ready = true;
        supervisor_ready();
        main_loop_run(&server->main_loop);
    }
    bool was_stopped = started || server->main_loop.stopping;
    stop(server);
    if (was_stopped) {
        log_event(LOG_LEVEL_INFO, "end_server", LOG_SUCCESS, NULL);
        return EXIT_DONE;
    }
    server_log_no_start(&server->options, &error); // last, and once
    return error.code == ERROR_BAD_SETTING ? EXIT_WRONG_USE : EXIT_FAILED;
}

static bool check_store(const struct server_options *options, struct error *error) {
    struct error reason;
    return store_check_address(options->store.address, &reason) ||
           error_set(error, ERROR_BAD_SETTING, "%s: %s",
                     settings_place(options->settings, &options->store.address), reason.text);
}

// Finds every mistake that shows before anything is opened, logged or listened on.
static bool check_options(struct server *server, struct error *error) {
    const struct server_options *options = &server->options;
    return listening_parse(&server->listening, options, error) &&
           listening_take_sockets(&server->listening, options, error) &&
           board_place_check(options, &server->listening, error) && server_conflicts_check(options, error) &&
           loops_check(options, error) && check_store(options, error);
}

// Before anything else, and with the rights that the server was started with. The thread that watches is gone
// before those are given up.
static bool upgrade(const struct server_options *options) {
    struct upgrade_watch watch;
    struct error error;
    bool done = upgrade_watch_start(&watch, &error);
    if (done) {
        done = upgrading_at_start(options->store.address, &error);
        upgrade_watch_stop(&watch);
    }
    if (!done) {
        server_log_no_start(options, &error);
    }
    return done;
}

int cli_server(const struct command_line *line) {
    struct server server = {0};
    struct error error;
    int status;
    heap_keep_little();
    signals_end_at_once();
    signals_hold_reload();
    if (!command_begin(&server_command, line, &server.options, &server.options.settings, &status)) {
        return status;
    }
    bool upgrades = server.options.upgrade && !is_echo(&server);
    signals_hold();
    command_keep_private();
    if (command_has_descriptors(&error) && check_options(&server, &error) &&
        server_log_begin(&server.options, &error)) {
        command_raise_descriptor_limit();
        status = !upgrades || upgrade(&server.options) ? run(&server) : EXIT_FAILED;
    } else {
        status = command_fail(&server_command, &error);
    }
    settings_free(server.options.settings);
    log_end();
    return status;
}
