// Clients that were refused wait for their part of a loop's time, and go on in turns by address.
// The clock is the test's; what goes on is counted, and nothing is measured.
#include "cmocka_all.h"

#include "base/clock.h"
#include "base/container.h"
#include "net/net.h"
#include "service/lottery/doubt.h"

#include <string.h>

enum { LARGE = 64 * 1024, OWED_MAX = 8 * 1024 * 1024, MS = 1000000 };

struct loop {
    unsigned wakes; // that were asked for
};

struct client {
    struct doubt_place place;
    uint64_t source;
    char name;
};

static struct loop loop;
static struct doubt doubt;
static struct client clients[16];
static int client_count;
static uint64_t now_ns;
static char gone_on[64]; // the names, in order

// What net/net.h and base/clock.h promise -----------------------------------------------------------------

void loop_wake_after(struct loop *which, unsigned ms) {
    assert_in_range(ms, 1, 100);
    which->wakes++;
}

uint64_t clock_steady_ns(void) {
    return now_ns;
}

uint64_t clock_steady_ms(void) {
    return now_ns / MS;
}

// The world -----------------------------------------------------------------------------------------------

static int set_up(void **state) {
    (void)state;
    memset(clients, 0, sizeof clients);
    memset(gone_on, 0, sizeof gone_on);
    client_count = 0;
    loop.wakes = 0;
    now_ns = 12345;
    return !doubt_begin(&doubt, &loop);
}

static int tear_down(void **state) {
    (void)state;
    for (int i = 0; i < client_count; i++) {
        doubt_leave(&doubt, &clients[i].place);
    }
    doubt_end(&doubt);
    return 0;
}

static struct client *come(char name, uint64_t source) {
    struct client *client = &clients[client_count++];
    client->name = name;
    client->source = source;
    return client;
}

static bool may_take(struct client *client) {
    return doubt_may_take(&doubt, &client->place, client->source);
}

// So many bytes of a larger message have come.
static bool may_read(struct client *client, size_t bytes) {
    return doubt_may_read(&doubt, &client->place, client->source, bytes, false);
}

static void look_at_whole(struct client *client, size_t bytes) {
    assert_true(doubt_may_read(&doubt, &client->place, client->source, bytes, true));
}

static void go_on(void) {
    for (struct doubt_place *place; (place = doubt_next(&doubt)) != NULL;) {
        strncat(gone_on, &CONTAINER_OF(place, struct client, place)->name, 1);
    }
}

static void use_up_time(void) {
    doubt.share.left_ns = 0;
    doubt.share.now_ns = now_ns;
}

static void who_was_refused_owes_it_until_as_much_was_good(void **state) {
    (void)state;
    struct client *client = come('a', 1);
    use_up_time();
    assert_true(may_take(client));
    doubt_refused(&client->place, 1000);
    doubt_pay(&client->place, 1000);
    assert_false(may_take(client)); // one byte less than what was refused, and the message itself
    doubt_leave(&doubt, &client->place);
    doubt_pay(&client->place, 1);
    assert_true(may_take(client));
}

static void nobody_owes_more_than_so_much(void **state) {
    (void)state;
    struct client *client = come('a', 1);
    for (int i = 0; i < 100; i++) {
        doubt_refused(&client->place, 1024 * 1024);
    }
    assert_int_equal(client->place.owed, OWED_MAX);
    doubt_pay(&client->place, OWED_MAX);
    assert_int_equal(client->place.owed, 0);
}

static void a_large_first_message_is_doubted_and_a_small_one_is_not(void **state) {
    (void)state;
    struct client *small = come('a', 1), *large = come('b', 1), *known = come('c', 1);
    use_up_time();
    look_at_whole(small, LARGE);
    assert_true(may_take(small));
    look_at_whole(large, LARGE + 1);
    assert_false(may_take(large));
    doubt_pay(&known->place, 1);
    look_at_whole(known, LARGE + 1);
    assert_true(may_take(known));
    doubt_refused(&known->place, 1);
    assert_false(may_read(known, LARGE + 1));
    assert_true(doubt_is_waiting(&known->place)); // what was good before does not count any more
}

static void a_large_one_is_not_read_before_its_turn(void **state) {
    (void)state;
    struct client *client = come('a', 1);
    use_up_time();
    assert_false(may_read(client, LARGE + 1));
    assert_true(doubt_is_waiting(&client->place));
    assert_int_equal(loop.wakes, 1);
    go_on();
    assert_string_equal(gone_on, ""); // no time has passed
    assert_int_equal(loop.wakes, 2);  // and so it is looked at again
    now_ns += 100;
    go_on();
    assert_string_equal(gone_on, "a");
    assert_true(may_take(client)); // its turn is kept for a moment
    use_up_time();
    assert_false(doubt_stop(&doubt, &client->place, doubt_start(&client->place)));
    use_up_time();
    assert_false(may_take(client)); // and it is for one message
}

// Only what was not taken in advance is paid for then, and what nobody measured as what is usual.
static void a_refused_message_is_paid_for_once(void **state) {
    (void)state;
    struct client *client = come('a', 1);
    int64_t left_ns = doubt.share.left_ns;
    assert_true(may_read(client, LARGE + 1));
    uint64_t began_ns = doubt_start(&client->place);
    doubt_refused(&client->place, LARGE);
    now_ns += MS;
    assert_false(doubt_stop(&doubt, &client->place, began_ns));
    assert_int_equal(doubt.share.left_ns, left_ns - MS + MS / SHARE_PART);
    left_ns = doubt.share.left_ns;
    assert_false(doubt_stop(&doubt, &client->place, 0));
    assert_true(doubt.share.left_ns <= left_ns - SHARE_TYPICAL_NS_MIN);
}

static void the_doubted_have_turns_by_address_and_newcomers_their_own(void **state) {
    (void)state;
    struct client *refused[3], *newcomer, *elsewhere;
    use_up_time();
    for (int i = 0; i < 3; i++) {
        refused[i] = come((char)('a' + i), 1);
        doubt_refused(&refused[i]->place, 1000);
        assert_false(may_take(refused[i]));
    }
    elsewhere = come('E', 2);
    doubt_refused(&elsewhere->place, 1000);
    assert_false(may_take(elsewhere));
    newcomer = come('N', 1);
    assert_false(may_read(newcomer, LARGE + 1));
    for (int i = 0; i < 5; i++) {
        now_ns += (uint64_t)SHARE_PART * (SHARE_TYPICAL_NS_MIN + 1) - (i == 0 ? 0 : SHARE_PART);
        doubt.share.left_ns = 0; // enough time for one of them
        doubt.share.now_ns = now_ns - SHARE_PART;
        go_on();
        assert_int_equal(strlen(gone_on), i + 1);
    }
    assert_string_equal(gone_on, "aNEbc");
    unsigned wakes = loop.wakes;
    go_on();
    assert_int_equal(loop.wakes, wakes); // nobody waits any more
}

static void what_a_good_message_took_is_given_back_and_what_is_refused_is_paid_for(void **state) {
    (void)state;
    struct client *client = come('a', 1);
    int64_t left_ns = doubt.share.left_ns;
    assert_true(may_read(client, LARGE + 1));
    assert_true(doubt.share.left_ns < left_ns); // in advance
    assert_true(may_read(client, LARGE + 2));   // more of it has come: that is not paid for again
    uint64_t began_ns = doubt_start(&client->place);
    assert_true(began_ns != 0);
    assert_false(doubt_stop(&doubt, &client->place, began_ns));
    assert_int_equal(doubt.share.left_ns, left_ns);
    doubt_refused(&client->place, LARGE);
    began_ns = doubt_start(&client->place);
    now_ns += 3 * MS;
    assert_false(doubt_stop(&doubt, &client->place, began_ns));
    // A quarter of what has passed meanwhile has come in, unless the share was full.
    assert_int_equal(doubt.share.left_ns, left_ns - 3 * MS + 3 * MS / SHARE_PART);
    assert_false(doubt_is_waiting(&client->place)); // some is left
    began_ns = doubt_start(&client->place);
    now_ns += 40 * MS;
    assert_true(doubt_stop(&doubt, &client->place, began_ns)); // its next message is not read before its turn
}

static void who_is_doubted_and_gone_takes_no_turn(void **state) {
    (void)state;
    struct client *first = come('a', 1), *second = come('b', 1);
    use_up_time();
    doubt_refused(&first->place, 1000);
    doubt_refused(&second->place, 1000);
    assert_false(may_take(first) || may_take(second));
    doubt_leave(&doubt, &first->place);
    assert_false(doubt_is_waiting(&first->place));
    now_ns += MS;
    go_on();
    assert_string_equal(gone_on, "b");
}

#define DOUBT_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        DOUBT_TEST(who_was_refused_owes_it_until_as_much_was_good),
        DOUBT_TEST(nobody_owes_more_than_so_much),
        DOUBT_TEST(a_large_first_message_is_doubted_and_a_small_one_is_not),
        DOUBT_TEST(a_large_one_is_not_read_before_its_turn),
        DOUBT_TEST(a_refused_message_is_paid_for_once),
        DOUBT_TEST(the_doubted_have_turns_by_address_and_newcomers_their_own),
        DOUBT_TEST(what_a_good_message_took_is_given_back_and_what_is_refused_is_paid_for),
        DOUBT_TEST(who_is_doubted_and_gone_takes_no_turn),
    };
    return cmocka_run_group_tests_name("doubt", tests, NULL, NULL);
}
