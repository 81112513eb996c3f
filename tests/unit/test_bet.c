// A bet's text is good up to its very limits, and the fast way never disagrees with the careful one.
#include "cmocka_all.h"

#include "bet/bet.h"
#include "bet/errors.h"
#include "bet/scan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define HUNDRED                                                                                              \
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

#define TEN_PAIRS "ññññññññññ" // of two bytes each
#define FIFTY_PAIRS TEN_PAIRS TEN_PAIRS TEN_PAIRS TEN_PAIRS TEN_PAIRS

static bool parse(const char *text, struct bet *bet, struct error *error) {
    return bet_parse(text, strlen(text), bet, error);
}

static void good_bets(void **state) {
    (void)state;
    static const struct {
        const char *text;
        unsigned number;
    } cases[] = {
        {"Ana,Paz,30904465,1999-03-17,2201", 2201},
        {"A,B,1,2000-02-29,0", 0},
        {"A,B,1,0001-01-01,9999", 9999},
        {"A,B,1,9999-12-31,0042", 42},
        {"A,B,1,2000-01-01,0000000000007", 7},
        {"Nicolás,Núñez,AAb0123456789xyz,2000-01-01,1", 1},
        {"ñ,日本,1,2000-01-01,1", 1},
        {"\"A\" \\,B'C;D,1,2000-01-01,1", 1},
        {HUNDRED "," HUNDRED ",1,2000-01-01,1", 1},
        {FIFTY_PAIRS "," FIFTY_PAIRS ",1,2000-01-01,1", 1},
        {"A,B,1,1600-02-29,1", 1},
        {"A,B,azAZ09,2000-01-01,1", 1},
        {" , ,1,2000-01-01,1", 1},
        {"\xf4\x8f\xbf\xbf,~,1,2000-01-01,1", 1},
        {"A\xc2\xa0,B,1,2000-01-01,1", 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct bet bet;
        struct error error;
        if (!parse(cases[i].text, &bet, &error)) {
            fail_msg("%s: %s", cases[i].text, error.text);
        }
        assert_int_equal(bet.number, cases[i].number);
    }
}

static void bad_bets(void **state) {
    (void)state;
    static const struct {
        const char *text, *field;
    } cases[] = {
        {"", "apellido"},
        {"A,B,1,2000-01-01", "numero"},
        {"A,B,1,2000-01-01,1,", "numero"},
        {",B,1,2000-01-01,1", "nombre"},
        {HUNDRED "A,B,1,2000-01-01,1", "nombre"},
        {"A," HUNDRED "A,1,2000-01-01,1", "apellido"},
        {"A\x1f,B,1,2000-01-01,1", "nombre"},
        {"A\x7f,B,1,2000-01-01,1", "nombre"},
        {"A\xc2\x9f,B,1,2000-01-01,1", "nombre"},
        {"A\xff,B,1,2000-01-01,1", "nombre"},
        {"A\xc3,B,1,2000-01-01,1", "nombre"},
        {"A\xc0\xaf,B,1,2000-01-01,1", "nombre"},
        {"A\xed\xa0\x80,B,1,2000-01-01,1", "nombre"},
        {"A,B,,2000-01-01,1", "documento"},
        {"A,B,12345678901234567,2000-01-01,1", "documento"},
        {"A,B,1 2,2000-01-01,1", "documento"},
        {"A,B,ñ,2000-01-01,1", "documento"},
        {"A,B,1,1900-02-29,1", "nacimiento"},
        {"A,B,1,2023-02-29,1", "nacimiento"},
        {"A,B,1,2023-04-31,1", "nacimiento"},
        {"A,B,1,2023-13-01,1", "nacimiento"},
        {"A,B,1,2023-00-01,1", "nacimiento"},
        {"A,B,1,2023-01-00,1", "nacimiento"},
        {"A,B,1,0000-01-01,1", "nacimiento"},
        {"A,B,1,2023-1-01,1", "nacimiento"},
        {"A,B,1,2023/01/01,1", "nacimiento"},
        {"A,B,1,2023-01/01,1", "nacimiento"},
        {"A,B,1,2023-0a-01,1", "nacimiento"},
        {"A,B,1,2000-01-01,", "numero"},
        {"A,B,1,2000-01-01,10000", "numero"},
        {"A,B,1,2000-01-01,-1", "numero"},
        {"A,B,1,2000-01-01,1.0", "numero"},
        {"A,B,1,2000-01-01,4294967296", "numero"},
        {"A,B,1,2000-01-01,1\r", "numero"},
        {"A,B,1,2000-01-01,1 ", "numero"},
        {"A,B,1,2000-01-01,+1", "numero"},
        {"A,B,1, 2000-01-01,1", "nacimiento"},
        {"A,B,1,2000-01-011,1", "nacimiento"},
        {"A,,1,2000-01-01,1", "apellido"},
        {"A,B\n,1,2000-01-01,1", "apellido"},
        {"A,B\xc2\x80,1,2000-01-01,1", "apellido"},
        {"A,B\xf4\x90\x80\x80,1,2000-01-01,1", "apellido"},
        {FIFTY_PAIRS "A,B,1,2000-01-01,1", "nombre"},
        {"A,B,a_b,2000-01-01,1", "documento"},
        {"A,B,[,2000-01-01,1", "documento"},
        {"A,B,@,2000-01-01,1", "documento"},
        {",,,,", "nombre"},
        {"A,B,1,2000-01-01,1,2,3,4,5,6,7,8", "numero"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct bet bet;
        struct error error = {.bet = 7}; // of an earlier failure
        if (parse(cases[i].text, &bet, &error)) {
            fail_msg("taken: %s", cases[i].text);
        }
        assert_false(bet_check_fast(cases[i].text, strlen(cases[i].text), &bet.number));
        assert_error(&error, ERROR_BAD_BET);
        assert_int_equal(error.bet, -1);
        assert_string_equal(error.field, cases[i].field);
    }
}

static void a_bet_longer_than_the_cap(void **state) {
    (void)state;
    char text[BET_TEXT_BYTES_MAX + 2];
    struct bet bet;
    struct error error;
    memset(text, '0', sizeof text);
    memcpy(text, "A,B,1,2000-01-01,", 17);
    assert_true(bet_parse(text, BET_TEXT_BYTES_MAX, &bet, &error));
    assert_false(bet_parse(text, BET_TEXT_BYTES_MAX + 1, &bet, &error));
}

static void a_nul_is_a_control_character(void **state) {
    (void)state;
    static const char text[] = "A\0B,C,1,2000-01-01,1";
    struct bet bet;
    struct error error;
    uint16_t number;
    assert_false(bet_check_fast(text, sizeof text - 1, &number));
    assert_false(bet_parse(text, sizeof text - 1, &bet, &error));
    assert_string_equal(error.field, "nombre");
}

static void names_of_the_fields(void **state) {
    (void)state;
    static const char *const names[] = {"nombre", "apellido", "documento", "nacimiento", "numero"};
    for (int field = 0; field < BET_FIELDS; field++) {
        assert_string_equal(bet_field_name((enum bet_field)field), names[field]);
    }
}

static void split_gives_the_fields(void **state) {
    (void)state;
    struct bet_slice fields[BET_FIELDS];
    const char *text = "Ana,Paz,1,2000-01-01,7";
    bet_split(text, strlen(text), fields);
    assert_int_equal(fields[BET_LAST_NAME].length, 3);
    assert_memory_equal(fields[BET_LAST_NAME].text, "Paz", 3);
    assert_ptr_equal(fields[BET_NUMBER].text, text + strlen(text) - 1);
    bet_split(text, 7, fields); // what is not there is empty
    assert_int_equal(fields[BET_LAST_NAME].length, 3);
    for (int field = BET_DOCUMENT; field < BET_FIELDS; field++) {
        assert_null(fields[field].text);
        assert_int_equal(fields[field].length, 0);
    }
}

static uint64_t next_random(uint64_t *state) {
    *state ^= *state << 13; // xorshift64 (Marsaglia 2003)
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

// Changes a byte, takes one out or puts one in.
static void mutate(char *text, size_t *length, uint64_t *random) {
    static const char bytes[] = ",,09aZ-. \"\x1f\x7f\xc2\xc3\x85\xa9\xe0\xff";
    size_t at = next_random(random) % *length;
    char byte = bytes[next_random(random) % (sizeof bytes - 1)];
    switch (next_random(random) % 3) {
    case 0:
        text[at] = byte;
        break;
    case 1:
        memmove(text + at, text + at + 1, *length - at - 1);
        --*length;
        break;
    default:
        memmove(text + at + 1, text + at, *length - at);
        text[at] = byte;
        ++*length;
    }
}

// The marks are the bytes of the text that JSON in ASCII writes otherwise, and no more.
static void expect_marks(const char *text, size_t length, const struct bet_marks *marks) {
    for (size_t i = 0; i < 64; i++) {
        unsigned char byte = i < length ? (unsigned char)text[i] : 0;
        if ((marks->escapes >> i & 1) != (byte == '"' || byte == '\\') ||
            (marks->pairs >> i & 1) != (byte > 0x7f)) {
            fail_msg("byte %zu is marked wrongly in: %.*s", i, (int)length, text);
        }
    }
}

static void the_fast_way_never_disagrees(void **state) {
    (void)state;
    static const char *const seeds[] = {"Santiago Lionel,Lorca,30904465,1999-03-17,2201",
                                        "Tiago Nicolás,Núñez,34407251,2001-08-29,57", "A,B,1,2000-02-28,0",
                                        "Milagros De Los Ángeles,Fernández,24807259,1960-12-31,7574"};
    uint64_t random = 88172645463325252;
    unsigned fast_ones = 0;
    for (int round = 0; round < 200000; round++) {
        char text[256];
        const char *seed = seeds[round % 4];
        size_t length = strlen(seed);
        for (size_t i = 0; i < sizeof text; i++) { // what lies behind a bet is not part of it
            text[i] = (round & 1) != 0 ? (char)next_random(&random) : ',';
        }
        memcpy(text, seed, length);
        for (uint64_t changes = next_random(&random) % 4; changes > 0 && length > 1; changes--) {
            mutate(text, &length, &random);
        }
        uint16_t number = 0;
        struct bet bet;
        struct error error;
        struct bet_marks marks;
        bool is_fast = bet_check_fast(text, length, &number);
        assert_int_equal(bet_mark_fast(text, length, &marks), is_fast);
        if (is_fast) {
            fast_ones++;
            expect_marks(text, length, &marks);
            if (!bet_parse(text, length, &bet, &error) || bet.number != number) {
                fail_msg("disagreed on: %.*s", (int)length, text);
            }
        }
    }
    assert_true(fast_ones > 40000); // else it would not be worth having
}

static struct scan scan_fast(const char *text, unsigned length) {
#ifdef SCAN_WIDE
    if (scan_has_wide()) {
        return scan_by_64(text, length);
    }
#endif
    return scan_by_16(text, length);
}

static void both_ways_of_looking_see_the_same(void **state) {
    (void)state;
    uint64_t random = 88172645463325252;
    for (int round = 0; round < 20000; round++) {
        uint64_t words[SCAN_BYTES / 8];
        for (size_t i = 0; i < SCAN_BYTES / 8; i++) {
            words[i] = next_random(&random);
        }
        const char *text = (const char *)words;
        unsigned length = (unsigned)round % (SCAN_BYTES + 1);
        struct scan fast = scan_fast(text, length), plain = scan_by_16(text, length);
        assert_memory_equal(&fast, &plain, sizeof plain);
        for (unsigned i = 0; i < SCAN_BYTES; i++) { // what lies behind the text counts as zeros
            unsigned char byte = i < length ? (unsigned char)text[i] : 0;
            assert_int_equal(plain.commas >> i & 1, byte == ',');
            assert_int_equal(plain.digits >> i & 1, byte >= '0' && byte <= '9');
            assert_int_equal(plain.controls >> i & 1, byte < ' ' || byte == 0x7f);
            assert_int_equal(plain.high >> i & 1, byte > 0x7f);
            assert_int_equal(plain.leads >> i & 1, byte >= 0xc3 && byte <= 0xdf);
            assert_int_equal(plain.follows >> i & 1, byte >= 0x80 && byte <= 0xbf);
            assert_int_equal(plain.escapes >> i & 1, byte == '"' || byte == '\\');
        }
    }
}

// Bets that end just before, at and behind the last byte that the fast way looks at.
static void lengths_around_the_scan(void **state) {
    (void)state;
    for (size_t length = SCAN_BYTES - 8; length <= SCAN_BYTES + 8; length++) {
        static const char rest[] = ",B,1,2000-01-01,7574";
        char text[2 * SCAN_BYTES];
        uint16_t number = 0;
        struct bet bet;
        struct error error;
        memset(text, 'A', sizeof text);
        memcpy(text + length - (sizeof rest - 1), rest, sizeof rest - 1);
        assert_true(bet_parse(text, length, &bet, &error));
        assert_int_equal(bet.number, 7574);
        if (bet_check_fast(text, length, &number)) {
            assert_int_equal(number, 7574);
        }
        text[length - 1] = 'x';
        assert_false(bet_check_fast(text, length, &number));
    }
}

// Whether there is that day, by the system's calendar.
static bool is_day(int year, int month, int day) {
    struct tm asked = {.tm_year = year - 1900, .tm_mon = month - 1, .tm_mday = day, .tm_hour = 12};
    struct tm normal = asked;
    assert_true(timegm(&normal) != -1);
    return normal.tm_year == asked.tm_year && normal.tm_mon == asked.tm_mon &&
           normal.tm_mday == asked.tm_mday;
}

static void every_day_of_the_calendar_and_no_other(void **state) {
    (void)state;
    static const int years[] = {1, 4, 100, 400, 1900, 2000, 2023, 2024, 9999};
    for (size_t i = 0; i < sizeof years / sizeof years[0]; i++) {
        for (int month = 0; month <= 13; month++) {
            for (int day = 0; day <= 32; day++) {
                char text[64];
                uint16_t number;
                struct bet bet;
                struct error error;
                sprintf(text, "A,B,1,%04d-%02d-%02d,7", years[i], month, day);
                bool wanted = is_day(years[i], month, day);
                if (parse(text, &bet, &error) != wanted) {
                    fail_msg("%s was expected to be %s", text, wanted ? "taken" : "refused");
                }
                // Every real day goes the fast way, but the one that not every year has.
                wanted = wanted && !(month == 2 && day == 29);
                if (bet_check_fast(text, strlen(text), &number) != wanted) {
                    fail_msg("%s was expected %sto go the fast way", text, wanted ? "" : "not ");
                }
            }
        }
    }
}

// What only the fast way's own view of a date could let pass.
static void days_that_are_none(void **state) {
    (void)state;
    static const char *const texts[] = {"A,B,1,2000-01-00,7", "A,B,1,2000-01-32,7", "A,B,1,2000-13-01,7",
                                        "A,B,1,2000-99-01,7", "A,B,1,0000-01-01,7"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        uint16_t number;
        assert_false(bet_check_fast(texts[i], strlen(texts[i]), &number));
    }
}

static void ordinary_bets_go_the_fast_way(void **state) {
    (void)state;
    static const struct {
        const char *text;
        unsigned number;
    } cases[] = {{"Tiago Nicolás,Rivera,34407251,2001-08-29,1033", 1033},
                 {"A,B,1,2000-12-31,7", 7},
                 {"A,B,1,2000-12-31,42", 42},
                 {"A,B,1,2000-12-31,567", 567},
                 {"A,B,1,2000-12-31,0009", 9},
                 {"A,B,1,2000-12-31,9999", 9999},
                 {" ,~,1234567890123456,2000-12-31,7", 7},
                 {"ñ,ñ,1,2000-12-31,7", 7},
                 {"ñA\xc3\x80\xdf\xbf,B,1,2000-12-31,7", 7},
                 {"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA,B,1,2000-01-01,7574", 7574}}; // of 63 bytes
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[128] = {0};
        uint16_t number = 0;
        memcpy(text, cases[i].text, strlen(cases[i].text));
        if (!bet_check_fast(text, strlen(text), &number)) {
            fail_msg("%s was expected to go the fast way", text);
        }
        assert_int_equal(number, cases[i].number);
    }
    assert_int_equal(strlen(cases[9].text), SCAN_BYTES - 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_bets),
        cmocka_unit_test(bad_bets),
        cmocka_unit_test(a_bet_longer_than_the_cap),
        cmocka_unit_test(a_nul_is_a_control_character),
        cmocka_unit_test(names_of_the_fields),
        cmocka_unit_test(split_gives_the_fields),
        cmocka_unit_test(the_fast_way_never_disagrees),
        cmocka_unit_test(both_ways_of_looking_see_the_same),
        cmocka_unit_test(lengths_around_the_scan),
        cmocka_unit_test(every_day_of_the_calendar_and_no_other),
        cmocka_unit_test(days_that_are_none),
        cmocka_unit_test(ordinary_bets_go_the_fast_way),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
