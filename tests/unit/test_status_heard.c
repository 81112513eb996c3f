// An agency is silent only where no server that was asked has heard of it.
#include "cli/status_heard.h"

#include "cmocka_all.h"

#include "wire/limits.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// What a server says that has heard of the agencies in `list`.
static void take(struct status_heard *heard, const char *list, bool more) {
    char text[512 + JSON_PADDING_BYTES] = "";
    struct control_reply reply = {.connection = -1, .text = text, .parser = json_parser_new()};
    reply.length = (size_t)snprintf(text, 512, "{\"ok\":true,\"up_s\":1000,\"heard\":[%s],\"more_heard\":%s}",
                                    list, more ? "true" : "false");
    status_heard_take(heard, &reply);
    json_parser_free(reply.parser);
}

#define HEARD(agency, seconds) "{\"agency\":" #agency ",\"silent_s\":" #seconds "}"

// "AGENCY:SECONDS …, never N, quiet N"; "-" for those never heard of.
static void assert_silent(struct status_heard *heard, const char *among, const char *expected) {
    struct status_live live = {.silent_count = 1, .never = 99, .quiet = 99};
    char text[256] = "";
    status_heard_finish(heard, among, &live);
    for (size_t i = 0; i < live.silent_count; i++) {
        const struct status_silent *silent = &live.silent[i];
        size_t length = strlen(text);
        if (silent->is_heard) {
            snprintf(text + length, sizeof text - length, "%u:%u ", silent->agency,
                     (unsigned)silent->silent_s);
        } else {
            snprintf(text + length, sizeof text - length, "%u:- ", silent->agency);
        }
        assert_int_equal(silent->heard_at[0] != '\0', silent->is_heard);
    }
    size_t length = strlen(text);
    snprintf(text + length, sizeof text - length, "never %u quiet %u", (unsigned)live.never,
             (unsigned)live.quiet);
    assert_string_equal(text, expected);
    status_heard_free(heard);
}

static void the_last_that_heard_of_it_counts(void **state) {
    (void)state;
    struct status_heard heard = {.until = UINT32_MAX};
    take(&heard, HEARD(1, 5) "," HEARD(2, 300) "," HEARD(4, 100), false);
    take(&heard, HEARD(2, 3) "," HEARD(3, 70), false);
    take(&heard, HEARD(4, 200), false);
    assert_silent(&heard, "1-5", "5:- 4:100 3:70 1:5 2:3 never 1 quiet 2");
}

// A server began 1000 s ago, and has heard of nobody before that.
static void nobody_was_heard_of_before_the_server_began(void **state) {
    (void)state;
    struct status_heard heard = {.until = UINT32_MAX};
    take(&heard,
         HEARD(1, 1000) "," HEARD(2, 1001) "," HEARD(3, 4294967295) "," HEARD(4, 4294967301) "," HEARD(5, -7),
         false);
    assert_silent(&heard, "1-5", "2:- 3:- 4:- 1:1000 5:0 never 3 quiet 1");
}

static void where_none_has_heard_of_any(void **state) {
    (void)state;
    struct status_heard heard = {.until = UINT32_MAX};
    take(&heard, "", false);
    take(&heard, "", false);
    assert_silent(&heard, "2,7-8", "2:- 7:- 8:- never 3 quiet 0");
}

// Whom one of them may have heard of is not called.
static void behind_the_end_of_a_list_nobody_is_silent(void **state) {
    (void)state;
    struct status_heard heard = {.until = UINT32_MAX};
    take(&heard, HEARD(1, 90) "," HEARD(3, 90), true);
    take(&heard, HEARD(5, 600), false);
    assert_silent(&heard, "1-5", "2:- 1:90 3:90 4:0 5:0 never 1 quiet 2");
    heard.until = UINT32_MAX;
    take(&heard, "", true);
    assert_silent(&heard, "1-2", "1:0 2:0 never 0 quiet 0");
}

static void an_answer_that_is_none(void **state) {
    (void)state;
    struct status_heard heard = {.until = UINT32_MAX};
    take(&heard, HEARD(1, 90) ",7", false);
    assert_silent(&heard, "1-2", "1:90 2:0 never 0 quiet 1");
    heard.until = UINT32_MAX;
    assert_silent(&heard, "", "never 0 quiet 0");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_last_that_heard_of_it_counts),
        cmocka_unit_test(nobody_was_heard_of_before_the_server_began),
        cmocka_unit_test(where_none_has_heard_of_any),
        cmocka_unit_test(behind_the_end_of_a_list_nobody_is_silent),
        cmocka_unit_test(an_answer_that_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
