// Each field of a message is taken as it was meant, or refused with its name.
#include "decoder_story.h"

#include "bet/errors.h"
#include "bet/limits.h"
#include "wire/limits.h"
#include "wire/message.h"

#include <stdio.h>
#include <string.h>

static bool decode_text(const char *text, struct message *message, struct error *error) {
    char padded[512 + JSON_PADDING_BYTES] = {0};
    assert_true(strlen(text) < 512);
    strcpy(padded, text);
    error_clear(error);
    return message_decode(decoder, (const uint8_t *)padded, strlen(text), message, error);
}

static void an_agency_is_a_number_or_its_digits(void **state) {
    (void)state;
    static const struct {
        const char *text;
        const struct error_code *code;
        uint32_t agency;
    } cases[] = {
        {"1", ERROR_NONE, 1},
        {"\"1\"", ERROR_NONE, 1},
        {"9876543", ERROR_NONE, 9876543},
        {"\"9876543\"", ERROR_NONE, 9876543},
        {"\"210\"", ERROR_NONE, 210},
        {"\"00000000000000000000000000000007\"", ERROR_NONE, 7},
        {"10000000", ERROR_NONE, AGENCIES_MAX},
        {"\"10000000\"", ERROR_NONE, AGENCIES_MAX},
        {"10000001", ERROR_UNKNOWN_AGENCY, 0},
        {"\"10000001\"", ERROR_UNKNOWN_AGENCY, 0},
        {"\"18446744073709551617\"", ERROR_UNKNOWN_AGENCY, 0},
        {"0", ERROR_UNKNOWN_AGENCY, 0},
        {"\"0\"", ERROR_UNKNOWN_AGENCY, 0},
        {"\"\"", ERROR_UNKNOWN_AGENCY, 0},
        {"-1", ERROR_UNKNOWN_AGENCY, 0},
        {"\"-1\"", ERROR_UNKNOWN_AGENCY, 0},
        {"\"1/\"", ERROR_UNKNOWN_AGENCY, 0},
        {"\"1:\"", ERROR_UNKNOWN_AGENCY, 0},
        {"1.0", ERROR_BAD_MESSAGE, 0},
        {"null", ERROR_BAD_MESSAGE, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[128];
        struct message message;
        struct error error;
        error_clear(&error);
        sprintf(text, "{\"type_message\":3,\"agency\":%s}", cases[i].text);
        bool taken = decode_text(text, &message, &error);
        if (taken != (cases[i].code == ERROR_NONE)) {
            fail_msg("agency %s was expected to be %s", cases[i].text, taken ? "refused" : "taken");
        }
        assert_error(&error, cases[i].code);
        assert_int_equal(message.agency, cases[i].agency);
        if (!taken) {
            assert_string_equal(error.field, "agency");
        }
    }
}

struct field_case {
    const char *text;
    const struct error_code *code;
    const char *field;
};

static void refused_by_name(const struct field_case *cases, size_t count) {
    for (size_t i = 0; i < count; i++) {
        struct message message;
        struct error error;
        bool taken = decode_text(cases[i].text, &message, &error);
        if (taken != (cases[i].code == ERROR_NONE)) {
            fail_msg("%s was expected to be %s", cases[i].text, taken ? "refused" : "taken");
        }
        assert_error(&error, cases[i].code);
        if (cases[i].field != NULL) {
            assert_string_equal(error.field, cases[i].field);
            assert_memory_equal(error.text, cases[i].field, strlen(cases[i].field)); // which it begins with
            bool is_there = strstr(cases[i].text, cases[i].field) != NULL;
            if (is_there == (strstr(error.text, "is missing") != NULL)) {
                fail_msg("%s: %s", cases[i].text, error.text);
            }
        }
        chunk_free(message.chunk);
    }
}

static void types_are_three(void **state) {
    (void)state;
    static const struct field_case cases[] = {
        {"{\"type_message\":1,\"agency\":1,\"payload\":[]}", ERROR_NONE, NULL},
        {"{\"type_message\":2,\"agency\":1,\"payload\":[]}", ERROR_NONE, NULL},
        {"{\"type_message\":3,\"agency\":1,\"payload\":null}", ERROR_NONE, NULL},
        {"{\"type_message\":0,\"agency\":1,\"payload\":[]}", ERROR_UNKNOWN_TYPE, "type_message"},
        {"{\"type_message\":4,\"agency\":1,\"payload\":[]}", ERROR_UNKNOWN_TYPE, "type_message"},
        {"{\"type_message\":4294967297,\"agency\":1,\"payload\":[]}", ERROR_UNKNOWN_TYPE, "type_message"},
        {"{\"type_message\":\"1\",\"agency\":1,\"payload\":[]}", ERROR_BAD_MESSAGE, "type_message"},
        {"{\"agency\":1,\"payload\":[]}", ERROR_BAD_MESSAGE, "type_message"},
        {"{\"type_message\":1,\"type_message\":1,\"agency\":1,\"payload\":[]}", ERROR_BAD_MESSAGE,
         "type_message"},
        {"{\"type_message\":1,\"payload\":[]}", ERROR_BAD_MESSAGE, "agency"},
    };
    refused_by_name(cases, sizeof cases / sizeof cases[0]);
}

static void places_are_whole_numbers_from_0_on(void **state) {
    (void)state;
    static const char *const fields[] = {"first", "stored"};
    static const struct {
        const char *value;
        bool good;
        int64_t place;
    } values[] = {{"0", true, 0},     {"1", true, 1},      {"9223372036854775807", true, INT64_MAX},
                  {"null", true, -1}, {"-1", false, 0},    {"9223372036854775808", false, 0},
                  {"1.5", false, 0},  {"\"1\"", false, 0}, {"true", false, 0},
                  {"[]", false, 0}};
    for (size_t field = 0; field < 2; field++) {
        for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
            char text[256];
            struct message message;
            struct error error;
            sprintf(text, "{\"type_message\":1,\"agency\":1,\"%s\":%s,\"payload\":[]}", fields[field],
                    values[i].value);
            if (decode_text(text, &message, &error) != values[i].good) {
                fail_msg("%s was expected to be %s", text, values[i].good ? "taken" : "refused");
            }
            if (values[i].good) {
                assert_true((field == 0 ? message.first : message.stored) == values[i].place);
                assert_int_equal(field == 0 ? message.stored : message.first, -1);
                chunk_free(message.chunk);
            } else {
                assert_error(&error, ERROR_BAD_MESSAGE);
                assert_string_equal(error.field, fields[field]);
                assert_null(message.chunk);
            }
        }
    }
}

static void what_each_type_has_with_it(void **state) {
    (void)state;
    static const struct field_case cases[] = {
        {"{\"type_message\":3,\"agency\":1,\"payload\":[]}", ERROR_BAD_MESSAGE, "payload"},
        {"{\"type_message\":3,\"agency\":1,\"payload\":\"\"}", ERROR_BAD_MESSAGE, "payload"},
        {"{\"type_message\":3,\"agency\":1,\"wait\":0}", ERROR_BAD_MESSAGE, "wait"},
        {"{\"type_message\":3,\"agency\":1,\"wait\":\"false\"}", ERROR_BAD_MESSAGE, "wait"},
        {"{\"type_message\":3,\"agency\":1,\"first\":\"x\"}", ERROR_NONE, NULL}, // which it does not look at
        {"{\"type_message\":1,\"agency\":1,\"wait\":7,\"payload\":[]}", ERROR_NONE, NULL},
        {"{\"type_message\":1,\"agency\":1}", ERROR_BAD_MESSAGE, "payload"},
        {"{\"type_message\":1,\"agency\":1,\"payload\":null}", ERROR_BAD_MESSAGE, "payload"},
        {"{\"type_message\":1,\"agency\":1,\"payload\":{}}", ERROR_BAD_MESSAGE, "payload"},
        {"{\"type_message\":1,\"agency\":1,\"payload\":[[]]}", ERROR_BAD_BET, "payload"},
        {"{\"type_message\":1,\"agency\":1,\"payload\":[],\"payload\":[]}", ERROR_BAD_MESSAGE, "payload"},
        {"{\"type_message\":1,\"agency\":1,\"payload\":[]", ERROR_BAD_JSON, NULL},
        {"[]", ERROR_BAD_MESSAGE, NULL},
    };
    refused_by_name(cases, sizeof cases / sizeof cases[0]);
}

// A chunk has room for what was sent: it is counted with all of that.
static void a_chunk_is_as_large_as_its_message(void **state) {
    (void)state;
    static const char text[] =
        "{\"type_message\":1,\"agency\":1,\"payload\":[\"A,B,1,2000-01-01,1\",\"A,B,1,2000-01-01,1\"]}";
    struct message message;
    struct error error;
    assert_true(decode_text(text, &message, &error));
    assert_int_equal(message.chunk->count, 2);
    assert_int_equal(message.chunk->count_max, 2);
    assert_int_equal(message.chunk->rows_max, strlen(text) + 2);
    chunk_free(message.chunk);
}

// The index of the first that is wrong, whatever comes behind it.
static void the_first_bad_bet_is_told(void **state) {
    (void)state;
    static const struct {
        const char *bets;
        int64_t bet;
        const char *field;
    } cases[] = {{"7", 0, "payload"},
                 {"\"A,B,1,2000-01-01,1\",null", 1, "payload"},
                 {"\"A,B,1,2000-01-01,1\",\"A,B,1,2000-01-01,1\",\"A,,1,2000-01-01,1\",7", 2, "apellido"},
                 {"\"A,B,1,2000-01-01,1\",7,\"A,,1,2000-01-01,1\"", 1, "payload"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[256];
        struct message message;
        struct error error;
        sprintf(text, "{\"type_message\":1,\"agency\":1,\"payload\":[%s]}", cases[i].bets);
        assert_false(decode_text(text, &message, &error));
        assert_error(&error, ERROR_BAD_BET);
        assert_int_equal(error.bet, cases[i].bet);
        assert_string_equal(error.field, cases[i].field);
        assert_null(message.chunk);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_agency_is_a_number_or_its_digits), cmocka_unit_test(types_are_three),
        cmocka_unit_test(places_are_whole_numbers_from_0_on),  cmocka_unit_test(what_each_type_has_with_it),
        cmocka_unit_test(a_chunk_is_as_large_as_its_message),  cmocka_unit_test(the_first_bad_bet_is_told),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
