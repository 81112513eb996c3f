#include "cli/config_checks.h"

#include "agency/address.h"
#include "audit/audit.h"
#include "base/path.h"
#include "base/zone.h"
#include "cli/ago.h"
#include "cli/boarding.h"
#include "cli/client_checks.h"
#include "cli/client_promises.h"
#include "cli/config_signing.h"
#include "cli/control_call.h"
#include "cli/control_options.h"
#include "cli/control_reply.h"
#include "cli/draw_options.h"
#include "cli/listening.h"
#include "cli/loops.h"
#include "cli/output_target.h"
#include "cli/server_conflicts.h"
#include "cli/shown_name.h"
#include "cli/single_bet.h"
#include "cli/winners_file.h"
#include "confine/user.h"
#include "control/socket.h"
#include "ledger/terms_preview.h"
#include "net/binding.h"
#include "store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

// A file that must be none of another program: it is not made, and nothing is written to it.
static void check_replaced(const void *field, const char *path, struct config_report *report) {
    struct error error;
    char resolved[PATH_MAX];
    struct error ignored; // config_report_check_appended tells
    if (path == NULL || !path_resolve(path, resolved, &ignored) ||
        config_report_check(report, field, output_target_check(resolved, path, &error), &error)) {
        config_report_check_appended(report, field, path);
    }
}

// One that cannot be appended to is not looked into.
static void check_audit(const struct server_options *options, bool is_own, struct config_report *report) {
    const char *path = options->audit_log;
    size_t before = report->count;
    struct error error;
    config_report_check_appended(report, &options->audit_log, path);
    if (path != NULL && report->count == before) {
        (void)config_report_check(report, &options->audit_log, audit_check(path, is_own, &error), &error);
    }
}

// Certificates ----------------------------------------------------------------------------------------------

static void check_tls(const struct tls_files *files, enum tls_role role, struct config_report *report) {
    struct tls_context *tls;
    struct error error;
    struct tls_expiry expiries[TLS_EXPIRIES_MAX];
    bool good = tls_options_read(files, report->settings, role, &tls, &error);
    if (!config_report_check(report, NULL, good, &error) || tls == NULL) {
        return;
    }
    const char *fault = tls_context_fault(tls);
    if (fault != NULL) {
        config_report_add(report, &files->certificate, fault);
    }
    size_t count = tls_context_expiries(tls, expiries);
    for (size_t i = 0; i < count; i++) {
        const struct tls_expiry *expiry = &expiries[i];
        printf("%s %s: until %s UTC\n", expiry->what, expiry->path, expiry->date);
        if (expiry->seconds_left < 0) {
            error_set(&error, ERROR_BAD_SETTING,
                      "%s %.150s: has expired at %s UTC, or this machine's clock is wrong", expiry->what,
                      expiry->path, expiry->date);
            config_report_add(report, NULL, error.text);
        }
    }
    tls_context_release(tls);
}

// The server that runs --------------------------------------------------------------------------------------

enum { HELLO_MS = 3000 }; // for a server to say who it is, as every command gives it

// What the server of this store and draw has now is free once it has ended.
struct running {
    bool is_there;
    int64_t port, consult_port, pid, http_port; // http_port: 0 for no board
};

static void find_running(const struct server_options *options, struct running *running) {
    static const char *const names[] = {"port", "consult_port", "pid", "http_port"};
    const struct control_call_options call = {.store = options->store, .control = options->control};
    struct json_value values[4];
    struct control_reply reply;
    struct error ignored; // then there is none that is known
    *running = (struct running){.is_there = false};
    if (options->service == SERVICE_ECHO ||
        !control_call_within(&call, HELLO_MS, "hello", NULL, 0, &reply, &ignored)) {
        return;
    }
    if (reply.ok && control_reply_fields(&reply, names, 4, values, &ignored)) {
        *running = (struct running){true, values[0].integer, values[1].integer, values[2].integer,
                                    (int64_t)control_reply_number(&values[3])};
        printf("a server of this store runs: process %" PRId64
               "; its ports and its socket are taken as free\n",
               running->pid);
    }
    control_reply_free(&reply);
}

static bool has_port(const struct running *running, uint16_t port) {
    return running->is_there && (running->port == port || running->consult_port == port);
}

// Addresses -------------------------------------------------------------------------------------------------

static void check_name(const void *field, const char *name, struct config_report *report) {
    struct addrinfo *found = NULL, wanted = {.ai_socktype = SOCK_STREAM};
    int failure = getaddrinfo(name, NULL, &wanted, &found);
    if (failure == 0) {
        freeaddrinfo(found);
        return;
    }
    struct error error;
    error_set(&error, ERROR_BAD_SETTING, "%.150s: cannot be looked up: %s", name, gai_strerror(failure));
    config_report_add(report, field, error.text);
}

// Binds as a server does, and does not listen, so that nobody can connect meanwhile.
static void check_port(const void *field, const struct sockaddr_storage *address, uint16_t port,
                       struct config_report *report) {
    struct error error;
    int bound = binding_make(address, &port, true, &error);
    if (config_report_check(report, field, bound >= 0, &error)) {
        close(bound);
    }
}

static void check_ports(const struct server_options *options, const struct listening *listening,
                        const struct running *running, struct config_report *report) {
    const struct place *place = &listening->place;
    const uint16_t *const ports[LOTTERY_PORTS] = {&options->port, &options->consult_port};
    for (int i = 0; i < LOTTERY_PORTS && i < listening->port_count; i++) {
        if (*ports[i] == 0 || listening->sockets[i] >= 0 || has_port(running, *ports[i])) {
            continue; // a free one, or handed over, or our own
        }
        for (size_t j = 0; j < place->count; j++) {
            check_port(ports[i], &place->addresses[j], *ports[i], report);
        }
        if (place->count == 0) {
            check_port(ports[i], NULL, *ports[i], report);
        }
    }
}

static void check_board(const struct server_options *options, const struct listening *listening,
                        const struct running *running, struct config_report *report) {
    uint32_t ignored;
    struct error error;
    if (!config_report_check(report, NULL, board_place_check(options, listening, &error), &error) ||
        !board_place_is_wanted(options, listening)) {
        return;
    }
    (void)config_report_check(report, NULL, boarding_descriptors(options, listening, &ignored, &error),
                              &error);
    if (!running->is_there || running->http_port != options->http.port) {
        (void)config_report_check(report, NULL, board_place_is_free(options, listening, &error), &error);
    }
}

static void check_listening(const struct server_options *options, const struct running *running,
                            struct config_report *report) {
    struct listening listening = {0};
    struct error error;
    if (!config_report_check(report, NULL, listening_parse(&listening, options, &error), &error) ||
        !config_report_check(report, NULL, listening_take_sockets(&listening, options, &error), &error)) {
        return;
    }
    if (listening.place.kind == PLACE_NAME) {
        check_name(&options->ip, options->ip, report);
    } else {
        (void)config_report_check(report, NULL, listening_check_exposure(&listening, options, &error),
                                  &error);
    }
    check_ports(options, &listening, running, report);
    check_board(options, &listening, running, report);
}

// The store -------------------------------------------------------------------------------------------------

// Decides on the terms as a start would; `found` is the stored draw, or NULL.
static void check_terms(const struct server_options *options, const struct stored_draw *found,
                        const struct stored_totals *totals, struct config_report *report) {
    const struct ledger_options terms = draw_options(options);
    struct stored_draw draw;
    struct error error;
    if (!terms_preview(&terms, found, totals, &draw, &error)) {
        config_report_add(report, draw_options_mismatched(options, error.code), error.text);
        return;
    }
    if (found != NULL && found->state != DRAW_OPEN) {
        printf("draw %s: is %s, and takes no bets\n", shown_name(terms.draw).text,
               draw_state_name(found->state));
        return;
    }
    printf("draw %s: %s %" PRIu32 " agencies", shown_name(terms.draw).text,
           found == NULL ? "a start would open it, for" : "is open, and goes on with", draw.agencies);
    printf(draw.has_number                     ? ", winning number %04u"
           : draw.number_mode == NUMBER_BEACON ? ", its number from a beacon"
                                               : ", its number by hand",
           draw.winning_number);
    char cutoff[AGO_MOMENT_BYTES] = "";
    ago_moment_text(draw.closes_at, time(NULL), cutoff);
    printf("%s%s\n", draw.closes_at[0] == '\0' ? ", no cut-off" : ", cut-off ", cutoff);
}

static bool count_agency(void *context, const struct stored_agency *agency, struct error *error) {
    struct stored_totals *totals = context;
    (void)error;
    totals->rows++;
    totals->bets += agency->bets;
    totals->last = agency->agency > totals->last ? agency->agency : totals->last;
    return true;
}

static void check_draw(const struct server_options *options, struct store *store,
                       struct config_report *report) {
    struct stored_draw draw;
    struct stored_totals totals = {0};
    struct error error;
    bool found;
    if (!config_report_check(report, &options->store.address,
                             store_get_draw(store, &draw, &found, &error) &&
                                 (!found || store_agencies(store, count_agency, &totals, &error)),
                             &error)) {
        return;
    }
    if (found) {
        printf("store %s: draw %s, %" PRIu32 " agencies\n", store_place(store),
               shown_name(store_draw_name(store)).text, draw.agencies);
    } else {
        printf("store %s: has no draw %s yet\n", store_place(store), shown_name(store_draw_name(store)).text);
    }
    check_terms(options, found ? &draw : NULL, &totals, report);
    config_signing_check(options, store, found ? &draw : NULL, report);
    stored_draw_forget(&draw);
}

static void check_new(const struct server_options *options, struct config_report *report) {
    const struct stored_totals none = {0};
    check_terms(options, NULL, &none, report);
    config_signing_check(options, NULL, NULL, report);
}

// It could not be opened to be read. A start makes the tables that are missing; with UPGRADE also those of
// now out of older ones, and what it then does with the draw cannot be told before. Returns whether it can
// serve.
static bool check_unread(const struct server_options *options, const struct error *error,
                         struct config_report *report) {
    char shown[STORE_ADDRESS_BYTES];
    store_show_address(options->store.address, shown);
    if (error->code == ERROR_STORE_EMPTY) {
        printf("store %s: has no tables yet\n", shown);
        check_new(options, report);
    } else if (error->code == ERROR_STORE_OLDER && options->upgrade) {
        printf("store %s: its tables are of an older version; a start upgrades them, as UPGRADE is set, and "
               "its draws are looked at only then\n",
               shown);
    } else {
        config_report_add(report, &options->store.address, error->text);
        return false;
    }
    return true;
}

static void check_store(const struct server_options *options, struct config_report *report) {
    const char *address = options->store.address;
    char file[PATH_MAX];
    struct error error;
    struct store *store;
    bool can_serve = true;
    if (!config_report_check(report, NULL, store_check_draw(options->store.draw, &error), &error)) {
        return; // nothing can be said of a draw of no such name
    }
    if (!config_report_check(report, &options->store.address, store_check_address(address, &error), &error) ||
        !config_report_check(report, &options->store.address, store_file(address, file, &error), &error)) {
        return;
    }
    if (file[0] != '\0' && access(file, F_OK) != 0) {
        config_report_check_appended(report, &options->store.address, file); // it will be made
        printf("store %s: is not there yet\n", file);
        check_new(options, report);
        return;
    }
    if (!store_open(address, options->store.draw, STORE_READ, &store, &error)) {
        can_serve = check_unread(options, &error, report);
    } else {
        check_draw(options, store, report);
        store_close(&store);
    }
    if (can_serve && file[0] != '\0') {
        config_report_check_appended(report, &options->store.address, file);
    }
}

// Orders ----------------------------------------------------------------------------------------------------

// Where CONTROL is not set, a server does without; as it does then, this says why. In a runtime folder the
// first name that is free is taken.
static void check_control(const struct server_options *options, struct config_report *report) {
    struct control_place place;
    struct error error;
    bool good = control_place_find(&options->control, options->store.address, &place, &error);
    if (good && (place.is_off || place.path[0] == '\0')) {
        return;
    }
    good = good && control_socket_check(place.path, &error);
    if (place.is_given) {
        (void)config_report_check(report, &options->control.path, good, &error);
    } else if (good) {
        printf("control %s\n", place.path);
    } else {
        printf("control: there would be none: %s\n", error.text);
    }
}

// Both ------------------------------------------------------------------------------------------------------

void config_checks_server(const struct server_options *options, struct config_report *report) {
    struct running running;
    struct error error;
    const char *zone = getenv("TZ");
    if (!zone_is_known(zone)) {
        printf("warning: TZ \"%.40s\" " ZONE_UNKNOWN "\n", zone);
    }
    config_report_check(report, NULL, server_conflicts_check(options, &error), &error);
    config_report_check(report, NULL, loops_check(options, &error), &error);
    config_report_check(report, &options->run_as, user_check(options->run_as, &error), &error);
    check_tls(&options->tls, TLS_SERVER, report);
    find_running(options, &running);
    check_listening(options, &running, report);
    if (options->service != SERVICE_ECHO) {
        check_store(options, report);
        if (!running.is_there) {
            check_control(options, report);
        }
    }
    check_audit(options, running.is_there, report);
    check_replaced(&options->log.file, options->log.file, report);
}

static void check_addresses(const char *const *list, struct config_report *report) {
    struct addresses addresses;
    struct error error;
    if (*list == NULL ||
        !config_report_check(report, list, addresses_parse(*list, &addresses, &error), &error)) {
        return;
    }
    for (uint32_t i = 0; i < addresses.count; i++) {
        check_name(list, addresses.list[i].host, report);
    }
}

// A pipe is read, too.
static void check_bets(const struct client_options *options, struct config_report *report) {
    char path[PATH_MAX];
    struct stat status;
    struct error error;
    client_options_bets_path(options, path);
    int failure = faccessat(AT_FDCWD, path, R_OK, AT_EACCESS) != 0 || stat(path, &status) != 0 ? errno
                  : S_ISDIR(status.st_mode)                                                    ? EISDIR
                                                                                               : 0;
    if (failure != 0) {
        error_set_system(&error, failure, "%.200s", path);
        config_report_add(report, &options->data_dir, error.text);
    }
}

// The one bet of the settings, or else the agency's file.
static void check_bet_or_bets(const struct client_options *options, bool has_agency,
                              struct config_report *report) {
    struct chunk *single;
    struct error error;
    bool good = single_bet_read(options, &single, &error);
    if (config_report_check(report, NULL, good, &error) && single == NULL && has_agency) {
        check_bets(options, report);
    }
    chunk_free(single);
}

// A file of this name is to be made, or replaced, in its folder.
static void check_folder_of(const void *field, const char *path, struct config_report *report) {
    char resolved[PATH_MAX], folder[PATH_MAX];
    struct error error;
    if (!config_report_check(report, field, path_resolve(path, resolved, &error), &error)) {
        return;
    }
    path_folder(resolved, folder);
    if (faccessat(AT_FDCWD, folder, W_OK | X_OK, AT_EACCESS) != 0) {
        error_set_system(&error, errno, "%.150s", folder);
        config_report_add(report, field, error.text);
    }
}

// What a list of winners would replace is of no other program.
static void check_list(const struct client_options *options, struct config_report *report) {
    char resolved[PATH_MAX];
    struct error error;
    if (options->winners_file == NULL || !winners_file_check(options, &error)) {
        return; // client_checks_files has said so
    }
    check_folder_of(&options->winners_file, options->winners_file, report);
    if (path_resolve(options->winners_file, resolved, &error)) {
        (void)config_report_check(report, &options->winners_file,
                                  output_target_check(resolved, options->winners_file, &error), &error);
    }
}

// As a client opens them; what is there is of this agency, draw and key.
static void check_receipts(const struct client_options *options, struct config_report *report) {
    char path[PATH_MAX];
    struct promises_options looking;
    struct promises *promises;
    struct error error;
    client_promises_path(options, path);
    if (!client_promises_read(options, path, options->tls.certificate != NULL, &looking, &error)) {
        return; // client_checks_files has said so
    }
    looking.only_looks = looking.makes_nothing = true;
    if (config_report_check(report, &options->receipts, promises_open(&looking, &promises, &error), &error)) {
        promises_close(&promises);
        check_folder_of(&options->receipts, path, report);
    }
}

void config_checks_client(const struct client_options *options, struct config_report *report) {
    struct error error;
    bool has_agency = settings_is_set(options->settings, &options->agency);
    config_report_check(report, NULL, client_checks_use(options, &error), &error);
    bool are_apart = config_report_check(report, NULL, client_checks_files(options, &error), &error);
    config_report_check(report, NULL, client_checks_loop(options, &error), &error);
    check_addresses(&options->server_address, report);
    check_addresses(&options->consult_address, report);
    if (options->service != SERVICE_ECHO) {
        check_bet_or_bets(options, has_agency, report);
    }
    check_tls(&options->tls, TLS_CLIENT, report);
    check_list(options, report);
    if (are_apart && has_agency && options->central_key != NULL && options->service != SERVICE_ECHO) {
        check_receipts(options, report);
    }
    check_replaced(&options->log.file, options->log.file, report);
}
