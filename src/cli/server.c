// `quiniela server`: puts the central together, runs it until a signal (or until everyone is told, with
// --once), and takes it apart in an order that loses nothing.
#include "cli/cli.h"

#include "base/heap.h"
#include "base/log.h"
#include "base/settings.h"
#include "base/signals.h"
#include "bet/errors.h"
#include "cli/command.h"
#include "cli/conflicts.h"
#include "cli/listening.h"
#include "cli/loops.h"
#include "cli/privileges.h"
#include "cli/recording.h"
#include "cli/settings_table.h"
#include "cli/tls_settings.h"
#include "confine/supervisor.h"
#include "ledger/ledger.h"
#include "ledger/worker.h"
#include "net/limits.h"
#include "net/net.h"
#include "service/service.h"
#include "store/store.h"
#include "store/watch.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>
#include <uv.h>

enum {
    STORE_AGAIN_MS = 250,
    STORE_AGAIN_MS_MAX = 5000,
    EXPIRY_EVERY_MS = 12 * 3600 * 1000,
    AUDIT_TICK_MS = 1000
};

struct server {
    struct settings *settings;
    struct ledger *ledger;
    struct worker *worker;
    struct lottery *lottery;
    struct net *net;
    struct listening listening;
    uv_loop_t loop; // of the main thread: signals, and the end
    uv_poll_t signals;
    int signals_descriptor;
    int interrupt;             // can be read once the program stops: whatever waits for a database ends
    struct store_watch *watch; // of a store that other servers change, too
    struct store_identity store_identity;
    uv_async_t all_told;
    struct recording recording; // of the audit log
    struct tls_context *tls;    // NULL: plain text
    uv_timer_t expiry;          // when to look again whether its files are about to expire
    uv_timer_t audit_tick;      // each second, where there is an audit log
    bool is_ready, stopping;
};

static uint32_t agencies_from(const struct settings *settings) {
    const char *key = settings_is_set(settings, "AGENCIES") ? "AGENCIES" : "SERVER_LISTEN_BACKLOG";
    return (uint32_t)settings_number(settings, key);
}

static void log_config(const struct settings *settings) {
    char store[STORE_ADDRESS_BYTES];
    store_show_address(settings_text(settings, "STORE"), store);
    const char *address = settings_text(settings, "SERVER_IP");
    log_event(
        LOG_LEVEL_INFO, "config", LOG_SUCCESS,
        "port: %s | listen_backlog: %s | logging_level: %s | consult_port: %s | ip: %s | agencies: %" PRIu32
        " | store: %s | draw: %s | winning_number: %s | loops: %d | message_timeout: %s | send_timeout: %s"
        " | idle_timeout: %s | connections_max: %s | memory_max: %s | tls: %s",
        settings_text(settings, "SERVER_PORT"), settings_text(settings, "SERVER_LISTEN_BACKLOG"),
        settings_text(settings, "LOGGING_LEVEL"), settings_text(settings, "CONSULT_SERVER_PORT"),
        address == NULL ? "" : address, agencies_from(settings), store, settings_text(settings, "DRAW"),
        settings_text(settings, "WINNING_NUMBER"), loops_from(settings),
        settings_text(settings, "MESSAGE_TIMEOUT"), settings_text(settings, "SEND_TIMEOUT"),
        settings_text(settings, "IDLE_TIMEOUT"), settings_text(settings, "CONNECTIONS_MAX"),
        settings_text(settings, "MEMORY_MAX"), settings_text(settings, "TLS_CERT") == NULL ? "off" : "on");
}

static void begin_log(const struct settings *settings) {
    enum log_level level = LOG_LEVEL_INFO;
    if (log_level_parse(settings_text(settings, "LOGGING_LEVEL"), &level)) {
        log_set_level(level);
    }
    log_config(settings);
    settings_warn(settings);
}

// Stopping ------------------------------------------------------------------------------------------------

static void stop(struct server *server) {
    if (!server->stopping) {
        server->stopping = true;
        log_hurry();
        uv_stop(&server->loop);
    }
}

// Reads the certificates again, for the connections to come. When that fails, it goes on with those it has.
static void reload(struct server *server) {
    struct error error;
    struct tls_context *tls;
    if (server->tls == NULL || server->net == NULL) {
        return;
    }
    if (!tls_settings_server(server->settings, &tls, &error)) {
        log_event(LOG_LEVEL_ERROR, "reload", LOG_FAIL, "error: %s | message: %s; those read before go on",
                  error_name(error.code), error.text);
        return;
    }
    net_set_tls(server->net, tls);
    tls_context_release(server->tls);
    server->tls = tls;
    log_event(LOG_LEVEL_INFO, "reload", LOG_SUCCESS, "resource: certificates");
    audit_write(server->recording.audit, "reloaded", NULL, 0);
    tls_settings_warn(tls);
}

static void take_signal(struct server *server) {
    int number = signals_take(server->signals_descriptor);
    if (number == 0) {
        return;
    }
    log_event(LOG_LEVEL_INFO, "signal_received", LOG_SUCCESS, "signal: %s", signals_name(number));
    if (signals_is_reload(number)) {
        if (server->is_ready) { // else it is not ready afterwards, either
            supervisor_reloading();
        }
        reload(server);
        if (server->is_ready) {
            supervisor_ready();
        }
    } else {
        stop(server);
    }
}

static void on_expiry(uv_timer_t *timer) {
    const struct server *server = timer->data;
    tls_settings_warn(server->tls);
}

static void on_audit_tick(uv_timer_t *timer) {
    const struct server *server = timer->data;
    audit_tick(server->recording.audit);
}

static void on_signal(uv_poll_t *signals, int status, int events) {
    (void)status, (void)events;
    take_signal(signals->data);
}

static void on_all_told(uv_async_t *async) {
    stop(async->data);
}

static bool start_main_loop(struct server *server, struct error *error) {
    server->signals_descriptor = signals_open(error);
    if (server->signals_descriptor < 0) {
        return false;
    }
    server->interrupt = eventfd(0, EFD_CLOEXEC);
    if (server->interrupt < 0) {
        close(server->signals_descriptor);
        return error_set_system(error, errno, "no file descriptor to stop with");
    }
    int failure = uv_loop_init(&server->loop);
    if (failure != 0) {
        close(server->signals_descriptor);
        close(server->interrupt);
        return error_set(error, ERROR_SYSTEM, "the main loop cannot be made: %s", uv_strerror(failure));
    }
    uv_poll_init(&server->loop, &server->signals, server->signals_descriptor);
    uv_async_init(&server->loop, &server->all_told, on_all_told);
    uv_timer_init(&server->loop, &server->expiry);
    uv_timer_init(&server->loop, &server->audit_tick);
    server->signals.data = server->all_told.data = server->expiry.data = server->audit_tick.data = server;
    uv_poll_start(&server->signals, UV_READABLE, on_signal);
    return true;
}

static void close_main_loop(struct server *server) {
    uv_close((uv_handle_t *)&server->signals, NULL);
    uv_close((uv_handle_t *)&server->all_told, NULL);
    uv_close((uv_handle_t *)&server->expiry, NULL);
    uv_close((uv_handle_t *)&server->audit_tick, NULL);
    do { // a stop that came before the loop ran ends its first run at once
        uv_run(&server->loop, UV_RUN_DEFAULT);
    } while (uv_loop_close(&server->loop) == UV_EBUSY);
    store_interrupt_on(-1);
    close(server->interrupt);
    close(server->signals_descriptor);
}

// The order matters: nothing new comes in, then the ledger finishes the group in hand and answers it, then
// the answers leave and the connections end, and only then is the store closed.
static void take_apart(struct server *server) {
    supervisor_stopping();
    if (server->net != NULL) {
        net_quiet(server->net);
    }
    eventfd_write(server->interrupt, 1);
    store_watch_stop(&server->watch);
    if (server->worker != NULL) {
        worker_stop(server->worker);
    }
    if (server->net != NULL) {
        net_close(&server->net);
    }
    if (server->worker != NULL) {
        worker_free(&server->worker);
    }
    if (server->ledger != NULL) {
        ledger_close(&server->ledger);
    }
    store_forget(&server->store_identity);
    lottery_free(server->lottery);
    recording_close(&server->recording);
    tls_context_release(server->tls);
    close_main_loop(server);
}

// Starting ------------------------------------------------------------------------------------------------

static bool open_store(void *context, struct store **store, struct error *error) {
    struct server *server = context;
    return store_open_same(settings_text(server->settings, "STORE"), settings_text(server->settings, "DRAW"),
                           &server->store_identity, store, error);
}

static void on_drawn(void *context, const struct winners *winners) {
    const struct server *server = context;
    lottery_set_winners(server->lottery, winners);
}

static void on_everyone_told(void *context) {
    struct server *server = context;
    uv_async_send(&server->all_told);
}

// Called on the ledger's thread.
static void on_noted(void *context, const struct ledger_note *note) {
    struct server *server = context;
    recording_note(&server->recording, note);
}

static void on_store_changed(void *context) {
    struct server *server = context;
    worker_nudge(server->worker);
}

static bool is_echo(const struct server *server) {
    return strcmp(settings_text(server->settings, "SERVICE"), "echo") == 0;
}

// While a name is looked up. False: we are to stop.
static bool on_interruption(void *context) {
    struct server *server = context;
    take_signal(server);
    return !server->stopping;
}

static bool find_place(struct server *server, struct error *error) {
    return listening_find(&server->listening, server->settings, server->signals_descriptor, on_interruption,
                          server, error) &&
           listening_check_exposure(&server->listening, server->settings, error);
}

static bool open_net(struct server *server, struct error *error) {
    const struct settings *settings = server->settings;
    int64_t backlog = settings_number(settings, "SERVER_LISTEN_BACKLOG");
    struct net_options options = {
        .place = server->listening.place,
        .port_count = server->listening.port_count,
        .ports = {(uint16_t)settings_number(settings, "SERVER_PORT"),
                  (uint16_t)settings_number(settings, "CONSULT_SERVER_PORT")},
        .backlog = backlog < LISTEN_BACKLOG_MIN ? LISTEN_BACKLOG_MIN : (int)backlog,
        .loops = loops_from(settings),
        .message_timeout_ms = (uint64_t)settings_duration_ms(settings, "MESSAGE_TIMEOUT"),
        .idle_timeout_ms = (uint64_t)settings_duration_ms(settings, "IDLE_TIMEOUT"),
        .send_timeout_ms = (uint64_t)settings_duration_ms(settings, "SEND_TIMEOUT"),
        .handshake_timeout_ms = (uint64_t)settings_duration_ms(settings, "HANDSHAKE_TIMEOUT"),
        .tls = server->tls,
        .connections_max = (uint32_t)settings_number(settings, "CONNECTIONS_MAX"),
        .memory_max = (size_t)settings_size(settings, "MEMORY_MAX"),
    };
    memcpy(options.sockets, server->listening.sockets, sizeof options.sockets);
    const struct handler *handler = is_echo(server) ? &echo_handler : &lottery_handler;
    return net_open(&options, handler, server->lottery, &server->net, error);
}

// A store that may come back is waited for; a signal ends that.
static bool open_ledger_in_time(struct server *server, const struct ledger_options *options,
                                struct error *error) {
    store_interrupt_on(server->signals_descriptor);
    for (int wait = STORE_AGAIN_MS; !ledger_open(options, &server->ledger, error);) {
        if (error->code != ERROR_STORE_AWAY) {
            return false;
        }
        log_event(LOG_LEVEL_ERROR, "store", LOG_FAIL, "error: %s | message: %s | retry_ms: %d",
                  error_name(error->code), error->text, wait);
        struct pollfd signals = {server->signals_descriptor, POLLIN, 0};
        if (poll(&signals, 1, wait) > 0) {
            take_signal(server);
        }
        if (server->stopping) {
            return false;
        }
        wait = 2 * wait < STORE_AGAIN_MS_MAX ? 2 * wait : STORE_AGAIN_MS_MAX;
    }
    store_interrupt_on(server->interrupt);
    return true;
}

static bool open_ledger(struct server *server, struct error *error) {
    const struct settings *settings = server->settings;
    struct ledger_options options = {
        .draw = settings_text(settings, "DRAW"),
        .agencies = agencies_from(settings),
        .winning_number = (uint16_t)settings_number(settings, "WINNING_NUMBER"),
        .agencies_by_default = !settings_is_set(settings, "AGENCIES"),
        .number_by_default = !settings_is_set(settings, "WINNING_NUMBER"),
        .change = settings_switch(settings, "CHANGE"),
        .open_store = open_store,
        .drawn = on_drawn,
        .all_told = settings_switch(settings, "ONCE") ? on_everyone_told : NULL,
        .noted = on_noted,
        .context = server,
    };
    struct error reason;
    if (open_ledger_in_time(server, &options, &reason)) {
        return true;
    }
    if (reason.code == ERROR_BAD_SETTING && reason.field != NULL) {
        return error_set(error, ERROR_BAD_SETTING, "%s: %s", settings_place(settings, reason.field),
                         reason.text);
    }
    *error = reason;
    return false;
}

static bool start_tls(struct server *server, struct error *error) {
    if (!tls_settings_server(server->settings, &server->tls, error)) {
        return false;
    }
    if (server->tls != NULL) {
        tls_settings_warn(server->tls);
        uv_timer_start(&server->expiry, on_expiry, EXPIRY_EVERY_MS, EXPIRY_EVERY_MS);
    }
    return true;
}

static bool start_recording(struct server *server, struct error *error) {
    if (!recording_open(&server->recording, server->settings, server->tls != NULL, error)) {
        return false;
    }
    if (server->recording.audit != NULL) {
        uv_timer_start(&server->audit_tick, on_audit_tick, AUDIT_TICK_MS, AUDIT_TICK_MS);
    }
    return true;
}

static bool start_lottery(struct server *server, struct error *error) {
    if (!open_ledger(server, error)) {
        return false;
    }
    conflicts_warn_of_no_agencies(ledger_agencies(server->ledger));
    recording_catch_up(&server->recording, server->ledger); // now: the ledger is its thread's from there on
    if (!worker_start(server->ledger, &server->worker, error)) {
        return false;
    }
    lottery_set_audit(server->lottery, server->recording.audit);
    lottery_set_worker(server->lottery, server->worker);
    lottery_set_refusals_max(server->lottery, (uint32_t)settings_number(server->settings, "REFUSALS_MAX"));
    return store_watch_start(settings_text(server->settings, "STORE"), on_store_changed, server,
                             &server->watch, error);
}

// The ports are bound while we may; then everything is given up that is not needed from there on, before the
// first thread starts, which is the log's; the store is the first thing that is done without. We listen when
// it is open.
static bool put_together(struct server *server, struct error *error) {
    bool has_store = !is_echo(server);
    if (!start_tls(server, error)) {
        return false;
    }
    if (has_store && (server->lottery = lottery_new()) == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for the lottery");
    }
    return open_net(server, error) && privileges_give_up(server->settings, has_store, error) &&
           log_start(error) && start_recording(server, error) &&
           (!has_store || start_lottery(server, error)) && net_start(server->net, error);
}

static void log_listening(const struct server *server) {
    char port[8], consult[8];
    snprintf(port, sizeof port, "%u", net_port(server->net, LOTTERY_PORT_BETS));
    if (!is_echo(server)) {
        snprintf(consult, sizeof consult, "%u", net_port(server->net, LOTTERY_PORT_CONSULT));
    }
    const struct log_field fields[] = {{"service", settings_text(server->settings, "SERVICE")},
                                       {"ip", net_address(server->net)},
                                       {"port", port},
                                       {"consult_port", is_echo(server) ? NULL : consult}};
    log_fields(LOG_LEVEL_INFO, "listen", LOG_SUCCESS, fields, sizeof fields / sizeof *fields);
}

// As many connections as the system lets us have.
static void raise_descriptor_limit(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &limit); // then it stays as it was, which is no error
    }
}

static void log_no_start(const struct error *error) {
    log_event(LOG_LEVEL_CRITICAL, "start_server", LOG_FAIL, "error: %s | message: %s",
              error_name(error->code), error->text);
}

static int run(struct server *server) {
    struct error error;
    if (!start_main_loop(server, &error)) {
        log_no_start(&error);
        return EXIT_FAILED;
    }
    bool started = find_place(server, &error) && put_together(server, &error);
    if (started) {
        log_listening(server);
        server->is_ready = true;
        supervisor_ready();
        uv_run(&server->loop, UV_RUN_DEFAULT);
    } else if (!server->stopping) {
        log_no_start(&error);
    }
    take_apart(server);
    if (started || server->stopping) {
        log_event(LOG_LEVEL_INFO, "end_server", LOG_SUCCESS, NULL);
        return EXIT_DONE;
    }
    return error.code == ERROR_BAD_SETTING ? command_fail(&server_command, &error) : EXIT_FAILED;
}

static bool check_store(const struct settings *settings, struct error *error) {
    struct error reason;
    return store_check_address(settings_text(settings, "STORE"), &reason) ||
           error_set(error, ERROR_BAD_SETTING, "%s: %s", settings_place(settings, "STORE"), reason.text);
}

// What can be known to be wrong before anything is opened, logged or listened on.
static bool check_settings(struct server *server, struct error *error) {
    return listening_parse(&server->listening, server->settings, error) &&
           listening_take_sockets(&server->listening, server->settings, error) &&
           conflicts_check_server(server->settings, error) && loops_check(server->settings, error) &&
           check_store(server->settings, error);
}

int cli_server(int argc, char **argv) {
    struct server server = {0};
    struct error error;
    int status;
    heap_keep_little();
    signals_end_at_once();
    signals_hold_reload();
    if (!command_begin(&server_command, argc, argv, &server.settings, &status)) {
        return status;
    }
    signals_hold();
    command_keep_private();
    if (command_has_descriptors(&error) && check_settings(&server, &error)) {
        begin_log(server.settings);
        raise_descriptor_limit();
        status = run(&server);
    } else {
        status = command_fail(&server_command, &error);
    }
    settings_free(server.settings);
    log_end();
    return status;
}
