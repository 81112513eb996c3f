#include "report/night_log.h"

#include "report/log_line.h"
#include "wire/limits.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct reader {
    struct night_log *log;
    struct log_reader lines;
    char bytes[NIGHT_LOG_LINE_BYTES_MAX + JSON_PADDING_BYTES];
};

bool night_log_begin(struct night_log *log, const struct facts *facts, const char *draw, int64_t until,
                     int64_t silence_s, struct error *error) {
    *log = (struct night_log){.facts = facts, .draw = draw, .silence_s = silence_s};
    int64_t end = facts->sealed_at != 0 ? facts->sealed_at : until;
    log->from = facts->opened_at - NIGHT_LOG_OFF_S;
    log->until = end + NIGHT_LOG_OFF_S;
    flow_begin(&log->flow, facts->opened_at);
    log->agencies = calloc(facts->count + 1, sizeof *log->agencies);
    return log->agencies != NULL || error_set(error, ERROR_NO_MEMORY, "no memory for the log");
}

void night_log_end(struct night_log *log) {
    for (size_t i = 0; log->agencies != NULL && i < log->facts->count; i++) {
        stretch_clear(&log->agencies[i]);
    }
    free(log->agencies);
    log->agencies = NULL;
}

// Lines ---------------------------------------------------------------------------------------------------

// The agency that the line names; NULL when the store has none of that number.
static const struct agency_facts *agency_of(const struct night_log *log, const struct log_line *line) {
    uint64_t number;
    return log_line_number(line, LOG_LINE_AGENCY, &number) ? facts_agency(log->facts, number) : NULL;
}

static struct stretch *stretch_of(const struct night_log *log, const struct agency_facts *agency) {
    return &log->agencies[agency - log->facts->agencies];
}

static bool take_stored(struct night_log *log, const struct log_line *line) {
    const struct agency_facts *agency = agency_of(log, line);
    uint64_t bets;
    if (agency == NULL || !log_line_number(line, LOG_LINE_COUNT, &bets) || bets > CHUNK_BETS_MAX) {
        return true;
    }
    struct stretch *stretch = stretch_of(log, agency);
    uint32_t before = stretch->spell_count;
    log->has_no_room = log->has_no_room || log->spells >= NIGHT_LOG_SPELLS_MAX;
    bool done = stretch_add(stretch, line->at, bets, log->has_no_room ? INT64_MAX : log->silence_s);
    log->spells += stretch->spell_count > before;
    log->is_running = true; // also where its start is in a file that was not given
    flow_add(&log->flow, line->at, bets);
    log->bets += bets;
    return done;
}

// Its end is in the store, too: a time that is another one there is of another zone.
static void take_finished(struct night_log *log, const struct log_line *line) {
    const struct agency_facts *agency = agency_of(log, line);
    if (log->which != NIGHT_LOG_OURS || agency == NULL || agency->ending != AGENCY_FINISHED) {
        return;
    }
    int64_t off = line->at - agency->finished_at;
    if (off >= -NIGHT_LOG_OFF_S && off <= NIGHT_LOG_OFF_S) {
        log->fits++;
    } else if (log->misfits++ == 0) {
        log->misfit = (struct night_log_misfit){agency->agency, line->at, agency->finished_at};
    }
}

// What it had sent does not count any more.
static void take_reset(struct night_log *log, const struct log_line *line) {
    const struct agency_facts *agency = agency_of(log, line);
    if (agency != NULL) {
        stretch_clear(stretch_of(log, agency));
    }
}

static void take_open(struct night_log *log, const struct log_line *line) {
    if (line->values[LOG_LINE_DRAW].text == NULL) {
        return;
    }
    bool is_new = log->which != NIGHT_LOG_OURS;
    log->which = log_line_is(line, LOG_LINE_DRAW, log->draw) ? NIGHT_LOG_OURS : NIGHT_LOG_OTHER;
    if (log->which != NIGHT_LOG_OURS || !is_new) {
        return;
    }
    if (log->start_count < NIGHT_LOG_STARTS_MAX) {
        log->starts[log->start_count] = (struct night_log_start){line->at, log->is_running};
    }
    log->start_count++;
    log->is_running = true;
}

static void take_refusal(struct night_log *log, const struct log_line *line) {
    bool is_in_time = line->at >= log->from;
    if (line->values[LOG_LINE_ERROR].text != NULL && (log->which == NIGHT_LOG_OURS || is_in_time)) {
        tally_add(&log->refused, line->values[LOG_LINE_ACTION], line->values[LOG_LINE_ERROR],
                  line->values[LOG_LINE_AGENCY], line->at);
    }
}

static bool is_refusal(const struct log_line *line) {
    return log_line_is(line, LOG_LINE_RESULT, "fail") &&
           (log_line_is(line, LOG_LINE_ACTION, "receive_message") ||
            log_line_is(line, LOG_LINE_ACTION, "apuestas_almacenadas") ||
            log_line_is(line, LOG_LINE_ACTION, "handshake") ||
            log_line_is(line, LOG_LINE_ACTION, "accept_connections"));
}

static void note_time(struct night_log *log, int64_t at) {
    log->first_at = log->first_at == 0 || at < log->first_at ? at : log->first_at;
    log->last_at = at > log->last_at ? at : log->last_at;
}

static void take_missing(struct night_log *log, const struct log_line *line) {
    uint64_t lines;
    log->lost += log_line_number(line, LOG_LINE_LOST, &lines) ? lines : 0;
    log->left_out += log_line_number(line, LOG_LINE_LEFT_OUT, &lines) ? lines : 0;
}

static bool is_done(const struct log_line *line, const char *action) {
    return log_line_is(line, LOG_LINE_ACTION, action) && log_line_is(line, LOG_LINE_RESULT, "success");
}

// A line about the draw's server. A start says which draw it is for.
static bool take_line(struct night_log *log, const struct log_line *line) {
    if (is_done(line, "config")) {
        log->which = NIGHT_LOG_ANY;
    } else if (is_done(line, "open_draw")) {
        take_open(log, line);
    }
    if (log->which == NIGHT_LOG_OTHER) {
        return true;
    }
    if (is_done(line, "client_finished")) {
        take_finished(log, line);
    }
    bool is_in_time = line->at >= log->from && line->at <= log->until;
    if (log->which == NIGHT_LOG_OURS || is_in_time) {
        note_time(log, line->at);
    }
    if (is_refusal(line)) {
        take_refusal(log, line);
    } else if (log_line_is(line, LOG_LINE_ACTION, "log")) {
        take_missing(log, line);
    } else if (is_done(line, "end_server")) {
        log->is_running = false;
    } else if (is_in_time && is_done(line, "agency_reset")) {
        take_reset(log, line);
    } else if (is_in_time && is_done(line, "apuestas_almacenadas")) {
        return take_stored(log, line);
    }
    return true;
}

// Files ---------------------------------------------------------------------------------------------------

// Reads up to the next newline, which it drops. False at the end. *length: more than the maximum for a line
// that has no room.
static bool next_line(FILE *stream, char *bytes, size_t *length) {
    int byte;
    *length = 0;
    while ((byte = getc_unlocked(stream)) != EOF && byte != '\n') {
        if (*length < NIGHT_LOG_LINE_BYTES_MAX) {
            bytes[*length] = (char)byte;
        }
        *length += *length <= NIGHT_LOG_LINE_BYTES_MAX;
    }
    return byte != EOF || *length > 0;
}

static bool read_lines(struct reader *reader, FILE *stream) {
    struct night_log *log = reader->log;
    struct log_line line;
    size_t length;
    while (next_line(stream, reader->bytes, &length)) {
        log->lines++;
        if (length > NIGHT_LOG_LINE_BYTES_MAX ||
            !log_line_read(&reader->lines, reader->bytes, length, &line)) {
            log->unknown++;
        } else if (!take_line(log, &line)) {
            return false;
        }
    }
    return true;
}

bool night_log_read(struct night_log *log, FILE *stream, struct error *error) {
    struct reader *reader = calloc(1, sizeof *reader);
    struct json_parser *parser = json_parser_new();
    bool done = reader != NULL && parser != NULL;
    if (done) {
        reader->log = log;
        reader->lines.parser = parser;
        done = read_lines(reader, stream);
    }
    json_parser_free(parser);
    free(reader);
    if (!done) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for the log");
    }
    return ferror(stream) == 0 || error_set_system(error, errno, "cannot be read");
}

bool night_log_settle(struct night_log *log, struct error *error) {
    for (size_t i = 0; i < log->facts->count; i++) {
        int64_t end = log->facts->agencies[i].finished_at;
        if (!stretch_end(&log->agencies[i], end != 0 ? end : log->until - NIGHT_LOG_OFF_S, log->silence_s)) {
            return error_set(error, ERROR_NO_MEMORY, "no memory for the log");
        }
    }
    return true;
}

bool night_log_fits(const struct night_log *log) {
    return log->misfits <= log->fits;
}
