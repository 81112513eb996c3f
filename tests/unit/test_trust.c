// A bad certificate ends no agency that has met a good server, and none immediately.
#include "cmocka_all.h"

#include "agency/dialogue.h"
#include "agency/trust.h"
#include "bet/errors.h"
#include "wire/limits.h"

#include <stdlib.h>
#include <string.h>

enum { START_MS = 5000 };

// What a dialogue has asked for.
struct asked {
    unsigned connects, waits, ends;
};

static void a_minute_of_bad_ones_is_enough(void **state) {
    (void)state;
    struct trust trust = {0};
    assert_false(trust_bad(&trust, START_MS));
    assert_false(trust_bad(&trust, START_MS + 1));
    assert_false(trust_bad(&trust, START_MS + TRUST_MS - 1));
    assert_true(trust_bad(&trust, START_MS + TRUST_MS));
}

static void the_minute_begins_with_the_first_bad_one(void **state) {
    (void)state;
    struct trust trust = {0};
    assert_false(trust_bad(&trust, START_MS + 10 * TRUST_MS));
    assert_false(trust_bad(&trust, START_MS + 11 * TRUST_MS - START_MS));
    assert_true(trust_bad(&trust, START_MS + 11 * TRUST_MS));
}

static void one_good_server_is_enough_for_ever(void **state) {
    (void)state;
    struct trust before = {0}, between = {0};
    trust_good(&before);
    assert_false(trust_bad(&before, START_MS));
    assert_false(trust_bad(&before, START_MS + 1000L * TRUST_MS));
    assert_false(trust_bad(&between, START_MS));
    trust_good(&between);
    assert_false(trust_bad(&between, START_MS + 1000L * TRUST_MS));
}

static bool on_connect(void *context, const struct address *address) {
    (void)address;
    ((struct asked *)context)->connects++;
    return true;
}

static void on_send(void *context, uint8_t *bytes, size_t length) {
    (void)context, (void)length;
    free(bytes);
}

static void on_disconnect(void *context) {
    (void)context;
}

static void on_wait(void *context, uint32_t wait_ms) {
    (void)wait_ms;
    ((struct asked *)context)->waits++;
}

static void on_end(void *context) {
    ((struct asked *)context)->ends++;
}

static const struct dialogue_actions actions = {
    .connect = on_connect, .send = on_send, .disconnect = on_disconnect, .wait = on_wait, .ended = on_end};

static struct chunk *one_bet(void) {
    static const char bet[] = "Ana,Paz,30904465,1999-03-17,7574";
    struct chunk *chunk = chunk_new(1, MESSAGE_BYTES_MAX);
    struct error error;
    assert_non_null(chunk);
    assert_true(chunk_add(chunk, bet, sizeof bet - 1, &error));
    return chunk;
}

// Two servers that both show a bad certificate, or a good one in between.
static void play(bool one_is_good, bool fails) {
    struct chunk *bet = one_bet();
    struct asked asked = {0};
    struct dialogue *dialogue;
    struct error error;
    struct dialogue_options options = {
        .agency = 1, .bets = {.count = 2}, .single = bet, .chunk_size = 1, .window = 1};
    assert_true(dialogue_new(&options, &actions, &asked, &dialogue, &error));
    dialogue_start(dialogue);
    dialogue_distrusted(dialogue, "TLS: wrong_name", START_MS);
    assert_int_equal(asked.waits, 1);
    dialogue_waited(dialogue);
    if (one_is_good) {
        dialogue_up(dialogue);
        dialogue_down(dialogue, "gone");
        dialogue_waited(dialogue);
    }
    unsigned connects = asked.connects;
    dialogue_distrusted(dialogue, "TLS: wrong_name", START_MS + TRUST_MS);
    assert_int_equal(asked.ends, fails);
    assert_int_equal(dialogue_failed(dialogue, &error), fails);
    if (fails) {
        assert_error(&error, ERROR_NOT_AUTHORIZED);
        assert_string_equal(error.text, "TLS: wrong_name");
    } else {
        dialogue_waited(dialogue);
        assert_int_equal(asked.connects, connects + 1);
    }
    dialogue_free(&dialogue);
    chunk_free(bet);
}

static void an_agency_gives_up_when_no_server_is_good(void **state) {
    (void)state;
    play(false, true);
}

static void an_agency_goes_on_when_one_was_good(void **state) {
    (void)state;
    play(true, false);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_minute_of_bad_ones_is_enough),
        cmocka_unit_test(the_minute_begins_with_the_first_bad_one),
        cmocka_unit_test(one_good_server_is_enough_for_ever),
        cmocka_unit_test(an_agency_gives_up_when_no_server_is_good),
        cmocka_unit_test(an_agency_goes_on_when_one_was_good),
    };
    return cmocka_run_group_tests_name("trust", tests, NULL, NULL);
}
