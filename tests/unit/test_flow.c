// Which connection goes on when several wait for the same, and that the others stay paused.
#include "service_story.h"

#include "service/lottery/flow.h"
#include "service/lottery/state.h"

enum { WAITING = 5 };

static char gone_on[WAITING + 1]; // the names, in order
static struct connection *named[WAITING];

static struct lottery_loop *own_loop(void) {
    return loop.state;
}

static bool is_named(const struct connection *connection, size_t i) {
    return named[i] == connection;
}

static void note(struct connection *connection) {
    for (size_t i = 0; i < WAITING; i++) {
        if (is_named(connection, i)) {
            gone_on[strlen(gone_on)] = (char)('a' + i);
        }
    }
}

static int begin(void **state) {
    memset(gone_on, 0, sizeof gone_on);
    memset(named, 0, sizeof named);
    return set_up(state);
}

static void fill_room(struct connection *connection) {
    note(connection);
    own_loop()->lines.bytes = own_loop()->lines.bytes_max;
}

static void wait_for_room(size_t i, struct connection *connection) {
    named[i] = connection;
    own_loop()->lines.bytes = own_loop()->lines.bytes_max;
    assert_false(flow_may_take(connection));
    assert_true(connection->paused);
}

// There is room again, for one after the other.
static void make_room(int count) {
    on_resumed = fill_room;
    for (int i = 0; i < count; i++) {
        own_loop()->lines.bytes = own_loop()->lines.bytes_max - 1;
        flow_go_on(own_loop());
        assert_int_equal(strlen(gone_on), i + 1);
    }
    own_loop()->lines.bytes = 0;
}

static struct connection *come_claiming(uint32_t agency, uint64_t source) {
    struct connection *connection = come(source);
    ((struct lottery_connection *)connection->state)->claimed = agency;
    return connection;
}

static void for_room_agencies_have_turns_by_what_they_claim(void **state) {
    (void)state;
    wait_for_room(0, come_claiming(1, 1));
    wait_for_room(1, come_claiming(1, 2));
    wait_for_room(2, come_claiming(1, 3));
    wait_for_room(3, come_claiming(2, 1));
    make_room(4);
    assert_string_equal(gone_on, "adbc");
}

static void for_room_agencies_have_turns_by_their_certificates(void **state) {
    (void)state;
    wait_for_room(0, come_with_certificate("7"));
    wait_for_room(1, come_with_certificate("7"));
    wait_for_room(2, come_with_certificate("7"));
    wait_for_room(3, come_with_certificate("8"));
    make_room(4);
    assert_string_equal(gone_on, "adbc");
}

static void who_waits_for_room_and_is_gone_takes_no_turn(void **state) {
    (void)state;
    wait_for_room(0, come_claiming(1, 9));
    wait_for_room(1, come_claiming(1, 1));
    connection_abort(named[0]);
    make_room(1);
    flow_go_on(own_loop());
    assert_string_equal(gone_on, "b");
}

static void who_is_gone_before_it_has_its_list_gives_its_turn_to_the_next(void **state) {
    (void)state;
    struct connection *first = come(1), *second = come(1);
    on_resumed = note;
    assert_true(flow_may_list(first, 1) && flow_may_list(second, 1));
    for (size_t i = 0; i < 2; i++) {
        named[i] = come(1);
        assert_false(flow_may_list(named[i], 1));
        assert_true(named[i]->paused && flow_keeps_message(named[i]));
    }
    connection_abort(first);
    assert_string_equal(gone_on, "ab"); // "a" has not asked, though it could: so "b" may
    assert_int_equal(own_loop()->lines.lists, 1);
    connection_abort(second);
    connection_abort(second); // which changes nothing any more
    assert_int_equal(own_loop()->lines.lists, 0);
}

// Doubted connections -------------------------------------------------------------------------------------

static struct doubt_place *doubt_of(struct connection *connection) {
    return &((struct lottery_connection *)connection->state)->doubt;
}

// The time for doubted connections is used up, for as long as a test takes.
static void use_up_time(void) {
    own_loop()->doubt.share.left_ns = -3600 * (int64_t)1000000000;
}

static void assert_waits_for_its_turn(struct connection *connection) {
    assert_true(doubt_is_waiting(doubt_of(connection)));
    assert_true(connection->paused);
    flow_go_on(own_loop());
    assert_true(connection->paused); // there is no time yet
    own_loop()->doubt.share.left_ns = 1;
    flow_go_on(own_loop());
    assert_false(connection->paused || doubt_is_waiting(doubt_of(connection)));
}

static void a_large_first_message_is_not_read_on_before_its_turn(void **state) {
    struct connection *newcomer = *state;
    use_up_time();
    flow_look(newcomer, 1000, false);
    assert_false(newcomer->paused); // small
    flow_look(newcomer, 1000000, true);
    assert_false(newcomer->paused); // nothing of it is left to read
    flow_look(newcomer, 1000000, false);
    assert_waits_for_its_turn(newcomer);
}

static void after_a_refused_message_the_next_is_not_read_before_its_turn(void **state) {
    struct connection *refused = *state, *good = come(2);
    use_up_time();
    flow_stop(good, flow_start(good));
    assert_false(good->paused);
    uint64_t began_ns = flow_start(refused);
    doubt_refused(doubt_of(refused), 1000);
    flow_stop(refused, began_ns);
    assert_waits_for_its_turn(refused);
}

// The answer to a consultation makes good what was owed, but does not bring the turn forward.
static void the_draw_does_not_bring_a_turn_forward(void **state) {
    struct connection *newcomer = *state;
    consult(newcomer, 2);
    pass();
    use_up_time();
    doubt_refused(doubt_of(newcomer), 1000);
    assert_false(flow_may_take(newcomer));
    assert_true(doubt_is_waiting(doubt_of(newcomer)));
    draw(2, 1);
    pass();
    assert_true(was_sent(newcomer, "0123456789ABCDEF"));
    assert_waits_for_its_turn(newcomer);
}

#define FLOW_STORY(story) cmocka_unit_test_setup_teardown(story, begin, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        FLOW_STORY(for_room_agencies_have_turns_by_what_they_claim),
        FLOW_STORY(for_room_agencies_have_turns_by_their_certificates),
        FLOW_STORY(who_waits_for_room_and_is_gone_takes_no_turn),
        FLOW_STORY(who_is_gone_before_it_has_its_list_gives_its_turn_to_the_next),
        FLOW_STORY(a_large_first_message_is_not_read_on_before_its_turn),
        FLOW_STORY(after_a_refused_message_the_next_is_not_read_before_its_turn),
        FLOW_STORY(the_draw_does_not_bring_a_turn_forward),
    };
    return cmocka_run_group_tests_name("flow", tests, NULL, NULL);
}
