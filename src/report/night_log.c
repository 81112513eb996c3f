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
    *log = (struct night_log){.facts = facts, .silence_s = silence_s};
    draw_names_make(&log->draw, draw);
    int64_t end = facts->sealed_at != 0 ? facts->sealed_at : until;
    log->from = facts->opened_at - NIGHT_LOG_BEFORE_S;
    log->until = end + LOG_CLOCK_OFF_S;
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
    servers_take_bets(&log->servers, line->at);
    flow_add(&log->flow, line->at, bets);
    log->bets += bets;
    return done;
}

// What it had sent does not count any more.
static void take_reset(struct night_log *log, const struct log_line *line) {
    const struct agency_facts *agency = agency_of(log, line);
    if (agency != NULL) {
        stretch_clear(stretch_of(log, agency));
    }
}

// A handshake's line is one for all of a second.
static uint64_t times_of(const struct log_line *line) {
    uint64_t times;
    bool is_sum = log_line_is(line, LOG_LINE_ACTION, "handshake") &&
                  log_line_number(line, LOG_LINE_TIMES, &times) && times > 0 && times <= UINT32_MAX;
    return is_sum ? times : 1;
}

static void take_refusal(struct night_log *log, const struct log_line *line) {
    if (line->values[LOG_LINE_ERROR].text != NULL) {
        tally_add(&log->refused, line->values[LOG_LINE_ACTION], line->values[LOG_LINE_ERROR],
                  line->values[LOG_LINE_AGENCY], times_of(line), line->at);
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

// Whose it is -----------------------------------------------------------------------------------------------

static bool names_draw(const struct night_log *log, const struct log_line *line) {
    return log_line_is(line, LOG_LINE_DRAW, line->is_json ? log->draw.json : log->draw.text);
}

// A new draw of our name at another time than ours: an earlier night's, or a later one's. Unless it would be
// ours in another zone: the clock decides that.
static enum night_log_draw take_new(struct night_log *log, const struct log_line *line) {
    int64_t opened_at = log->facts->opened_at;
    bool is_ours = line->at >= log->from && line->at <= opened_at + NIGHT_LOG_AFTER_S;
    const struct log_mismatch opening = {.moment = LOG_OPENED, .at = line->at, .stored_at = opened_at};
    log_clock_take(&log->clock, &opening, is_ours ? LOG_CLOCK_OURS : LOG_CLOCK_OTHER, line->is_json);
    if (!is_ours && line->at > opened_at && (log->next_at == 0 || line->at < log->next_at)) {
        log->next_at = line->at;
    }
    return is_ours ? NIGHT_LOG_OURS : NIGHT_LOG_OTHER_NIGHT;
}

// What a start, or a warning after it, says of its draw.
static enum night_log_draw draw_of(struct night_log *log, const struct log_line *line) {
    bool is_start = line->values[LOG_LINE_STATE].text != NULL;
    bool is_same = log->which == NIGHT_LOG_OURS || log->which == NIGHT_LOG_OTHER_NIGHT;
    if (!names_draw(log, line)) {
        return NIGHT_LOG_OTHER;
    }
    if (log_line_is(line, LOG_LINE_STATE, "new")) {
        return take_new(log, line);
    }
    if (!is_start && is_same) {
        return log->which;
    }
    bool is_late = log->next_at != 0 && line->at >= log->next_at;
    bool is_over = line->at > log->until && log_line_is(line, LOG_LINE_STATE, "open");
    return line->at < log->from || is_late || is_over ? NIGHT_LOG_OTHER_NIGHT : NIGHT_LOG_OURS;
}

static void take_open(struct night_log *log, const struct log_line *line) {
    if (line->values[LOG_LINE_DRAW].text == NULL) {
        return;
    }
    log->which = draw_of(log, line);
    log->others += log->which != NIGHT_LOG_OURS;
    log->is_named = log->is_named || log->which == NIGHT_LOG_OURS;
    servers_take_open(&log->servers, log->which == NIGHT_LOG_OURS, line->at);
}

// Whether it is within the night; where nothing says for which draw it is, until the draw is sealed.
static bool is_of_night(const struct night_log *log, const struct log_line *line) {
    bool is_next = log->next_at != 0 && line->at >= log->next_at;
    return line->at >= log->from && !is_next &&
           (log->which == NIGHT_LOG_OURS || (log->which == NIGHT_LOG_ANY && line->at <= log->until));
}

// Moments that the store has, too
// -----------------------------------------------------------------------------

static bool is_done(const struct log_line *line, const char *action) {
    return log_line_is(line, LOG_LINE_ACTION, action) && log_line_is(line, LOG_LINE_RESULT, "success");
}

static bool find_end(const struct night_log *log, const struct log_line *line, enum agency_ending ending,
                     struct log_mismatch *moment) {
    const struct agency_facts *agency = agency_of(log, line);
    bool is_there = agency != NULL && agency->ending == ending;
    if (is_there) {
        *moment = (struct log_mismatch){LOG_AGENCY_ENDED, agency->agency, line->at, agency->finished_at};
    }
    return is_there;
}

static bool find_moment(const struct night_log *log, const struct log_line *line,
                        struct log_mismatch *moment) {
    if (is_done(line, "client_finished")) {
        return find_end(log, line, AGENCY_FINISHED, moment);
    }
    if (is_done(line, "agency_ended")) {
        return find_end(log, line, AGENCY_ENDED, moment);
    }
    if (is_done(line, "agency_cut")) {
        return find_end(log, line, AGENCY_CUT, moment);
    }
    bool is_close = is_done(line, "close_draw");
    *moment = (struct log_mismatch){is_close ? LOG_CLOSED : LOG_DRAWN, 0, line->at,
                                    is_close ? log->facts->closed_at : log->facts->drawn_at};
    return (is_close || is_done(line, "sorteo")) && names_draw(log, line);
}

static void compare(struct night_log *log, const struct log_line *line) {
    struct log_mismatch moment;
    if (log->which != NIGHT_LOG_OTHER && find_moment(log, line, &moment)) {
        bool is_next = log->next_at != 0 && line->at >= log->next_at;
        enum log_clock_trust trust = log->which == NIGHT_LOG_OTHER_NIGHT || is_next ? LOG_CLOCK_OTHER
                                     : log->which == NIGHT_LOG_OURS                 ? LOG_CLOCK_OURS
                                                                                    : LOG_CLOCK_MAYBE;
        log_clock_take(&log->clock, &moment, trust, line->is_json);
    }
}

// All of them
// -------------------------------------------------------------------------------------------------

// Which server it is of, and which draw that is for: its start says so.
static void take_place(struct night_log *log, const struct log_line *line) {
    struct slice ip = line->values[LOG_LINE_IP], port = line->values[LOG_LINE_PORT];
    if (is_done(line, "config")) {
        bool is_other = line->values[LOG_LINE_DRAW].text != NULL && !names_draw(log, line);
        log->which = is_other ? NIGHT_LOG_OTHER : NIGHT_LOG_ANY; // of which night, open_draw says
        log->others += is_other;
        servers_take_config(&log->servers, ip, port, line->at);
        return;
    }
    servers_take_line(&log->servers, line->at);
    if (is_done(line, "open_draw")) {
        take_open(log, line);
    } else if (is_done(line, "listen")) {
        servers_take_listen(&log->servers, ip, port);
    } else {
        compare(log, line);
    }
}

// A line about the draw's server. A start says which draw it is for.
static bool take_line(struct night_log *log, const struct log_line *line) {
    take_place(log, line);
    if (!is_of_night(log, line)) {
        return true;
    }
    note_time(log, line->at);
    log->has_text = log->has_text || !line->is_json;
    if (is_refusal(line)) {
        take_refusal(log, line);
    } else if (log_line_is(line, LOG_LINE_ACTION, "log")) {
        take_missing(log, line);
    } else if (is_done(line, "end_server")) {
        servers_take_end(&log->servers);
    } else if (line->at <= log->until && is_done(line, "agency_reset")) {
        take_reset(log, line);
    } else if (line->at <= log->until && is_done(line, "apuestas_almacenadas")) {
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
    servers_next_file(&log->servers);
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
        if (!stretch_end(&log->agencies[i], end != 0 ? end : log->until - LOG_CLOCK_OFF_S, log->silence_s)) {
            return error_set(error, ERROR_NO_MEMORY, "no memory for the log");
        }
    }
    return true;
}

enum night_log_verdict night_log_judge(const struct night_log *log) {
    if (log_clock_differs(&log->clock)) {
        return NIGHT_LOG_OTHER_ZONE;
    }
    if (log->first_at == 0) {
        return log->others > 0 ? NIGHT_LOG_OTHER_DRAWS : NIGHT_LOG_NO_LINE;
    }
    bool is_sure = log_clock_fits(&log->clock) || (log->is_named && !log->has_text);
    return is_sure ? NIGHT_LOG_FITS : NIGHT_LOG_UNCHECKED;
}

bool night_log_lacks(const struct night_log *log, size_t agency) {
    return log->agencies[agency].bets != log->facts->agencies[agency].bets;
}
