// Of the agencies that somebody asks about, those that have been silent the longest come first.
#include "control/silence.h"

#include "cmocka_all.h"
#include "expect.h"

#include "ledger/pulse.h"
#include "wire/control_line.h"

#include <stdio.h>
#include <string.h>

static uint64_t now_ms = 1000000; // of the steady clock

uint64_t clock_steady_ms(void);

uint64_t clock_steady_ms(void) {
    return now_ms;
}

// "AGENCY:SECONDS" of each, "-" for those never heard of.
static const char *shown(const struct silence *silence) {
    static char text[1000];
    size_t length = 0;
    text[0] = '\0';
    for (size_t i = 0; i < silence->count; i++) {
        const struct silent *one = &silence->longest[i];
        length +=
            (size_t)snprintf(text + length, sizeof text - length, "%s%u:", i == 0 ? "" : " ", one->agency);
        length += (size_t)(one->for_s == PULSE_NEVER
                               ? snprintf(text + length, sizeof text - length, "-")
                               : snprintf(text + length, sizeof text - length, "%u", one->for_s));
    }
    return text;
}

static struct silence look(const struct pulse *pulse, const char *among) {
    struct silence silence;
    struct error error;
    if (!silence_look(pulse, among, &silence, &error)) {
        fail_msg("expected \"%s\" to be understood, came: %s", among, error.text);
    }
    return silence;
}

static void hear(struct pulse *pulse, uint32_t agency) {
    pulse_hear(pulse, agency);
    now_ms += 10 * 1000;
}

static void the_longest_silent_come_first(void **state) {
    (void)state;
    struct pulse *pulse = pulse_new();
    for (uint32_t agency = 9; agency > 0; agency--) {
        hear(pulse, agency);
    }
    struct silence silence = look(pulse, "2,4-6,9,11");
    assert_string_equal(shown(&silence), "11:- 9:90 6:60 5:50 4:40 2:20");
    assert_int_equal(silence.never, 1);
    assert_int_equal(silence.quiet, 2); // for a minute or more
    pulse_free(pulse);
}

static void there_are_no_more_than_twenty(void **state) {
    (void)state;
    struct pulse *pulse = pulse_new();
    for (uint32_t agency = 1; agency <= 30; agency++) {
        hear(pulse, agency);
    }
    struct silence silence = look(pulse, "1-30");
    assert_string_equal(shown(&silence),
                        "1:300 2:290 3:280 4:270 5:260 6:250 7:240 8:230 9:220 10:210 11:200 "
                        "12:190 13:180 14:170 15:160 16:150 17:140 18:130 19:120 20:110");
    silence = look(pulse, "1000-9000000");
    assert_int_equal(silence.count, SILENT_MAX);
    assert_int_equal(silence.never, 8999001);
    pulse_free(pulse);
}

// A thousand that have not begun do not hide those that have stopped.
static void who_began_and_stopped_is_not_hidden(void **state) {
    (void)state;
    struct pulse *pulse = pulse_new();
    for (uint32_t agency = 1; agency <= 30; agency++) {
        hear(pulse, agency);
    }
    struct silence silence = look(pulse, "1-3,101-1000");
    assert_string_equal(shown(&silence),
                        "101:- 102:- 103:- 104:- 105:- 106:- 107:- 108:- 109:- 110:- 111:- 112:- "
                        "113:- 114:- 115:- 116:- 117:- 1:300 2:290 3:280");
    silence = look(pulse, "1-1000");
    assert_string_equal(shown(&silence),
                        "31:- 32:- 33:- 34:- 35:- 36:- 37:- 38:- 39:- 40:- 1:300 2:290 3:280 4:270 "
                        "5:260 6:250 7:240 8:230 9:220 10:210");
    pulse_free(pulse);
}

static bool note_heard(void *context, const struct silent *silent) {
    char *text = context;
    size_t length = strlen(text);
    snprintf(text + length, 100 - length, "%u:%u ", silent->agency, silent->for_s);
    return silent->agency < 5;
}

// For whoever puts together what several servers have heard.
static void who_was_heard_of_is_told_by_number(void **state) {
    (void)state;
    struct pulse *pulse = pulse_new();
    char text[100] = "";
    hear(pulse, 7);
    hear(pulse, 5);
    hear(pulse, 2);
    silence_heard(pulse, "1-4,5,6-9", note_heard, text);
    assert_string_equal(text, "2:10 5:20 ");
    pulse_free(pulse);
}

static void what_is_no_list_of_agencies_is_refused(void **state) {
    (void)state;
    static const char *const wrong[] = {
        "",    "0",   "1,",    ",1",  "a",   "1-",   "-1",       "2-1",
        "1,1", "2,1", "1-3,3", "1;2", "1 2", "1--2", "10000001", "99999999999999999999",
        "+1"};
    struct silence silence;
    struct error error;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        if (silence_look(NULL, wrong[i], &silence, &error)) {
            fail_msg("expected \"%s\" to be refused", wrong[i]);
        }
        assert_error(&error, ERROR_BAD_ORDER);
    }
    assert_true(silence_look(NULL, "1-10000000", &silence, &error));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_longest_silent_come_first),
        cmocka_unit_test(there_are_no_more_than_twenty),
        cmocka_unit_test(who_began_and_stopped_is_not_hidden),
        cmocka_unit_test(who_was_heard_of_is_told_by_number),
        cmocka_unit_test(what_is_no_list_of_agencies_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
