#include "bet/bet.h"

#include "base/attributes.h"
#include "base/translate.h"
#include "base/utf8.h"
#include "bet/errors.h"
#include "bet/limits.h"
#include "bet/scan.h"

#include <string.h>

static const char *const field_names[BET_FIELDS] = {"nombre", "apellido", "documento", "nacimiento",
                                                    "numero"};

const char *bet_field_name(enum bet_field field) {
    return field_names[field];
}

int bet_error_field(const struct error *error) {
    for (int i = 0; error->field != NULL && i < BET_FIELDS; i++) {
        if (strcmp(error->field, field_names[i]) == 0) {
            return i;
        }
    }
    return -1;
}

static bool bad(struct error *error, enum bet_field field, const char *reason) {
    error_set(error, ERROR_BAD_BET, "%s: %s", field_names[field], translate(reason));
    error->field = field_names[field];
    return false;
}

static bool is_digit(char character) {
    return character >= '0' && character <= '9';
}

static bool is_control(uint32_t character) {
    return character < 0x20 || (character >= 0x7f && character < 0xa0);
}

static bool is_plain_ascii(struct bet_slice name) {
    for (size_t i = 0; i < name.length; i++) {
        if (name.text[i] < ' ' || name.text[i] > '~') { // a byte above 0x7f is below ' ' where char is signed
            return false;
        }
    }
    return true;
}

static bool check_name(enum bet_field field, struct bet_slice name, struct error *error) {
    if (name.length == 0) {
        return bad(error, field, "is empty");
    }
    if (name.length > NAME_BYTES_MAX) {
        return bad(error, field, "is longer than 100 bytes");
    }
    if (is_plain_ascii(name)) {
        return true;
    }
    for (size_t at = 0; at < name.length;) {
        uint32_t character;
        size_t size = utf8_character(name.text + at, name.length - at, &character);
        if (size == 0) {
            return bad(error, field, "is not UTF-8");
        }
        if (is_control(character)) {
            return bad(error, field, "holds a control character");
        }
        at += size;
    }
    return true;
}

static bool check_document(struct bet_slice document, struct error *error) {
    if (document.length == 0) {
        return bad(error, BET_DOCUMENT, "is empty");
    }
    if (document.length > DOCUMENT_BYTES_MAX) {
        return bad(error, BET_DOCUMENT, "is longer than 16 characters");
    }
    for (size_t i = 0; i < document.length; i++) {
        char character = document.text[i];
        char lower = (char)(character | 0x20);
        if (!is_digit(character) && !(lower >= 'a' && lower <= 'z')) {
            return bad(error, BET_DOCUMENT, "has other characters than ASCII letters and digits");
        }
    }
    return true;
}

int bet_days_in_month(int year, int month) {
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && leap ? 29 : days[month - 1];
}

static bool check_date(struct bet_slice date, struct error *error) {
    const char *text = date.text;
    bool shaped = date.length == 10 && text[4] == '-' && text[7] == '-';
    for (size_t i = 0; shaped && i < 10; i++) {
        shaped = i == 4 || i == 7 || is_digit(text[i]);
    }
    if (!shaped) {
        return bad(error, BET_BIRTH_DATE, "is not of the form YYYY-MM-DD");
    }
    int year = (text[0] - '0') * 1000 + (text[1] - '0') * 100 + (text[2] - '0') * 10 + (text[3] - '0');
    int month = (text[5] - '0') * 10 + (text[6] - '0');
    int day = (text[8] - '0') * 10 + (text[9] - '0');
    if (year < 1 || month < 1 || month > 12 || day < 1 || day > bet_days_in_month(year, month)) {
        return bad(error, BET_BIRTH_DATE, "is not a real date");
    }
    return true;
}

static bool check_number(struct bet_slice digits, uint16_t *number, struct error *error) {
    if (digits.length == 0) {
        return bad(error, BET_NUMBER, "is empty");
    }
    unsigned value = 0;
    for (size_t i = 0; i < digits.length; i++) {
        if (!is_digit(digits.text[i])) {
            return bad(error, BET_NUMBER, "has other characters than digits");
        }
        value = value * 10 + (unsigned)(digits.text[i] - '0');
        if (value > BET_NUMBER_MAX) {
            return bad(error, BET_NUMBER, "is not from 0 to 9999");
        }
    }
    *number = (uint16_t)value;
    return true;
}

// Cuts the text at its commas into *fields. Returns how many fields there are, even if there are too many.
static int cut(const char *text, size_t length, struct bet_slice fields[BET_FIELDS]) {
    int count = 0;
    const char *end = text + length;
    for (const char *start = text;; count++) {
        const char *comma = memchr(start, ',', (size_t)(end - start));
        if (count < BET_FIELDS) {
            fields[count] = (struct bet_slice){start, (size_t)((comma ? comma : end) - start)};
        }
        if (comma == NULL) {
            return count + 1;
        }
        start = comma + 1;
    }
}

bool bet_parse(const char *text, size_t length, struct bet *bet, struct error *error) {
    if (length > BET_TEXT_BYTES_MAX) {
        error_set(error, ERROR_BAD_BET, "the bet has %zu bytes, more than %d", length, BET_TEXT_BYTES_MAX);
        error->field = field_names[BET_FIRST_NAME];
        return false;
    }
    int count = cut(text, length, bet->fields);
    if (count != BET_FIELDS) {
        error_set(error, ERROR_BAD_BET,
                  translate_count("the bet has %d field instead of %d", "the bet has %d fields instead of %d",
                                  (uint64_t)count),
                  count, BET_FIELDS);
        error->field = field_names[count < BET_FIELDS ? count : BET_FIELDS - 1];
        return false;
    }
    return check_name(BET_FIRST_NAME, bet->fields[BET_FIRST_NAME], error) &&
           check_name(BET_LAST_NAME, bet->fields[BET_LAST_NAME], error) &&
           check_document(bet->fields[BET_DOCUMENT], error) &&
           check_date(bet->fields[BET_BIRTH_DATE], error) &&
           check_number(bet->fields[BET_NUMBER], &bet->number, error);
}

// The fast way --------------------------------------------------------------------------------------------

// Whether all non-ASCII bytes in `range` are two-byte characters, none of them a control character.
ALWAYS_INLINE bool has_good_pairs(const struct scan *scan, uint64_t range) {
    uint64_t leads = scan->leads & range, follows = scan->follows & range;
    return (scan->high & range) == (leads | follows) && follows == leads << 1;
}

ALWAYS_INLINE int two_digits(const char *text) {
    return (text[0] - '0') * 10 + (text[1] - '0');
}

// Whether the text, whose digits and dashes are known to be in the right places, is certainly a real date.
// False for a 29th of February.
ALWAYS_INLINE bool is_plain_date(const char *text) {
    static const unsigned char days[100] = {0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}; // 0: no month
    int day = two_digits(text + 8);
    return two_digits(text) + two_digits(text + 2) > 0 && day >= 1 && day <= days[two_digits(text + 5)];
}

// The value of the one to four digits before `end`; at least four bytes before `end` are readable. Without
// branches, since their number cannot be predicted.
ALWAYS_INLINE unsigned up_to_four_digits(const char *end, unsigned count) {
    return (unsigned)(end[-1] - '0') + 10 * (unsigned)(end[-2] - '0') * (count > 1) +
           100 * (unsigned)(end[-3] - '0') * (count > 2) + 1000 * (unsigned)(end[-4] - '0') * (count > 3);
}

// `scan` describes the text, which has fewer than SCAN_BYTES bytes.
ALWAYS_INLINE bool check_scanned(const char *text, size_t length, const struct scan *scan, uint16_t *number) {
    enum { DATE_BYTES = 10, DATE_DIGITS = 0x36f }; // the digits of "YYYY-MM-DD", bit 0 first
    uint64_t commas = scan->commas;
    unsigned ends[BET_FIELDS - 1];
    for (int i = 0; i < BET_FIELDS - 1; i++, commas &= commas - 1) {
        if (commas == 0) {
            return false;
        }
        ends[i] = (unsigned)__builtin_ctzll(commas);
    }
    if (commas != 0) {
        return false;
    }
    unsigned document = ends[1] + 1, date = ends[2] + 1, digits = ends[3] + 1, end = (unsigned)length;
    uint64_t document_range = scan_range(document, ends[2]), number_range = scan_range(digits, end);
    // A field of names is at most 63 bytes here, so none is too long.
    if (ends[0] == 0 || ends[1] == ends[0] + 1 || (scan->controls & scan_range(0, ends[1])) != 0 ||
        ends[2] == document || ends[2] - document > DOCUMENT_BYTES_MAX ||
        (scan->digits & document_range) != document_range || ends[3] - date != DATE_BYTES ||
        ((scan->digits >> date) & 0x3ff) != DATE_DIGITS || text[date + 4] != '-' || text[date + 7] != '-' ||
        end == digits || end - digits > 4 || (scan->digits & number_range) != number_range ||
        !has_good_pairs(scan, scan_range(0, ends[1])) || !is_plain_date(text + date)) {
        return false;
    }
    *number = (uint16_t)up_to_four_digits(text + end, end - digits);
    return true;
}

ALWAYS_INLINE bool mark_scanned(const char *text, size_t length, const struct scan *scan,
                                struct bet_marks *marks) {
    uint16_t number;
    *marks = (struct bet_marks){.escapes = scan->escapes, .pairs = scan->high};
    return check_scanned(text, length, scan, &number);
}

#ifdef SCAN_WIDE

// The same again, compiled for processors that examine 64 bytes in one instruction.
SCAN_WIDE static bool check_wide(const char *text, size_t length, uint16_t *number) {
    struct scan scan = scan_by_64(text, (unsigned)length);
    return check_scanned(text, length, &scan, number);
}

SCAN_WIDE static bool mark_wide(const char *text, size_t length, struct bet_marks *marks) {
    struct scan scan = scan_by_64(text, (unsigned)length);
    return mark_scanned(text, length, &scan, marks);
}

#endif

bool bet_check_fast(const char *text, size_t length, uint16_t *number) {
    if (length >= SCAN_BYTES) {
        return false;
    }
#ifdef SCAN_WIDE
    if (scan_has_wide()) {
        return check_wide(text, length, number);
    }
#endif
    struct scan scan = scan_by_16(text, (unsigned)length);
    return check_scanned(text, length, &scan, number);
}

bool bet_mark_fast(const char *text, size_t length, struct bet_marks *marks) {
    if (length >= SCAN_BYTES) {
        return false;
    }
#ifdef SCAN_WIDE
    if (scan_has_wide()) {
        return mark_wide(text, length, marks);
    }
#endif
    struct scan scan = scan_by_16(text, (unsigned)length);
    return mark_scanned(text, length, &scan, marks);
}

void bet_split(const char *text, size_t length, struct bet_slice fields[BET_FIELDS]) {
    memset(fields, 0, BET_FIELDS * sizeof fields[0]);
    cut(text, length, fields);
}
