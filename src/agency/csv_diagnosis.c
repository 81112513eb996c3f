#include "agency/csv_diagnosis.h"

#include "agency/csv_file.h"
#include "agency/shown_text.h"
#include "base/file_beginnings.h"
#include "base/translate.h"
#include "base/utf8.h"
#include "bet/bet.h"
#include "bet/errors.h"
#include "bet/limits.h"

#include <inttypes.h>
#include <string.h>

static const char whole_file[] = "file"; // what is at fault, in place of a bet's field

bool csv_is_of_file(const struct error *error) {
    return error->field == whole_file;
}

#define AS_CSV N_("save it as CSV in UTF-8, with commas between the fields")

// Says that `text` is `what`, shows it, and advises what to do.
static bool tell(const struct csv_line *line, const char *what, const char *text, size_t length,
                 const char *advice, struct error *error) {
    char shown[SHOWN_BYTES];
    shown_text(text, length, shown);
    return error_set(error, ERROR_BAD_BET, "%.100s:%" PRIu64 ": %s: \"%s\"%s%s", line->path, line->number,
                     translate(what), shown, advice[0] == '\0' ? "" : "; ", translate(advice));
}

static bool tell_line(const struct csv_line *line, const char *what, const char *advice,
                      struct error *error) {
    return tell(line, what, line->text, line->length, advice, error);
}

// As tell_line, of the whole file.
static bool tell_file(const struct csv_line *line, const char *what, const char *advice,
                      struct error *error) {
    (void)tell_line(line, what, advice, error);
    error->field = whole_file;
    return true;
}

static bool begins_with(const struct csv_line *line, const char *bytes, size_t length) {
    return line->length >= length && memcmp(line->text, bytes, length) == 0;
}

static size_t count_of(const struct csv_line *line, char character) {
    size_t count = 0;
    for (size_t i = 0; i < line->length; i++) {
        count += line->text[i] == character;
    }
    return count;
}

// A file of another kind ----------------------------------------------------------------------------------

struct kind {
    const char *bytes; // how such a file begins
    size_t length;
    const char *what, *advice;
};

#define KIND(bytes, what, advice)                                                                            \
    { bytes, sizeof(bytes) - 1, what, advice }
#define UNPACK N_("decompress it first")

static const struct kind kinds[] = {
    KIND("PK\x03\x04", "the file is a spreadsheet (xlsx, ods) or a zip archive, not CSV", AS_CSV),
    KIND("\xd0\xcf\x11\xe0", "the file is an old spreadsheet (xls), not CSV", AS_CSV),
    KIND("\x1f\x8b", "the file is compressed with gzip", UNPACK),
    KIND("BZh", "the file is compressed with bzip2", UNPACK),
    KIND("\xfd"
         "7zXZ",
         "the file is compressed with xz", UNPACK),
    KIND("\x28\xb5\x2f\xfd", "the file is compressed with zstd", UNPACK),
    KIND("7z\xbc\xaf", "the file is a 7-Zip archive", UNPACK),
    KIND("Rar!", "the file is a RAR archive", UNPACK),
    KIND("%PDF", "the file is a PDF, not CSV", "export the table it was made from as CSV"),
    KIND("{\\rtf", "the file is a text document (RTF), not CSV", AS_CSV),
    KIND(SQLITE_BEGINNING, "the file is a database, not CSV", "export its bets as CSV"),
    KIND("\x89PNG", "the file is a picture, not CSV", "is it the right file?"),
    KIND("\xff\xd8\xff", "the file is a picture, not CSV", "is it the right file?"),
    KIND("\x7f"
         "ELF",
         "the file is a program, not CSV", "is it the right file?"),
    KIND("<", "the file is XML or a web page, not CSV", AS_CSV),
    KIND("{\"", "the file is JSON, not CSV", AS_CSV),
    KIND("[", "the file is JSON, not CSV", AS_CSV),
    KIND("\xff\xfe", "the file is in UTF-16", "save it in UTF-8"),
    KIND("\xfe\xff", "the file is in UTF-16", "save it in UTF-8"),
};

// Text in which every other byte is NUL.
static bool is_wide(const struct csv_line *line) {
    size_t none = count_of(line, '\0');
    return line->length >= 2 && none >= line->length / 3 &&
           (line->text[0] == '\0') != (line->text[1] == '\0');
}

// Whether it might be the beginning of a name.
static bool is_text(const struct kind *kind) {
    for (size_t i = 0; i < kind->length; i++) {
        if (kind->bytes[i] < ' ' || kind->bytes[i] > '~') {
            return false;
        }
    }
    return true;
}

static bool is_other_kind(const struct csv_line *line, bool has_fields, struct error *error) {
    for (size_t i = 0; line->number == 1 && i < sizeof kinds / sizeof kinds[0]; i++) {
        if (begins_with(line, kinds[i].bytes, kinds[i].length) && !(has_fields && is_text(&kinds[i]))) {
            return tell_file(line, kinds[i].what, kinds[i].advice, error);
        }
    }
    return is_wide(line) &&
           tell_file(line, "the file is in UTF-16, without a byte order mark", "save it in UTF-8", error);
}

// A line as others write them -----------------------------------------------------------------------------

static bool is_line_end(const struct csv_line *line, struct error *error) {
    const char *cr = memchr(line->text, '\r', line->length);
    if (cr == NULL) {
        return false;
    }
    if (cr == line->text + line->length - 1) {
        tell_line(line, "the line ends with CR CR LF: line ends were converted twice",
                  "end lines with LF or CR LF", error);
    } else {
        tell(line, "lines end with CR alone, as on old Macs", line->text, (size_t)(cr - line->text),
             "end them with LF or CR LF", error);
        error->field = whole_file;
    }
    return true;
}

static bool is_mark(const struct csv_line *line, struct error *error) {
    if (!begins_with(line, UTF8_BYTE_ORDER_MARK, sizeof UTF8_BYTE_ORDER_MARK - 1)) {
        return false;
    }
    tell_line(line,
              line->number == 1 ? N_("the file begins with two byte order marks")
                                : N_("a byte order mark within the file: were two files joined?"),
              "delete it, and check that the line before is complete", error);
    return true;
}

static bool is_blank(const struct csv_line *line, struct error *error) {
    size_t blanks = count_of(line, ' ') + count_of(line, '\t'), commas = count_of(line, ',');
    if (line->length == 0) {
        error_set(error, ERROR_BAD_BET, "%.100s:%" PRIu64 ": an empty line within the file; delete it",
                  line->path, line->number);
        return true;
    }
    if (blanks + commas < line->length) {
        return false;
    }
    tell_line(line, commas > 0 ? N_("only commas, like an empty row of a spreadsheet") : N_("only blanks"),
              "delete the line", error);
    return true;
}

static bool is_dos_end(const struct csv_line *line, struct error *error) {
    if (memchr(line->text, 0x1a, line->length) == NULL) {
        return false;
    }
    tell_line(line, "Ctrl-Z (0x1a), which ended files on DOS", "delete it", error);
    return true;
}

static bool is_separator(const struct csv_line *line, struct error *error) {
    static const struct {
        char character;
        const char *what;
    } separators[] = {{';', N_("';' between the fields")},
                      {'\t', N_("tabs between the fields")},
                      {'|', N_("vertical bars between the fields")}};
    if (line->length >= 4 && strncmp(line->text, "sep=", 4) == 0) {
        tell_line(line, "the line names a separator for a spreadsheet",
                  "delete it, and put commas between the fields", error);
        return true;
    }
    if (count_of(line, ',') >= BET_FIELDS - 1) {
        return false;
    }
    for (size_t i = 0; i < sizeof separators / sizeof separators[0]; i++) {
        if (count_of(line, separators[i].character) >= BET_FIELDS - 1) {
            tell_line(line, separators[i].what, "use commas, and nothing else", error);
            return true;
        }
    }
    return false;
}

// Only words where a bet has digits. A row with a missing end, recognised by its trailing comma, is
// something else.
static bool is_header(const struct csv_line *line, struct error *error) {
    if (line->number != 1 || count_of(line, ',') < BET_FIELDS - 1 || line->text[line->length - 1] == ',') {
        return false;
    }
    for (size_t i = 0; i < line->length; i++) {
        if (line->text[i] >= '0' && line->text[i] <= '9') {
            return false;
        }
    }
    return !tell_line(line, "column names, not a bet", "delete the line", error);
}

// A misplaced quote -----------------------------------------------------------------

static bool is_quotes(const struct csv_line *line, struct error *error) {
    if (!line->bad_quotes) {
        return false;
    }
    if (count_of(line, '"') % 2 != 0) {
        tell_line(line, "a quote that is not closed, or stands alone",
                  "close it; within quotes, write it twice", error);
    } else {
        tell_line(line, "a comma within quotes, or text after them", "a bet's fields cannot contain commas",
                  error);
    }
    return true;
}

// One field -----------------------------------------------------------------------------------------------

// The length of the blank, of any kind, at the beginning or end of the text; 0: none.
static size_t blank_bytes(const char *text, size_t length, bool at_end) {
    static const char *const blanks[] = {
        " ",           "\t", "\xc2\xa0", "\xe2\x80\x87", "\xe2\x80\xaf", "\xe2\x80\x8b", "\xe2\x81\xa0",
        "\xef\xbb\xbf"};
    for (size_t i = 0; i < sizeof blanks / sizeof blanks[0]; i++) {
        size_t size = strlen(blanks[i]);
        if (length >= size && memcmp(text + (at_end ? length - size : 0), blanks[i], size) == 0) {
            return size;
        }
    }
    return 0;
}

// The field that the reason names, or the whole line if it names none.
static struct bet_slice culprit(const struct csv_line *line, const struct bet_slice fields[BET_FIELDS],
                                const struct error *reason, int *which) {
    *which = bet_error_field(reason);
    if (*which >= 0 && fields[*which].text != NULL) {
        return fields[*which];
    }
    *which = -1;
    return (struct bet_slice){line->text, line->length};
}

static bool is_utf8(struct bet_slice value) {
    size_t size = 1;
    for (size_t at = 0; at < value.length && size > 0; at += size) {
        uint32_t character;
        size = utf8_character(value.text + at, value.length - at, &character);
    }
    return size > 0;
}

static const char *advice_for(int field, struct bet_slice value) {
    bool in_name = field == BET_FIRST_NAME || field == BET_LAST_NAME;
    if (in_name && !is_utf8(value)) {
        return N_("is the file in Latin-1 or Windows-1252? save it in UTF-8");
    }
    if (field >= 0 && !in_name &&
        (blank_bytes(value.text, value.length, true) > 0 ||
         blank_bytes(value.text, value.length, false) > 0)) {
        return N_("remove the blank before or after it");
    }
    return "";
}

bool csv_diagnose(const struct csv_line *line, const struct error *reason, struct error *error) {
    struct bet_slice fields[BET_FIELDS];
    bet_split(line->text, line->length, fields);
    bool has_fields = count_of(line, ',') == BET_FIELDS - 1;
    if (is_other_kind(line, has_fields, error) || is_mark(line, error) || is_line_end(line, error) ||
        is_blank(line, error) || is_dos_end(line, error) || is_separator(line, error) ||
        is_header(line, error) || is_quotes(line, error)) {
        return false;
    }
    int which = -1;
    struct bet_slice value = {line->text, line->length};
    if (has_fields) {
        value = culprit(line, fields, reason, &which);
    }
    return tell(line, reason->text, value.text, value.length, advice_for(which, value), error);
}
