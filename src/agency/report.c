#include "agency/report.h"

#include "agency/progress.h"
#include "base/log.h"
#include "bet/bet.h"
#include "bet/errors.h"
#include "bet/limits.h"
#include "wire/limits.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

// The connection ------------------------------------------------------------------------------------------

void report_retry(const char *action, const struct address *address, const char *reason, uint32_t wait_ms) {
    progress_enter(PROGRESS_CONNECTING);
    log_event(LOG_LEVEL_WARNING, action, LOG_FAIL, "address: %s | error: %s | retry_in_ms: %" PRIu32,
              address->text, reason, wait_ms);
}

void report_connected(const struct address *address, bool again) {
    const struct log_field fields[] = {{"address", address->text},
                                       {"message", again ? "connected again" : NULL}};
    progress_enter(PROGRESS_SENDING);
    log_fields(LOG_LEVEL_INFO, "connect", LOG_SUCCESS, fields, sizeof fields / sizeof *fields);
}

void report_not_accepted(const struct address *address, const struct error *error) {
    log_event(LOG_LEVEL_ERROR, "connect", LOG_FAIL, "address: %s | error: %s | message: %s", address->text,
              error_name(error->code), error->text);
}

void report_closed(void) {
    log_event(LOG_LEVEL_INFO, "close_resource", LOG_SUCCESS, "resource: socket");
}

// The bets ------------------------------------------------------------------------------------------------

static void report_single_bet(const struct chunk *single) {
    struct bet_slice fields[BET_FIELDS];
    bet_split(single->rows, single->rows_length - 1, fields);
    log_event(LOG_LEVEL_INFO, "apuesta_enviada", LOG_SUCCESS, "dni: %.*s | numero: %.*s",
              (int)fields[BET_DOCUMENT].length, fields[BET_DOCUMENT].text, (int)fields[BET_NUMBER].length,
              fields[BET_NUMBER].text);
}

void report_acknowledged(const struct dialogue_options *options, uint32_t count, uint64_t end) {
    if (options->reader == NULL) {
        report_single_bet(options->single);
        return;
    }
    if (count == 0 && end == 0 && !reader_was_checked(options->reader)) { // otherwise it was warned of before
        log_event(LOG_LEVEL_WARNING, "read_bets", LOG_IN_PROGRESS,
                  "file: %s | message: it has no bets: agency %" PRIu32 " has finished without any",
                  reader_path(options->reader), options->agency);
    }
    // An empty last chunk only says that there are no more bets, unless the file is empty.
    enum log_level level = count == 0 && end > 0 ? LOG_LEVEL_DEBUG : LOG_LEVEL_INFO;
    log_event(level, "apuestas_enviadas", LOG_SUCCESS, "agencia: %" PRIu32 " | cantidad: %" PRIu32,
              options->agency, count);
}

// Bets came to the port for consultations: nothing is wrong with them.
static bool is_other_port(const struct reply *reply) {
    return reply->error.code == ERROR_BAD_MESSAGE &&
           strstr(reply->error.text, "this port takes consultations") != NULL;
}

// What the technician may know, and the central cannot.
static const char *hint_for(const struct reply *reply, bool has_lines) {
    const struct error_code *code = reply->error.code;
    if (code == ERROR_AGENCY_RESET) {
        return "the operator has reset this agency: start it again, with the right file";
    }
    if (is_other_port(reply)) {
        return "are the two addresses (--server-address, --server-consult-address) exchanged? Ask the "
               "operator "
               "for the ports";
    }
    return has_lines && (code == ERROR_CONFLICT || code == ERROR_AGENCY_FINISHED)
               ? "another file was sent for this agency, or this one has changed since"
               : NULL;
}

// The reason with its place: the line of the one bad bet, or those of the chunk.
static void place_reason(const struct dialogue_options *options, const char *lines, uint64_t first,
                         const struct reply *reply, const char *hint, struct error *error) {
    char place[ERROR_TEXT_BYTES] = "";
    const char *path = lines == NULL ? NULL : reader_path(options->reader);
    if (path != NULL && reply->error.bet >= 0) {
        snprintf(place, sizeof place, "%.150s:%" PRIu64 ": ", path, first + (uint64_t)reply->error.bet);
    } else if (path != NULL) {
        snprintf(place, sizeof place, "%.150s: lines %s: ", path, lines);
    }
    error_set(error, reply->error.code, "%s%.180s%s%s", place, reply->error.text, hint == NULL ? "" : "; ",
              hint == NULL ? "" : hint);
}

void report_refused(const struct dialogue_options *options, uint32_t count, uint64_t end,
                    const struct reply *reply, struct error *error) {
    char lines[64];
    bool has_lines = options->reader != NULL && count > 0 && !is_other_port(reply);
    const char *hint = hint_for(reply, has_lines);
    snprintf(lines, sizeof lines, "%" PRIu64 " to %" PRIu64, end - count + 1, end);
    place_reason(options, has_lines ? lines : NULL, end - count + 1, reply, hint, error);
    char agency[16], bets[16];
    snprintf(agency, sizeof agency, "%" PRIu32, options->agency);
    snprintf(bets, sizeof bets, "%" PRIu32, count);
    const struct log_field fields[] = {
        {"agencia", agency},
        {"cantidad", bets},
        {"error", reply->error_name},
        {"message", reply->error.text},
        {"file", has_lines ? reader_path(options->reader) : NULL},
        {"lines", has_lines ? lines : NULL},
        {"hint", hint},
    };
    log_fields(LOG_LEVEL_ERROR, "apuestas_enviadas", LOG_FAIL, fields, sizeof fields / sizeof *fields);
}

void report_all_stored(uint64_t count) {
    progress_show(1, 1, count);
    log_event(LOG_LEVEL_INFO, "all_bets_stored", LOG_SUCCESS, "bets: %" PRIu64, count);
}

// How many bets there are; 0: not known, as they come through a pipe.
static uint64_t total_of(const struct dialogue_options *options) {
    return options->reader == NULL ? 1 : reader_total(options->reader);
}

bool report_draw_closed(const struct dialogue_options *options, uint64_t stored, const struct reply *reply,
                        struct error *error) {
    uint64_t total = total_of(options);
    bool is_known = options->reader == NULL || reader_was_checked(options->reader);
    if (is_known && stored >= total) {
        return false;
    }
    char taken[24], not_taken[24], all[32];
    snprintf(taken, sizeof taken, "%" PRIu64, stored);
    snprintf(not_taken, sizeof not_taken, "%" PRIu64, total - stored);
    snprintf(all, sizeof all, " of %" PRIu64, total);
    const struct log_field fields[] = {
        {"error", reply->error_name},
        {"message", reply->error.text},
        {"taken", taken},
        {"not_taken", is_known ? not_taken : NULL},
        {"file", options->reader == NULL ? NULL : reader_path(options->reader)},
    };
    progress_show(stored, total, stored);
    log_fields(LOG_LEVEL_ERROR, "draw_closed", LOG_FAIL, fields, sizeof fields / sizeof *fields);
    error_set(
        error, ERROR_DRAW_CLOSED,
        "%.150s%sthe draw was closed before the agency had finished: %s%s bets were not taken, those from "
        "number %" PRIu64 " on",
        options->reader == NULL ? "" : reader_path(options->reader), options->reader == NULL ? "" : ": ",
        is_known ? not_taken : "some", is_known ? all : "", stored + 1);
    return true;
}

void report_not_sent(const struct dialogue_options *options, uint64_t stored) {
    char bets[24], all[24];
    bool is_known = options->reader == NULL || reader_was_checked(options->reader);
    snprintf(bets, sizeof bets, "%" PRIu64, stored);
    snprintf(all, sizeof all, "%" PRIu64, total_of(options));
    const struct log_field fields[] = {
        {"stored", bets},
        {"bets", is_known ? all : NULL},
        {"message", "it ends before the central has said that all bets are stored. Start it again to send "
                    "the others"},
    };
    log_fields(LOG_LEVEL_WARNING, "send_bets", LOG_IN_PROGRESS, fields, sizeof fields / sizeof *fields);
}

void report_resync(const struct dialogue_options *options, const char *reason, uint64_t next) {
    log_event(LOG_LEVEL_WARNING, "apuestas_enviadas", LOG_FAIL,
              "agencia: %" PRIu32 " | error: %s | next: %" PRIu64, options->agency, reason, next);
}

void report_asked_again(const struct dialogue_options *options, uint64_t had, uint64_t next) {
    log_event(LOG_LEVEL_WARNING, "apuestas_enviadas", LOG_FAIL,
              "agencia: %" PRIu32 " | error: the central had acknowledged %" PRIu64
              " bets, and now asks for those from number %" PRIu64 " on | next: %" PRIu64,
              options->agency, had, next + 1, next);
}

void report_not_sent_again(const struct dialogue_options *options, uint64_t had, uint64_t next) {
    log_event(LOG_LEVEL_WARNING, "apuestas_enviadas", LOG_FAIL,
              "agencia: %" PRIu32 " | error: the central had acknowledged %" PRIu64
              " bets, and now has %" PRIu64
              ": a restored store, or another draw, which it does not say. They are not sent again by "
              "themselves; ask the operator | next: %" PRIu64,
              options->agency, had, next, next);
}

void report_other_draw(uint64_t had, const char *before, const char *now, struct error *error) {
    error_set(error, ERROR_CONFLICT,
              "the central has another draw: %.100s; the %" PRIu64
              " bets were acknowledged in draw %.100s, and are not sent to this one. Ask the operator",
              now, had, before);
    log_event(LOG_LEVEL_ERROR, "apuestas_enviadas", LOG_FAIL, "error: other_draw | message: %s", error->text);
}

void report_believed(const struct dialogue_options *options) {
    log_event(LOG_LEVEL_WARNING, "compare_stored", LOG_FAIL,
              "agencia: %" PRIu32 " | error: the central does not list what it has stored, and is believed",
              options->agency);
}

void report_empty_file(const char *path, uint32_t agency) {
    log_event(LOG_LEVEL_WARNING, "read_bets", LOG_IN_PROGRESS,
              "file: %s | message: it has no bets: sending it ends agency %" PRIu32 " without any", path,
              agency);
}

void report_bad_line(const struct error *error) {
    log_event(LOG_LEVEL_ERROR, "read_bets", LOG_FAIL, "error: %s | message: %s", error_name(error->code),
              error->text);
}

void report_progress(const struct dialogue_options *options, uint64_t acknowledged) {
    const struct reader *reader = options->reader;
    if (reader != NULL) {
        progress_show(reader_offset(reader), reader_size(reader), acknowledged);
    }
}

void report_not_believed(const struct error *error) {
    log_event(LOG_LEVEL_ERROR, "check_central", LOG_FAIL, "error: %s | message: %s", error_name(error->code),
              error->text);
}

void report_believed_winners(uint64_t count) {
    log_event(LOG_LEVEL_INFO, "check_winners", LOG_SUCCESS, "bets: %" PRIu64, count);
}

void report_winners_unchecked(const struct dialogue_options *options) {
    log_event(LOG_LEVEL_WARNING, "check_winners", LOG_IN_PROGRESS,
              "file: %s | message: it cannot be read twice, so the winners are not held against it",
              reader_path(options->reader));
}

void report_sealed(const char *folder, const char *name) {
    log_event(LOG_LEVEL_INFO, "keep_seal", LOG_SUCCESS, "file: %s/%s.seal", folder, name);
}

// The winners ---------------------------------------------------------------------------------------------

void report_waiting(const struct address *address) {
    log_event(LOG_LEVEL_INFO, "wait_for_draw", LOG_IN_PROGRESS, "address: %s", address->text);
}

void report_not_known(const struct error *closed) {
    if (closed != NULL) {
        log_event(LOG_LEVEL_WARNING, "draw_closed", LOG_FAIL, "error: %s | message: %s",
                  error_name(closed->code), closed->text);
    }
    log_event(
        LOG_LEVEL_WARNING, "wait_for_draw", LOG_IN_PROGRESS,
        "message: it ends before the draw: the winners are not known yet. Start this agency again to ask "
        "for them");
}

void report_question(const struct dialogue_options *options) {
    progress_enter(PROGRESS_WAITING);
    log_event(LOG_LEVEL_DEBUG, "consulta_ganadores", LOG_IN_PROGRESS, "agencia: %" PRIu32, options->agency);
}

void report_not_drawn(uint32_t wait_ms) {
    log_event(LOG_LEVEL_DEBUG, "consulta_ganadores", LOG_IN_PROGRESS, "retry_in_ms: %" PRIu32, wait_ms);
}

void report_winners(const struct dialogue_options *options, const char *documents, size_t length) {
    uint64_t count = length > 0;
    for (size_t i = 0; i < length; i++) {
        count += documents[i] == ',';
    }
    log_event(LOG_LEVEL_INFO, "consulta_ganadores", LOG_SUCCESS, "cant_ganadores: %" PRIu64, count);
    if (options->print_winners && length > 0) {
        progress_end();
        for (size_t i = 0; i < length; i++) {
            putchar(documents[i] == ',' ? '\n' : documents[i]);
        }
        putchar('\n');
        fflush(stdout);
    }
}

void report_not_kept(struct error *error) {
    struct error reason = *error;
    error_set(error, reason.code, "%.250s; start this agency again to have the winners written", reason.text);
    log_event(LOG_LEVEL_ERROR, "write_winners", LOG_FAIL, "error: %s | message: %s", error_name(error->code),
              error->text);
}

void report_no_winners(const char *error, const char *message) {
    log_event(LOG_LEVEL_ERROR, "consulta_ganadores", LOG_FAIL, "error: %s | message: %s", error, message);
}

void report_too_many_winners(size_t length, struct error *error) {
    error_set(error, ERROR_TOO_MANY_WINNERS,
              "the central's answer has %zu bytes, more than the %d that a client accepts: ask whoever runs "
              "the central for the winners (quiniela winners)",
              length, REPLY_BYTES_MAX);
    report_no_winners(error_name(error->code), error->text);
}
