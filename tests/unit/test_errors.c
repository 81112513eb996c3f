// The error codes that agencies and people know by name.
#include "cmocka_all.h"

#include "bet/errors.h"

#define ONE(code, name, retryable) 1 +

// As they stand on the wire (docs/protocol.md): an agency goes on by them.
static void each_has_its_name_and_says_whether_to_try_again(void **state) {
    (void)state;
    static const struct {
        const struct error_code *code;
        const char *name;
        bool retryable;
    } all[] = {
        {ERROR_BAD_FRAME, "bad_frame", false},
        {ERROR_BAD_JSON, "bad_json", false},
        {ERROR_BAD_MESSAGE, "bad_message", false},
        {ERROR_UNKNOWN_TYPE, "unknown_type", false},
        {ERROR_NOT_AUTHORIZED, "not_authorized", false},
        {ERROR_TLS_REQUIRED, "tls_required", false},
        {ERROR_UNKNOWN_AGENCY, "unknown_agency", false},
        {ERROR_BAD_BET, "bad_bet", false},
        {ERROR_GAP, "gap", true},
        {ERROR_CONFLICT, "conflict", false},
        {ERROR_AGENCY_FINISHED, "agency_finished", false},
        {ERROR_DRAW_CLOSED, "draw_closed", false},
        {ERROR_AGENCY_RESET, "agency_reset", false},
        {ERROR_DRAW_ERASED, "draw_erased", false},
        {ERROR_OTHER_DRAW, "other_draw", false},
        {ERROR_FORKED, "forked", false},
        {ERROR_RULES_TOO_LONG, "rules_too_long", false},
        {ERROR_TOO_MANY_WINNERS, "too_many_winners", false},
        {ERROR_STORE_FAILED, "store_failed", true},
        {ERROR_STORE_STALE, "store_stale", true},
        {ERROR_STORE_REFUSED, "store_refused", false},
        {ERROR_STORE_AWAY, "store_away", true},
        {ERROR_SHUTTING_DOWN, "shutting_down", true},
        {ERROR_DRAINING, "draining", true},
        {ERROR_BAD_SETTING, "bad_setting", false},
        {ERROR_SYSTEM, "system", false},
        {ERROR_NETWORK, "network", true},
        {ERROR_NO_MEMORY, "no_memory", true},
    };
    enum { GENERAL = 4 };
    assert_int_equal(sizeof all / sizeof *all, (LOTTERY_ERRORS(ONE) 0) + GENERAL);
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        assert_string_equal(error_name(all[i].code), all[i].name);
        assert_code(lottery_error_named(all[i].name), all[i].code);
        if (error_retryable(all[i].code) != all[i].retryable) {
            fail_msg("%s is %sto be tried again", all[i].name, all[i].retryable ? "" : "not ");
        }
    }
    assert_code(lottery_error_named("none"), ERROR_NONE);
    assert_code(lottery_error_named("gaps"), ERROR_NONE);
    assert_code(lottery_error_named(""), ERROR_NONE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_has_its_name_and_says_whether_to_try_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
