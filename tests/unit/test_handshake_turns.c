// Handshakes with a session go first, and whoever is no longer good is sent nothing.
#include "connections_tls_story.h"
#include "temporary.h"

#include "net/arrival.h"

static struct handshakes *turns(void) {
    return &loop->connections.handshakes;
}

static unsigned liars(void) {
    unsigned count = 0;
    for (int i = 0; i < TURNS_PLACES; i++) {
        count += turns()->turns.places[i].lied > 0;
    }
    return count;
}

static int waiting(enum turn_kind kind) {
    int count = 0;
    for (int i = 0; i < TURNS_PLACES; i++) {
        for (const struct turn *turn = turns()->turns.places[i].lists[kind].first; turn; turn = turn->next) {
            count++;
        }
    }
    return count;
}

static unsigned unfinished(void) {
    unsigned count = 0;
    for (int i = 0; i < TURNS_PLACES; i++) {
        count += turns()->turns.places[i].count;
    }
    return count;
}

// From now on nobody has a turn, until there is time again.
static void use_all_time_up(void) {
    turns()->turns.budget_ns = INT64_MIN / 2;
}

// With the loop's own timer, whose time is the real one: so there is no number of rounds after which it is
// due.
static void let_them_have_their_turn(void) {
    turns()->turns.budget_ns = TURNS_SAVED_NS;
    assert_true(uv_is_active((uv_handle_t *)&turns()->timer));
    while (turns()->turns.waiting > 0) {
        uv_run(&loop->uv, UV_RUN_NOWAIT);
    }
}

static void who_goes_on_with_a_session_has_its_turn_first(void **state) {
    (void)state;
    greet();
    shake_hands();
    use_all_time_up();
    greet();
    assert_false(peer->connection->is_reading);
    assert_int_equal(peer->connection->waits_for, WATCH_TURN);
    assert_int_equal(waiting(TURN_FIRST), 1);
    let_them_have_their_turn();
    shake_hands();
    assert_true(tls_session_was_resumed(client));
    assert_int_equal(liars(), 0);
    assert_int_equal(turns()->turns.waiting, 0);
}

static void who_has_no_session_has_its_turn_behind_them(void **state) {
    (void)state;
    use_all_time_up();
    greet();
    assert_int_equal(waiting(TURN_LAST), 1);
    let_them_have_their_turn();
    shake_hands();
    assert_int_equal(liars(), 0);
    assert_int_equal(seen.identified, 1);
}

// Each part of a handshake costs time, and so each has to wait for its turn.
static void who_has_begun_waits_again_before_those_who_have_not(void **state) {
    (void)state;
    use_all_time_up();
    greet();
    let_them_have_their_turn();
    assert_true(turns()->turns.budget_ns < TURNS_SAVED_NS);
    use_all_time_up();
    hear(); // and says its second word
    run();
    assert_int_equal(waiting(TURN_FIRST), 1);
    assert_int_equal(unfinished(), 1);
    let_them_have_their_turn();
    assert_true(server_is_open());
    assert_int_equal(unfinished(), 0);
}

static void who_has_its_turn_and_has_said_nothing_is_read_again(void **state) {
    (void)state;
    peer = come();
    stage_change(peer->connection, STAGE_TURN);
    connections_settle(&loop->connections);
    assert_false(peer->connection->is_reading);
    turns()->on_turn(&peer->connection->handshake);
    assert_true(peer->connection->is_reading);
    assert_int_equal(peer->connection->waits_for, WATCH_HANDSHAKE);
}

static void reload(void) {
    struct tls_context *again = context_of(TLS_SERVER, "server", "urn:quiniela:agency:");
    net_set_tls(net, again);
    tls_context_release(again);
}

// It is known with its first word, whether or not it ever says more.
static void who_only_says_that_it_has_one_is_noted(void **state) {
    (void)state;
    greet();
    shake_hands();
    reload(); // so there are other keys for its tickets
    run();
    use_all_time_up();
    greet();
    assert_int_equal(waiting(TURN_FIRST), 1); // it was believed
    let_them_have_their_turn();
    if (liars() != 1) {
        fail_msg("its session is unknown, and its address is believed the next time, too");
    }
    use_all_time_up();
    greet();
    assert_int_equal(waiting(TURN_FIRST), 0);
    assert_int_equal(waiting(TURN_LAST), 1);
}

// A context that trusts another authority, whose certificates nobody here has.
static struct tls_context *stranger(void) {
    char before[sizeof folder];
    strcpy(before, folder);
    make_certificates_folder();
    issue("server", "DNS:localhost", true, DAY);
    struct tls_context *context = context_of(TLS_SERVER, "server", "urn:quiniela:agency:");
    assert_int_equal(temporary_remove(folder), 0);
    strcpy(folder, before);
    return context;
}

static void distrust_everybody(void) {
    struct tls_context *context = stranger();
    net_set_tls(net, context);
    tls_context_release(context);
}

static void after_a_reload_who_is_good_no_more_is_closed(void **state) {
    (void)state;
    greet();
    shake_hands();
    run();
    assert_non_null(peer->connection);
    distrust_everybody();
    run();
    assert_null(peer->connection);
    assert_int_equal(loop->connections.closings.refused[TLS_UNKNOWN_AUTHORITY].count, 1);
}

static void after_a_reload_who_is_still_good_stays(void **state) {
    (void)state;
    greet();
    shake_hands();
    reload();
    run();
    say_secretly("s123456789");
    run();
    assert_int_equal(seen.messages, 1);
    assert_int_equal(hear(), SHORT_ANSWER_BYTES);
}

// It was good when it came, and is asked again only after a reload.
static void without_a_reload_who_is_good_no_more_stays(void **state) {
    (void)state;
    greet();
    shake_hands();
    ahead += 3 * DAY;
    say_secretly("s123456789");
    run();
    assert_int_equal(seen.messages, 1);
    assert_int_equal(hear(), SHORT_ANSWER_BYTES);
    reload();
    run();
    assert_null(peer->connection);
    assert_int_equal(loop->connections.closings.refused[TLS_EXPIRED].count, 1);
}

static void a_reload_in_the_middle_of_a_handshake_does_not_end_it(void **state) {
    (void)state;
    greet();
    reload();
    run();
    shake_hands();
    assert_int_equal(seen.identified, 1);
}

static void after_a_reload_in_the_middle_of_a_handshake_it_is_the_new_one_that_counts(void **state) {
    (void)state;
    greet();
    distrust_everybody();
    run();
    assert_non_null(peer->connection);
    hear(); // and says its second word
    run();
    assert_int_equal(seen.identified, 0);
    assert_int_equal(loop->connections.closings.refused[TLS_UNKNOWN_AUTHORITY].count, 1);
    assert_int_not_equal(peer->connection->stage, STAGE_OPEN);
    assert_int_equal(transport_state(&peer->connection->transport), TRANSPORT_FAILED);
}

// The loop has not looked at it yet.
static void after_a_reload_who_is_good_no_more_is_sent_nothing(void **state) {
    (void)state;
    greet();
    shake_hands();
    connection_send(peer->connection, long_answer, SHORT_ANSWER_BYTES);
    distrust_everybody();
    connections_settle(&loop->connections);
    assert_int_equal(hear(), 0);
    assert_null(peer->connection);
}

static void after_a_reload_who_is_good_no_more_is_not_listened_to(void **state) {
    (void)state;
    greet();
    shake_hands();
    say_secretly("s123456789");
    distrust_everybody();
    socket_read_now(peer->connection); // reads, before the loop has looked at it
    assert_int_equal(seen.messages, 0);
    assert_int_equal(hear(), 0);
    assert_int_not_equal(peer->connection->stage, STAGE_OPEN);
}

// Whoever hears nothing but the end of the connection cannot tell whether all has come.
static void the_end_is_said_in_tls(void **state) {
    (void)state;
    greet();
    shake_hands();
    say_secretly("f123456789");
    run();
    hear();
    assert_true(tls_session_ended(client));
}

// Its bytes would be answered with a reset by whoever has read what it came for, and nobody would know.
static void the_end_is_not_said_before_the_last_words_have_arrived(void **state) {
    (void)state;
    greet();
    shake_hands();
    say_secretly("w123456789");
    run();
    hear();
    assert_false(tls_session_ended(client));
    assert_int_equal(peer->connection->stage, STAGE_ARRIVING);
    pass(1);
    assert_int_equal(peer->arrived, 1);
    hear();
    assert_true(tls_session_ended(client));
    assert_int_equal(peer->connection->stage, STAGE_LINGERING);
}

#define TURNS_TEST(test) cmocka_unit_test_setup_teardown(test, set_up_tls, tear_down_tls)

// A record comes that does not decrypt: the net finishes the connection.
static void break_tls(void) {
    static const uint8_t broken[] = {23, 3, 3, 0, 32, [36] = 0};
    memcpy(loop->connections.encrypted, broken, sizeof broken);
    reading_came(peer->connection, sizeof broken);
    assert_int_equal(peer->connection->stage, STAGE_FINISHING);
}

static void send_awaited(void) {
    connection_send(peer->connection, (const uint8_t *)"winners", 7);
    connection_await_arrival(peer->connection);
}

// No acknowledgement counts, soon or late.
static void assert_never_arrives(void) {
    assert_false(arrivals_are_awaited(&loop->connections));
    connections_settle(&loop->connections);
    run();
    assert_int_equal(peer->arrived, 0);
}

static void what_is_sent_after_tls_has_failed_never_arrives(void **state) {
    (void)state;
    greet();
    shake_hands();
    break_tls();
    send_awaited();
    assert_never_arrives();
}

static void what_is_still_queued_when_tls_fails_never_arrives(void **state) {
    (void)state;
    greet();
    shake_hands();
    send_awaited();
    break_tls();
    assert_never_arrives();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TURNS_TEST(who_goes_on_with_a_session_has_its_turn_first),
        TURNS_TEST(who_has_no_session_has_its_turn_behind_them),
        TURNS_TEST(who_has_begun_waits_again_before_those_who_have_not),
        TURNS_TEST(who_has_its_turn_and_has_said_nothing_is_read_again),
        TURNS_TEST(who_only_says_that_it_has_one_is_noted),
        TURNS_TEST(after_a_reload_who_is_good_no_more_is_closed),
        TURNS_TEST(after_a_reload_who_is_still_good_stays),
        TURNS_TEST(a_reload_in_the_middle_of_a_handshake_does_not_end_it),
        TURNS_TEST(after_a_reload_in_the_middle_of_a_handshake_it_is_the_new_one_that_counts),
        TURNS_TEST(after_a_reload_who_is_good_no_more_is_sent_nothing),
        TURNS_TEST(after_a_reload_who_is_good_no_more_is_not_listened_to),
        TURNS_TEST(without_a_reload_who_is_good_no_more_stays),
        TURNS_TEST(what_is_sent_after_tls_has_failed_never_arrives),
        TURNS_TEST(what_is_still_queued_when_tls_fails_never_arrives),
        TURNS_TEST(the_end_is_said_in_tls),
        TURNS_TEST(the_end_is_not_said_before_the_last_words_have_arrived),
    };
    return cmocka_run_group_tests_name("handshake_turns", tests, NULL, NULL);
}
