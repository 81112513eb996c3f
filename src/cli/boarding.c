#include "cli/boarding.h"

#include "base/log.h"
#include "base/moment.h"
#include "board/board.h"
#include "board/page.h"
#include "cli/backup_note.h"
#include "http/counters.h"
#include "http/http.h"
#include "ledger/counters.h"
#include "net/counters.h"
#include "service/lottery/counters.h"
#include "store/address.h"

#include <assert.h>
#include <string.h>
#include <sys/resource.h>

// Besides its connections: what waits for them, the readers of the store (SQLite's has a file, a log and its
// index; one more counts the numbers), and what the metrics look at.
enum { DESCRIPTORS_OWN = 40 };

bool boarding_descriptors(const struct server_options *options, const struct listening *listening,
                          uint32_t *count, struct error *error) {
    struct rlimit limit;
    *count = board_place_is_wanted(options, listening) ? options->http.connections_max + DESCRIPTORS_OWN : 0;
    if (*count == 0 || getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_max == RLIM_INFINITY ||
        *count <= limit.rlim_max / 2) {
        return true;
    }
    const void *connections = &options->http.connections_max;
    bool is_set = settings_is_set(options->settings, connections);
    return error_set(error, ERROR_BAD_SETTING,
                     "%s: with %u connections the board may need %u descriptors, more than half of the %llu "
                     "that this process may have: raise that limit (ulimit -n), or allow fewer",
                     is_set ? settings_place(options->settings, connections) : "HTTP_CONNECTIONS_MAX",
                     options->http.connections_max, *count, (unsigned long long)limit.rlim_max);
}

bool boarding_bind(struct boarding *boarding, const struct server_options *options,
                   const struct listening *listening, const struct notary *notary, struct error *error) {
    *boarding = (struct boarding){.options = options};
    if (!board_place_is_wanted(options, listening)) {
        return true;
    }
    if (!board_place_bind(&boarding->place, options, listening, error) ||
        !verify_page_make(&boarding->verify_page, options, notary, error)) {
        return false;
    }
    board_place_warn(&boarding->place);
    process_open(&boarding->process);
    return true;
}

// What the board asks for ----------------------------------------------------------------------------------

static bool open_reader(void *context, struct store **store, struct error *error) {
    const struct boarding *boarding = context;
    return boarding->view.open_reader(boarding->view.context, boarding->options->store.draw, store, error);
}

static uint64_t connections(void *context) {
    const struct boarding *boarding = context;
    return boarding->view.connections(boarding->view.context);
}

static bool is_draining(void *context) {
    const struct boarding *boarding = context;
    return boarding->view.is_draining(boarding->view.context);
}

static time_t certificate_expiry(void *context) {
    const struct boarding *boarding = context;
    return boarding->view.certificate_expiry(boarding->view.context);
}

static bool last_backup(void *context, time_t *at, uint64_t *bytes) {
    const struct boarding *boarding = context;
    struct backup_note note;
    if (!backup_note_read(boarding->options->store.address, &note) || !moment_read(note.at, at)) {
        return false;
    }
    *bytes = note.bytes;
    return true;
}

// Opening --------------------------------------------------------------------------------------------------

static bool open_board(struct boarding *boarding, struct error *error) {
    static const struct counter_table *const tables[] = {&net_counter_table, &ledger_counter_table,
                                                         &lottery_counter_table, &http_counter_table};
    const struct server_options *options = boarding->options;
    const struct boarding_view *view = &boarding->view;
    char file[PATH_MAX];
    if (!store_file(options->store.address, file, error)) {
        return false;
    }
    bool has_file = file[0] != '\0';
    const struct board_options board = {
        .open_reader = open_reader,
        .context = boarding,
        .draw = options->store.draw,
        .version = QUINIELA_VERSION,
        .pulse = view->pulse,
        .notice = view->notice,
        .numbers = view->numbers,
        .connections = connections,
        .is_draining = is_draining,
        .tables = tables,
        .table_count = sizeof tables / sizeof tables[0],
        .page = &board_page,
        .verify_page = boarding->verify_page.text,
        .verify_page_length = boarding->verify_page.length,
        .places = {.store = has_file ? options->store.address : NULL,
                   .audit_log = options->audit_log,
                   .log = options->log.file,
                   .seals = view->seal_dir[0] == '\0' ? NULL : view->seal_dir},
        .process = &boarding->process,
        .certificate_expiry = certificate_expiry,
        .last_backup = has_file ? last_backup : NULL,
    };
    return board_open(&board, &boarding->board, error);
}

static bool open_http(struct boarding *boarding, struct error *error) {
    struct http_options http = {
        .socket_count = boarding->place.count,
        .names = boarding->options->http.names,
        .connections_max = boarding->options->http.connections_max,
        .answer = board_answer,
        .refuse = board_refuse,
        .is_urgent = board_is_urgent,
        .stream_begin = board_stream_begin,
        .stream_next = board_stream_next,
        .stream_end = board_stream_end,
        .tick = board_tick,
        .context = boarding->board,
    };
    static_assert((int)HTTP_PLACES_MAX <= (int)HTTP_SOCKETS_MAX, "there is room for each");
    memcpy(http.sockets, boarding->place.sockets, sizeof boarding->place.sockets);
    boarding->place.count = 0; // http has them now, also when it fails
    return http_open(&http, &boarding->http, error);
}

bool boarding_open(struct boarding *boarding, const struct boarding_view *view, struct error *error) {
    boarding->view = *view;
    return boarding->place.count == 0 || (open_board(boarding, error) && open_http(boarding, error));
}

bool boarding_start(struct boarding *boarding, struct error *error) {
    return boarding->http == NULL || http_start(boarding->http, error);
}

void boarding_log(const struct boarding *boarding) {
    if (boarding->http != NULL) {
        log_event(LOG_LEVEL_INFO, "board", LOG_SUCCESS, "url: %s", boarding->place.url);
    }
}

void boarding_close(struct boarding *boarding) {
    http_close(&boarding->http);
    board_close(&boarding->board);
    process_close(&boarding->process);
    board_place_close(&boarding->place);
    verify_page_free(&boarding->verify_page);
}
