// Whoever has most connections loses one when there is no room.
#include "allocations.h"
#include "cmocka_all.h"

#include "net/peers.h"
#include "net/tally.h"

#include <arpa/inet.h>
#include <stdlib.h>

enum { MANY = 100 };

static struct peers *peers;

static int set_up(void **state) {
    (void)state;
    peers = peers_new();
    return peers == NULL;
}

static int tear_down(void **state) {
    (void)state;
    peers_free(peers);
    return 0;
}

static struct in6_addr address(const char *text) {
    struct in6_addr made;
    assert_int_equal(inet_pton(AF_INET6, text, &made), 1);
    return made;
}

static struct peer_place *enter(const char *from, uint32_t claim, bool proven) {
    struct in6_addr source = address(from);
    struct peer_place *place = peers_enter(peers, &source);
    assert_non_null(place);
    return claim == 0 ? place : peers_move(peers, place, &source, claim, proven);
}

static void leave(struct peer_place **places, int count) {
    for (int i = 0; i < count; i++) {
        peers_leave(peers, places[i]);
    }
    assert_int_equal(peers_with_most(peers), 0);
}

static void nobody_loses_where_nobody_is(void **state) {
    (void)state;
    assert_int_equal(peers_with_most(peers), 0);
}

static void the_address_with_most_loses(void **state) {
    (void)state;
    struct peer_place *places[] = {enter("::ffff:10.0.0.1", 0, false), enter("::ffff:10.0.0.2", 0, false),
                                   enter("::ffff:10.0.0.2", 0, false), enter("::ffff:10.0.0.3", 0, false)};
    assert_ptr_equal(places[1], places[2]);
    assert_int_equal(peers_with_most(peers), peers_number(places[1]));
    leave(places, 4);
}

// Whoever comes gets in, and stays for as long as any other.
static void of_equals_the_longest_there_loses(void **state) {
    (void)state;
    struct peer_place *places[] = {enter("::ffff:10.0.0.1", 0, false), enter("::ffff:10.0.0.2", 0, false),
                                   enter("::ffff:10.0.0.3", 0, false)};
    for (int i = 0; i < 3; i++) {
        assert_int_equal(peers_with_most(peers), peers_number(places[i]));
        peers_leave(peers, places[i]);
    }
    assert_int_equal(peers_with_most(peers), 0);
}

// All may stand behind one address: there it is the claim that is made most often.
static void of_an_address_the_claim_made_most_often_loses(void **state) {
    (void)state;
    struct peer_place *places[MANY];
    for (int i = 0; i < MANY; i++) {
        places[i] = enter("::ffff:10.0.0.1", i % 10 == 0 ? 1 : 2, false);
    }
    uint64_t number = peers_number(places[1]);
    for (int i = 0; i < MANY; i++) { // 2 loses its own until it has no more than 1 has
        if (i % 10 != 0 && i < 88) {
            assert_int_equal(peers_with_most(peers), number);
            peers_leave(peers, places[i]);
            places[i] = NULL;
        }
    }
    for (int i = 0; i < MANY; i++) {
        if (places[i] != NULL) {
            peers_leave(peers, places[i]);
        }
    }
    assert_int_equal(peers_with_most(peers), 0);
}

static void who_has_said_nothing_loses_before_those_who_have(void **state) {
    (void)state;
    struct peer_place *places[] = {enter("::ffff:10.0.0.1", 0, false), enter("::ffff:10.0.0.1", 1, false),
                                   enter("::ffff:10.0.0.1", 2, false)};
    assert_int_equal(peers_with_most(peers), peers_number(places[0]));
    leave(places, 3);
}

// Wherever it comes from, and whoever else does.
static void who_proved_who_it_is_is_counted_as_that(void **state) {
    (void)state;
    struct peer_place *places[] = {enter("::ffff:10.0.0.1", 7, true), enter("::ffff:10.0.0.2", 7, true),
                                   enter("::ffff:10.0.0.3", 7, true), enter("::ffff:10.0.0.1", 7, false),
                                   enter("::ffff:10.0.0.1", 8, true), enter("::ffff:10.0.0.1", 0, false)};
    assert_ptr_equal(places[0], places[2]);
    assert_ptr_not_equal(places[0], places[3]);
    assert_int_equal(peers_count(peers, places[0]), 3);
    assert_int_equal(peers_count(peers, places[3]), 2);
    assert_int_equal(peers_with_most(peers), peers_number(places[0]));
    leave(places, 6);
}

static void a_network_of_ipv6_is_one_address(void **state) {
    (void)state;
    struct peer_place *places[] = {enter("2001:db8::1", 0, false), enter("2001:db8::2:3", 0, false),
                                   enter("2001:db8:0:1::1", 0, false), enter("::1", 0, false)};
    assert_ptr_equal(places[0], places[1]);
    assert_ptr_not_equal(places[0], places[2]);
    assert_ptr_not_equal(places[0], places[3]);
    leave(places, 4);
}

static void a_number_is_never_used_again(void **state) {
    (void)state;
    uint64_t before = 0;
    for (int i = 0; i < MANY; i++) {
        struct peer_place *place = enter("::ffff:10.0.0.1", 0, false);
        assert_true(peers_number(place) > before);
        before = peers_number(place);
        leave(&place, 1);
    }
}

// Whichever allocation fails.
static void without_memory_nobody_is_counted(void **state) {
    (void)state;
    struct in6_addr source = address("::ffff:10.0.0.1");
    int failed = 0;
    for (bool fails = true; fails; failed += fails) {
        allocations = (struct allocations){true, failed + 1};
        struct peer_place *place = peers_enter(peers, &source);
        allocations.counted = false;
        fails = allocations.until_failure == 0;
        assert_int_equal(place == NULL, fails);
        assert_int_equal(peers_with_most(peers), fails ? 0 : peers_number(place));
        if (!fails) {
            leave(&place, 1);
        }
    }
    assert_int_equal(failed, 4); // who it is, its place, and to be counted in both
}

static void without_memory_who_moves_stays_where_it_is(void **state) {
    (void)state;
    struct in6_addr source = address("::ffff:10.0.0.1");
    struct peer_place *place = enter("::ffff:10.0.0.1", 0, false), *before = place;
    int failed = 0;
    for (bool fails = true; fails; failed += fails) {
        allocations = (struct allocations){true, failed + 1};
        place = peers_move(peers, place, &source, 7, true);
        allocations.counted = false;
        fails = allocations.until_failure == 0;
        assert_int_equal(place == before, fails);
        assert_int_equal(peers_with_most(peers), peers_number(place));
        assert_int_equal(peers_count(peers, place), 1);
    }
    assert_int_equal(failed, 3); // that many may be counted is known already
    leave(&place, 1);
}

// Against counting it all again each time.
static void most_is_most_after_any_changes(void **state) {
    (void)state;
    struct tally tally = {0};
    struct tally_entry entries[10] = {0};
    uint32_t random = 1;
    for (int round = 0; round < 20000; round++) {
        random = random * 1664525 + 1013904223;
        struct tally_entry *entry = &entries[(random >> 16) % 10];
        if ((random >> 8) % 100 < 50 && entry->count > 0) {
            tally_less(&tally, entry);
        } else {
            assert_true(tally_more(&tally, entry));
        }
        uint32_t most = 0;
        for (int i = 0; i < 10; i++) {
            most = entries[i].count > most ? entries[i].count : most;
        }
        assert_int_equal(tally.most, most);
        assert_int_equal(most == 0 ? 0 : tally_most(&tally)->count, most);
    }
    tally_free(&tally);
}

#define PEERS_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        PEERS_TEST(nobody_loses_where_nobody_is),
        PEERS_TEST(the_address_with_most_loses),
        PEERS_TEST(of_equals_the_longest_there_loses),
        PEERS_TEST(of_an_address_the_claim_made_most_often_loses),
        PEERS_TEST(who_has_said_nothing_loses_before_those_who_have),
        PEERS_TEST(who_proved_who_it_is_is_counted_as_that),
        PEERS_TEST(a_network_of_ipv6_is_one_address),
        PEERS_TEST(a_number_is_never_used_again),
        PEERS_TEST(without_memory_nobody_is_counted),
        PEERS_TEST(without_memory_who_moves_stays_where_it_is),
        PEERS_TEST(most_is_most_after_any_changes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
