#include "cli/client_log.h"

#include "base/log.h"
#include "bet/bet.h"
#include "bet/limits.h"
#include "cli/progress.h"

#include <inttypes.h>
#include <stdio.h>

// The number as text, in `room`.
static const char *digits(uint64_t number, char room[24]) {
    snprintf(room, 24, "%" PRIu64, number);
    return room;
}

static void log_reason(enum log_level level, const char *action, const struct quiniela_event *event) {
    log_event(level, action, LOG_FAIL, "error: %s | message: %s", event->name, event->text);
}

// The connection ------------------------------------------------------------------------------------------

static void log_retry(const struct quiniela_event *event) {
    progress_enter(PROGRESS_CONNECTING);
    log_event(LOG_LEVEL_WARNING, event->step, LOG_FAIL, "address: %s | error: %s | retry_in_ms: %" PRIu32,
              event->address, event->text, event->wait_ms);
}

static void log_connected(const struct quiniela_event *event) {
    const struct log_field fields[] = {{"address", event->address},
                                       {"message", event->again ? "connected again" : NULL}};
    progress_enter(PROGRESS_SENDING);
    log_fields(LOG_LEVEL_INFO, "connect", LOG_SUCCESS, fields, sizeof fields / sizeof *fields);
}

// Returns whether the event is of this kind: what follows is the same for each.
static bool log_connection(const struct quiniela_event *event) {
    switch (event->kind) {
    case QUINIELA_EVENT_RETRY:
        log_retry(event);
        return true;
    case QUINIELA_EVENT_CONNECTED:
        log_connected(event);
        return true;
    case QUINIELA_EVENT_NOT_ACCEPTED:
        log_event(LOG_LEVEL_ERROR, "connect", LOG_FAIL, "address: %s | error: %s | message: %s",
                  event->address, event->name, event->text);
        return true;
    case QUINIELA_EVENT_CLOSED:
        log_event(LOG_LEVEL_INFO, "close_resource", LOG_SUCCESS, "resource: socket");
        return true;
    default:
        return false;
    }
}

// The file ------------------------------------------------------------------------------------------------

static bool log_file(const struct quiniela_event *event) {
    switch (event->kind) {
    case QUINIELA_EVENT_BAD_LINE:
        log_reason(LOG_LEVEL_ERROR, "read_bets", event);
        return true;
    case QUINIELA_EVENT_EMPTY_FILE:
        log_event(LOG_LEVEL_WARNING, "read_bets", LOG_IN_PROGRESS,
                  "file: %s | message: it has no bets: sending it ends agency %" PRIu32 " without any",
                  event->file, event->agency);
        return true;
    case QUINIELA_EVENT_EMPTY_SENT:
        log_event(LOG_LEVEL_WARNING, "read_bets", LOG_IN_PROGRESS,
                  "file: %s | message: it has no bets: agency %" PRIu32 " has finished without any",
                  event->file, event->agency);
        return true;
    case QUINIELA_EVENT_NO_LINE_END:
        log_event(LOG_LEVEL_WARNING, "read_bets", LOG_IN_PROGRESS, "message: %s", event->text);
        return true;
    default:
        return false;
    }
}

// The bets ------------------------------------------------------------------------------------------------

static void log_single_bet(const struct chunk *single) {
    struct bet_slice fields[BET_FIELDS];
    bet_split(single->rows, single->rows_length - 1, fields);
    log_event(LOG_LEVEL_INFO, "apuesta_enviada", LOG_SUCCESS, "dni: %.*s | numero: %.*s",
              (int)fields[BET_DOCUMENT].length, fields[BET_DOCUMENT].text, (int)fields[BET_NUMBER].length,
              fields[BET_NUMBER].text);
}

// An empty last chunk only says that there are no more bets, unless the file is empty.
static void log_acknowledged(const struct client_log *log, const struct quiniela_event *event) {
    if (event->file == NULL) {
        log_single_bet(log->single);
        return;
    }
    enum log_level level = event->bets == 0 && event->stored > 0 ? LOG_LEVEL_DEBUG : LOG_LEVEL_INFO;
    log_event(level, "apuestas_enviadas", LOG_SUCCESS, "agencia: %" PRIu32 " | cantidad: %" PRIu64,
              event->agency, event->bets);
}

static void log_refused(const struct quiniela_event *event) {
    char agency[24], bets[24], lines[64];
    snprintf(lines, sizeof lines, "%" PRIu64 " to %" PRIu64, event->first_line, event->last_line);
    const struct log_field fields[] = {
        {"agencia", digits(event->agency, agency)},
        {"cantidad", digits(event->bets, bets)},
        {"error", event->name},
        {"message", event->text},
        {"file", event->file},
        {"lines", event->file == NULL ? NULL : lines},
        {"hint", event->hint},
    };
    log_fields(LOG_LEVEL_ERROR, "apuestas_enviadas", LOG_FAIL, fields, sizeof fields / sizeof *fields);
}

static void log_draw_closed(const struct quiniela_event *event) {
    char taken[24], not_taken[24];
    const struct log_field fields[] = {
        {"error", event->name},
        {"message", event->text},
        {"taken", digits(event->stored, taken)},
        {"not_taken", event->is_total_known ? digits(event->total - event->stored, not_taken) : NULL},
        {"file", event->file},
    };
    progress_show(event->stored, event->total, event->stored);
    log_fields(LOG_LEVEL_ERROR, "draw_closed", LOG_FAIL, fields, sizeof fields / sizeof *fields);
}

static void log_not_sent(const struct quiniela_event *event) {
    char stored[24], total[24];
    const struct log_field fields[] = {
        {"stored", digits(event->stored, stored)},
        {"bets", event->is_total_known ? digits(event->total, total) : NULL},
        {"message", "it ends before the central has said that all bets are stored. Start it again to send "
                    "the others"},
    };
    log_fields(LOG_LEVEL_WARNING, "send_bets", LOG_IN_PROGRESS, fields, sizeof fields / sizeof *fields);
}

static bool log_bets(const struct client_log *log, const struct quiniela_event *event) {
    switch (event->kind) {
    case QUINIELA_EVENT_ACKNOWLEDGED:
        log_acknowledged(log, event);
        return true;
    case QUINIELA_EVENT_REFUSED:
        log_refused(event);
        return true;
    case QUINIELA_EVENT_ALL_STORED:
        progress_show(1, 1, event->stored);
        log_event(LOG_LEVEL_INFO, "all_bets_stored", LOG_SUCCESS, "bets: %" PRIu64, event->stored);
        return true;
    case QUINIELA_EVENT_DRAW_CLOSED:
        log_draw_closed(event);
        return true;
    case QUINIELA_EVENT_NOT_SENT:
        log_not_sent(event);
        return true;
    case QUINIELA_EVENT_PROGRESS:
        progress_show(event->offset, event->size, event->stored);
        return true;
    default:
        return false;
    }
}

// The central has other bets than was thought ---------------------------------------------------------------

static void log_resync(const struct quiniela_event *event) {
    log_event(LOG_LEVEL_WARNING, "apuestas_enviadas", LOG_FAIL,
              "agencia: %" PRIu32 " | error: %s | next: %" PRIu64, event->agency, event->text, event->next);
}

static void log_asked_again(const struct quiniela_event *event) {
    log_event(LOG_LEVEL_WARNING, "apuestas_enviadas", LOG_FAIL,
              "agencia: %" PRIu32 " | error: the central had acknowledged %" PRIu64
              " bets, and now asks for those from number %" PRIu64 " on | next: %" PRIu64,
              event->agency, event->stored, event->next + 1, event->next);
}

static void log_not_sent_again(const struct quiniela_event *event) {
    log_event(LOG_LEVEL_WARNING, "apuestas_enviadas", LOG_FAIL,
              "agencia: %" PRIu32 " | error: the central had acknowledged %" PRIu64
              " bets, and now has %" PRIu64
              ": a restored store, or another draw, which it does not say. They are not sent again by "
              "themselves; ask the operator | next: %" PRIu64,
              event->agency, event->stored, event->next, event->next);
}

static bool log_surprise(const struct quiniela_event *event) {
    switch (event->kind) {
    case QUINIELA_EVENT_RESYNC:
        log_resync(event);
        return true;
    case QUINIELA_EVENT_ASKED_AGAIN:
        log_asked_again(event);
        return true;
    case QUINIELA_EVENT_NOT_SENT_AGAIN:
        log_not_sent_again(event);
        return true;
    case QUINIELA_EVENT_OTHER_DRAW:
        log_reason(LOG_LEVEL_ERROR, "apuestas_enviadas", event);
        return true;
    case QUINIELA_EVENT_NOT_COMPARED:
        log_event(LOG_LEVEL_WARNING, "compare_stored", LOG_FAIL,
                  "agencia: %" PRIu32
                  " | error: the central does not list what it has stored, and is believed",
                  event->agency);
        return true;
    default:
        return false;
    }
}

// What the central signs ------------------------------------------------------------------------------------

static bool log_promise(const struct quiniela_event *event) {
    switch (event->kind) {
    case QUINIELA_EVENT_NOT_BELIEVED:
        log_reason(LOG_LEVEL_ERROR, "check_central", event);
        return true;
    case QUINIELA_EVENT_WINNERS_CHECKED:
        log_event(LOG_LEVEL_INFO, "check_winners", LOG_SUCCESS, "bets: %" PRIu64, event->bets);
        return true;
    case QUINIELA_EVENT_WINNERS_UNCHECKED:
        log_event(LOG_LEVEL_WARNING, "check_winners", LOG_IN_PROGRESS,
                  "file: %s | message: it cannot be read twice, so the winners are not held against it",
                  event->file);
        return true;
    case QUINIELA_EVENT_SEALED:
        log_event(LOG_LEVEL_INFO, "keep_seal", LOG_SUCCESS, "file: %s", event->file);
        return true;
    case QUINIELA_EVENT_RECEIPT_CUT:
        log_event(
            LOG_LEVEL_WARNING, "keep_receipts", LOG_IN_PROGRESS,
            "file: %s | message: its last receipt was cut off as it was written, and is asked for again",
            event->file);
        return true;
    default:
        return false;
    }
}

// The winners ---------------------------------------------------------------------------------------------

static void print(const char *documents, size_t length) {
    progress_end();
    for (size_t i = 0; i < length; i++) {
        putchar(documents[i] == ',' ? '\n' : documents[i]);
    }
    putchar('\n');
    fflush(stdout);
}

static void log_winners(const struct client_log *log, const struct quiniela_event *event) {
    log_event(LOG_LEVEL_INFO, "consulta_ganadores", LOG_SUCCESS, "cant_ganadores: %" PRIu64, event->winners);
    if (log->prints_winners && event->documents_bytes > 0) {
        print(event->documents, event->documents_bytes);
    }
}

static void log_not_known(const struct quiniela_event *event) {
    if (event->text != NULL) {
        log_reason(LOG_LEVEL_WARNING, "draw_closed", event);
    }
    log_event(
        LOG_LEVEL_WARNING, "wait_for_draw", LOG_IN_PROGRESS,
        "message: it ends before the draw: the winners are not known yet. Start this agency again to ask "
        "for them");
}

static void log_asked(const struct quiniela_event *event) {
    progress_enter(PROGRESS_WAITING);
    log_event(LOG_LEVEL_DEBUG, "consulta_ganadores", LOG_IN_PROGRESS, "agencia: %" PRIu32, event->agency);
}

static void log_draw(const struct client_log *log, const struct quiniela_event *event) {
    switch (event->kind) {
    case QUINIELA_EVENT_WAITING:
        log_event(LOG_LEVEL_INFO, "wait_for_draw", LOG_IN_PROGRESS, "address: %s", event->address);
        break;
    case QUINIELA_EVENT_ASKED:
        log_asked(event);
        break;
    case QUINIELA_EVENT_NOT_DRAWN:
        log_event(LOG_LEVEL_DEBUG, "consulta_ganadores", LOG_IN_PROGRESS, "retry_in_ms: %" PRIu32,
                  event->wait_ms);
        break;
    case QUINIELA_EVENT_WINNERS:
        log_winners(log, event);
        break;
    case QUINIELA_EVENT_NOT_KEPT:
        log_reason(LOG_LEVEL_ERROR, "write_winners", event);
        break;
    case QUINIELA_EVENT_NO_WINNERS:
        log_reason(LOG_LEVEL_ERROR, "consulta_ganadores", event);
        break;
    case QUINIELA_EVENT_NOT_KNOWN:
        log_not_known(event);
        break;
    default:
        break;
    }
}

void client_log_event(void *context, const struct quiniela_event *event) {
    const struct client_log *log = context;
    if (!log_connection(event) && !log_file(event) && !log_bets(log, event) && !log_surprise(event) &&
        !log_promise(event)) {
        log_draw(log, event);
    }
}
