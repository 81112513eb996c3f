#include "board/metrics.h"

#include "base/moment.h"
#include "board/health.h"
#include "board/metrics_text.h"
#include "board/process.h"
#include "board/store_shown.h"
#include "ledger/notice.h"
#include "ledger/pulse.h"

#include <stdio.h>
#include <stdlib.h>

// The draw ------------------------------------------------------------------------------------------------

static void put_draw_info(FILE *out, const struct board_options *options, const struct stored_draw *draw) {
    const struct metrics_label labels[METRICS_LABELS_MAX] = {
        {"draw", options->draw},
        {"state", draw_state_name(draw->state)},
        {"number_mode", number_mode_name(draw->number_mode)},
        {"signed", draw->rules > 0 ? "true" : "false"}};
    metrics_begin(out, "quiniela_draw_info", "gauge", "The draw that this server serves, always 1");
    metrics_whole(out, "quiniela_draw_info", labels, 1);
}

static void put_agencies(FILE *out, const struct board_snapshot *snapshot) {
    static const char name[] = "quiniela_draw_agencies";
    metrics_begin(out, name, "gauge", "Agencies, each in one of these states");
    for (int state = 0; state < BOARD_AGENCY_STATES; state++) {
        const struct metrics_label labels[] = {{"state", board_state_name((enum board_agency_state)state)},
                                               {NULL, NULL}};
        metrics_whole(out, name, labels, (int64_t)snapshot->by_state[state]);
    }
    metrics_gauge(out, "quiniela_draw_agencies_expected", "Agencies that the draw waits for",
                  snapshot->draw.agencies);
    metrics_gauge(out, "quiniela_draw_agencies_missing", "Expected agencies that have not ended",
                  (int64_t)snapshot->missing);
}

static void put_draw(FILE *out, const struct board_view *view) {
    const struct board_snapshot *snapshot = view->snapshot;
    const struct stored_draw *draw = &snapshot->draw;
    time_t closes;
    if (!snapshot->has_draw) {
        return;
    }
    put_draw_info(out, view->options, draw);
    metrics_gauge(out, "quiniela_draw_bets", "Bets of the draw that are stored", (int64_t)snapshot->bets);
    put_agencies(out, snapshot);
    if (draw->state == DRAW_DRAWN) {
        metrics_gauge(out, "quiniela_draw_winners", "Bets that have won", (int64_t)snapshot->winners);
    }
    if (draw->closes_at[0] != '\0' && moment_read(draw->closes_at, &closes)) {
        metrics_gauge(out, "quiniela_draw_closes_timestamp_seconds", "When the cut-off is", closes);
    }
    metrics_gauge(out, "quiniela_draw_forked", "1 when another seal of the draw was seen: it is not drawn",
                  draw->forked_at[0] != '\0');
}

// The server ----------------------------------------------------------------------------------------------

static void put_seal(FILE *out, struct notice *notice) {
    char failure[ERROR_TEXT_BYTES] = "";
    if (notice != NULL) {
        notice_failure(notice, failure);
    }
    metrics_gauge(out, "quiniela_seal_failing", "1 while the seal or the result cannot be made or kept",
                  failure[0] != '\0');
}

static void put_store(FILE *out, const struct board_view *view) {
    const struct board_snapshot *snapshot = view->snapshot;
    const struct pulse *pulse = view->options->pulse;
    char trouble[ERROR_TEXT_BYTES];
    metrics_gauge(out, "quiniela_store_failing", "1 while nothing can be stored", pulse_store_fails(pulse));
    metrics_gauge(out, "quiniela_store_unreadable", "1 while the board cannot read the store",
                  store_shown_trouble(snapshot, time(NULL), trouble));
    if (snapshot->read_at != 0) {
        metrics_gauge(out, "quiniela_store_read_timestamp_seconds", "When the board last read the store",
                      snapshot->read_at);
    }
    metrics_begin(out, "quiniela_ledger_busy_seconds", "gauge",
                  "For how long the ledger has been at what it does now");
    metrics_sample(out, "quiniela_ledger_busy_seconds", NULL, (double)pulse_busy_ms(pulse) / 1000);
}

static void put_server(FILE *out, const struct board_view *view) {
    const struct board_options *options = view->options;
    const struct metrics_label version[] = {{"version", options->version}, {NULL, NULL}};
    metrics_begin(out, "quiniela_build_info", "gauge", "The program's version, always 1");
    metrics_whole(out, "quiniela_build_info", version, 1);
    metrics_gauge(out, "quiniela_ready", "1 while /readyz says ok", health_is_ready(view));
    if (options->connections != NULL) {
        metrics_gauge(out, "quiniela_connections", "Connections of agencies that are open",
                      (int64_t)options->connections(options->context));
    }
    time_t expiry = options->certificate_expiry == NULL ? 0 : options->certificate_expiry(options->context);
    if (expiry != 0) {
        metrics_gauge(out, "quiniela_certificate_expiry_timestamp_seconds",
                      "When the first of the server's certificates and lists expires", expiry);
    }
}

// A store that is in no file has no backup of its own.
static void put_backup(FILE *out, const struct board_view *view) {
    const struct board_measures *measures = &view->snapshot->measures;
    if (view->options->last_backup == NULL || !measures->is_taken) {
        return;
    }
    metrics_gauge(out, "quiniela_last_backup_timestamp_seconds",
                  "When the store was last backed up; 0 for never", measures->backup_at);
    metrics_gauge(out, "quiniela_last_backup_bytes", "How large that backup is",
                  (int64_t)measures->backup_bytes);
}

// Disks and the process -----------------------------------------------------------------------------------

static void put_disks(FILE *out, const struct board_room *disks) {
    static const char *const names[] = {"quiniela_disk_free_bytes", "quiniela_disk_size_bytes"};
    static const char *const helps[] = {"Room that is left on the disk with that file or folder",
                                        "How large that disk is"};
    for (int which = 0; which < 2; which++) {
        metrics_begin(out, names[which], "gauge", helps[which]);
        for (int i = 0; i < BOARD_DISKS; i++) {
            const struct metrics_label labels[] = {{"of", board_disk_name((enum board_disk)i)}, {NULL, NULL}};
            uint64_t bytes = which == 0 ? disks[i].free_bytes : disks[i].size_bytes;
            if (disks[i].is_known) {
                metrics_whole(out, names[which], labels, (int64_t)bytes);
            }
        }
    }
}

// The names are those of every Prometheus client
// (https://prometheus.io/docs/instrumenting/writing_clientlibs/#process-metrics).
static void put_process(FILE *out, const struct board_view *view) {
    const struct process *process = view->options->process;
    const struct board_measures *measures = &view->snapshot->measures;
    double seconds;
    uint64_t count;
    if (process_cpu_s(&seconds)) {
        metrics_begin(out, "process_cpu_seconds_total", "counter", "Processor time that the server has used");
        metrics_sample(out, "process_cpu_seconds_total", NULL, seconds);
    }
    if (process != NULL && process_memory_bytes(process, &count)) {
        metrics_gauge(out, "process_resident_memory_bytes", "Memory of the server that is resident",
                      (int64_t)count);
    }
    if (measures->has_descriptors) {
        metrics_gauge(out, "process_open_fds", "Descriptors that the server has open",
                      (int64_t)measures->descriptors);
    }
    if (process_descriptors_max(&count)) {
        metrics_gauge(out, "process_max_fds", "Descriptors that it may have open", (int64_t)count);
    }
    if (process != NULL && process->started_s > 0) {
        metrics_begin(out, "process_start_time_seconds", "gauge", "When the server's process began");
        metrics_sample(out, "process_start_time_seconds", NULL, process->started_s);
    }
}

bool metrics_write(const struct board_view *view, char **text, size_t *length) {
    const struct board_options *options = view->options;
    *text = NULL;
    *length = 0;
    FILE *out = open_memstream(text, length);
    if (out == NULL) {
        return false;
    }
    put_server(out, view);
    put_draw(out, view);
    put_store(out, view);
    put_seal(out, options->notice);
    put_backup(out, view);
    put_disks(out, view->snapshot->measures.disks);
    for (size_t i = 0; i < options->table_count; i++) {
        metrics_table(out, options->tables[i]);
    }
    put_process(out, view);
    bool has_failed = ferror(out) != 0;
    if (fclose(out) != 0 || has_failed) {
        free(*text);
        *text = NULL;
        return false;
    }
    return true;
}
