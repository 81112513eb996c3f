#include "agency/reader.h"

#include "agency/csv_diagnosis.h"
#include "agency/csv_file.h"
#include "agency/file_report.h"
#include "agency/shown_text.h"
#include "base/memory.h"
#include "base/translate.h"
#include "base/utf8.h"
#include "bet/bet.h"
#include "bet/csv_quotes.h"
#include "bet/errors.h"
#include "bet/limits.h"
#include "wire/message.h"

#include <inttypes.h>
#include <string.h>

enum { LINE_BYTES_MAX = 2 * BET_TEXT_BYTES_MAX }; // the quotes within a bet are doubled

struct reader {
    struct csv_file *file;
    uint64_t bets;  // lines taken
    uint64_t empty; // empty lines after them
    bool is_strict; // refuses a last line without a line end
    bool warned;    // about such a line
    bool is_terse;  // does not explain bad lines
    uint64_t total; // bets of a file that was checked
    bool checked;   // it was read to its end before, and must not have changed since
};

bool reader_open(const char *path, struct reader **result, struct error *error) {
    *result = NULL;
    struct reader *reader = memory_zeroed(1, sizeof *reader);
    if (reader == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory to read %s", path);
    }
    if (!csv_file_open(path, &reader->file, error)) {
        memory_free(reader);
        return false;
    }
    *result = reader;
    return true;
}

void reader_set_strict(struct reader *reader) {
    reader->is_strict = true;
}

bool reader_is_strict(const struct reader *reader) {
    return reader->is_strict;
}

bool reader_can_check(const struct reader *reader) {
    return csv_file_is_ordinary(reader->file);
}

bool reader_was_checked(const struct reader *reader) {
    return reader->checked;
}

uint64_t reader_total(const struct reader *reader) {
    return reader->total;
}

void reader_close(struct reader **reader) {
    csv_file_close(&(*reader)->file);
    memory_free(*reader);
    *reader = NULL;
}

const char *reader_path(const struct reader *reader) {
    return csv_file_path(reader->file);
}

uint64_t reader_position(const struct reader *reader) {
    return reader->bets;
}

uint64_t reader_offset(const struct reader *reader) {
    return csv_file_offset(reader->file);
}

uint64_t reader_size(const struct reader *reader) {
    return csv_file_size(reader->file);
}

// Bad lines -----------------------------------------------------------------------------------------------

static bool explain(const struct reader *reader, const struct csv_text *line, bool bad_quotes,
                    const struct error *reason, struct error *error) {
    const struct csv_line bad = {.path = reader_path(reader),
                                 .number = reader->bets + 1,
                                 .text = line->text,
                                 .length = line->length,
                                 .bad_quotes = bad_quotes};
    if (reader->is_terse) {
        *error = *reason;
        error->code = ERROR_BAD_BET;
        return false;
    }
    return csv_diagnose(&bad, reason, error);
}

static bool bad_line(const struct reader *reader, const struct csv_text *line, const struct error *reason,
                     struct error *error) {
    return explain(reader, line, false, reason, error);
}

static bool bad_quotes(const struct reader *reader, const struct csv_text *line, struct error *error) {
    struct error reason;
    error_clear(&reason);
    return explain(reader, line, true, &reason, error);
}

static bool cut_short(const struct reader *reader, const char *shown, const char *why, struct error *error) {
    return error_set(error, ERROR_BAD_BET,
                     "%.100s:%" PRIu64 ": the last line has no line end and may be cut short%s: \"%s\"; "
                     "check that the file is complete, and end the line",
                     reader_path(reader), reader->bets + 1, translate(why), shown);
}

// A last line without a line end may have been cut short: a "75" may once have been "7574".
static bool check_end(struct reader *reader, const struct csv_text *line, struct error *error) {
    if (line->has_end) {
        return true;
    }
    char shown[SHOWN_BYTES];
    shown_text(line->text, line->length, shown);
    if (!csv_file_is_ordinary(reader->file)) {
        return cut_short(reader, shown, ", as it does not come from a file", error);
    }
    if (!csv_file_is_settled(reader->file, line)) {
        return cut_short(reader, shown, ", as the file has changed while it was read", error);
    }
    if (reader->is_strict) {
        return cut_short(reader, shown, "", error);
    }
    if (!reader->warned) {
        report_no_line_end(reader_path(reader), reader->bets + 1, shown);
    }
    reader->warned = true;
    return true;
}

static bool begins_with_mark(const struct csv_text *line) {
    size_t length = sizeof UTF8_BYTE_ORDER_MARK - 1;
    return line->length >= length && memcmp(line->text, UTF8_BYTE_ORDER_MARK, length) == 0;
}

// Whether a line may be in this place, whatever it contains.
static bool check_place(const struct reader *reader, const struct csv_text *line, struct error *error) {
    if (reader->empty == 0 && !begins_with_mark(line) && line->length <= LINE_BYTES_MAX) {
        return true;
    }
    struct error reason;
    error_set(&reason, ERROR_BAD_BET, "the line is too long for a bet");
    return bad_line(reader, reader->empty > 0 ? &(struct csv_text){.text = ""} : line, &reason, error);
}

// Lines ---------------------------------------------------------------------------------------------------

// Looks at the next line that is not empty. Empty lines may only be at the end of the file: check_place
// refuses any line that follows them.
static bool peek_line(struct reader *reader, struct csv_text *line, bool *found, struct error *error) {
    for (;;) {
        if (!csv_file_peek(reader->file, line, found, error)) {
            return false;
        }
        if (!*found || line->length > 0) {
            return true;
        }
        reader->empty++;
        csv_file_take(reader->file, line);
    }
}

static bool take_line(struct reader *reader, const struct csv_text *line, struct error *error) {
    if (!check_end(reader, line, error)) {
        return false;
    }
    csv_file_take(reader->file, line);
    reader->bets++;
    return true;
}

static bool skip_line(struct reader *reader, uint64_t index, struct error *error) {
    struct csv_text line;
    bool found;
    if (!peek_line(reader, &line, &found, error)) {
        return false;
    }
    if (!found) {
        return error_set(error, ERROR_CONFLICT,
                         "%s: has %" PRIu64 " bets, but %" PRIu64 " are already stored", reader_path(reader),
                         reader->bets, index);
    }
    return check_place(reader, &line, error) && take_line(reader, &line, error);
}

static bool go_back(struct reader *reader, struct error *error) {
    reader->bets = reader->empty = 0;
    return csv_file_rewind(reader->file, error);
}

bool reader_seek(struct reader *reader, uint64_t index, struct error *error) {
    if (index < reader->bets && !go_back(reader, error)) {
        return false;
    }
    while (reader->bets < index) {
        if (!skip_line(reader, index, error)) {
            return false;
        }
    }
    return true;
}

// Bets ----------------------------------------------------------------------------------------------------

// Where the bets go.
struct sink {
    bool writes; // a message; otherwise it fills a chunk
    struct chunk_writer *writer;
    struct chunk *chunk;
    size_t message_bytes, message_max; // of the chunk's message
};

static uint32_t count_of(const struct sink *sink) {
    return sink->writes ? sink->writer->count : sink->chunk->count;
}

static bool add_to_chunk(struct sink *sink, const struct csv_text *bet, bool *fits, struct error *error) {
    size_t bytes = message_bet_bytes(bet->text, bet->length);
    *fits = sink->message_bytes + bytes <= sink->message_max;
    if (!*fits) {
        return true;
    }
    sink->message_bytes += bytes;
    return chunk_add(sink->chunk, bet->text, bet->length, error);
}

// Without a sink the bet is only checked.
static bool add_bet(struct sink *sink, const struct csv_text *bet, bool *fits, struct error *error) {
    if (sink == NULL) {
        uint16_t number;
        struct bet parsed;
        return bet_check_fast(bet->text, bet->length, &number) ||
               bet_parse(bet->text, bet->length, &parsed, error);
    }
    return sink->writes ? chunk_writer_add(sink->writer, bet->text, bet->length, fits, error)
                        : add_to_chunk(sink, bet, fits, error);
}

// Adds the line's bet, unless the message would become too long; *fits tells which.
static bool add_line(struct reader *reader, const struct csv_text *line, struct sink *sink, bool *fits,
                     struct error *error) {
    char plain[LINE_BYTES_MAX];
    struct csv_text bet = *line; // without its quotes
    if (!check_place(reader, line, error)) {
        return false;
    }
    if (memchr(line->text, '"', line->length) != NULL) {
        if (!csv_unquote(line->text, line->length, plain, &bet.length)) {
            return bad_quotes(reader, line, error);
        }
        bet.text = plain;
    }
    struct error reason;
    bool added = add_bet(sink, &bet, fits, &reason);
    if (!added && reason.code != ERROR_BAD_BET) {
        *error = reason;
        return false;
    }
    return added || bad_line(reader, &bet, &reason, error);
}

static bool fill(struct reader *reader, struct sink *sink, uint32_t count_max, bool *at_end,
                 struct error *error) {
    for (;;) {
        struct csv_text line;
        bool found = false, fits = true;
        if (!peek_line(reader, &line, &found, error)) {
            return false;
        }
        *at_end = !found;
        if (!found || count_of(sink) == count_max) {
            return true;
        }
        if (!add_line(reader, &line, sink, &fits, error)) {
            return false;
        }
        if (!fits) {
            return true;
        }
        if (!take_line(reader, &line, error)) {
            return false;
        }
    }
}

static bool check_unchanged(const struct reader *reader, const char *since, struct error *error) {
    return !reader->checked || csv_file_is_unchanged(reader->file) ||
           error_set(error, ERROR_CONFLICT,
                     "%.150s: has changed, or another file has taken its place, since it was %s; start again",
                     reader_path(reader), translate(since));
}

// Nothing leaves of a file that is no longer the one that was checked.
static bool fill_from_same(struct reader *reader, struct sink *sink, uint32_t count_max, bool *at_end,
                           struct error *error) {
    return fill(reader, sink, count_max, at_end, error) && check_unchanged(reader, "checked", error);
}

bool reader_fill(struct reader *reader, struct chunk *chunk, uint32_t count_max, size_t message_max,
                 bool *at_end, struct error *error) {
    struct sink sink = {.chunk = chunk, .message_max = message_max};
    return fill_from_same(reader, &sink, count_max, at_end, error);
}

bool reader_write(struct reader *reader, struct chunk_writer *writer, uint32_t count_max, bool *at_end,
                  struct error *error) {
    struct sink sink = {.writes = true, .writer = writer};
    return fill_from_same(reader, &sink, count_max, at_end, error);
}

// Checking ------------------------------------------------------------------------------------------------

// Skips a line to its end, of which only the beginning may have been in the buffer.
static void skip_whole(struct reader *reader, struct csv_text *line) {
    struct error ignored; // the next look at the file reports it
    bool found = true;
    csv_file_take(reader->file, line);
    while (!line->has_end && csv_file_peek(reader->file, line, &found, &ignored) && found) {
        csv_file_take(reader->file, line);
    }
}

bool reader_check_line(struct reader *reader, bool explains, bool *found, struct error *error) {
    struct csv_text line;
    bool fits;
    reader->is_terse = !explains;
    if (!peek_line(reader, &line, found, error)) {
        return false;
    }
    if (!*found) {
        return true;
    }
    bool good = add_line(reader, &line, NULL, &fits, error) && check_end(reader, &line, error);
    if (reader->empty > 0) { // that line is still to come
        reader->empty--;
    } else {
        skip_whole(reader, &line);
    }
    reader->bets++;
    return good;
}

bool reader_checked(struct reader *reader, struct error *error) {
    reader->checked = true;
    reader->total = reader->bets;
    reader->is_terse = false;
    return check_unchanged(reader, "opened", error) && go_back(reader, error);
}
