// Clients that wait for a loop's memory or lists go on in turns, by agency and by address.
#include "cmocka_all.h"

#include "base/container.h"
#include "service/lottery/lines.h"

#include <string.h>

enum { MEMORY = 4000, ROOM = MEMORY / 4 };

struct client {
    struct lines_place place;
    char name;
};

static struct lines lines;
static struct client clients[16];
static int client_count;
static char gone_on[64]; // the names, in order

static int set_up(void **state) {
    (void)state;
    memset(clients, 0, sizeof clients);
    memset(gone_on, 0, sizeof gone_on);
    client_count = 0;
    return !lines_begin(&lines, MEMORY);
}

static int tear_down(void **state) {
    (void)state;
    for (int i = 0; i < client_count; i++) {
        lines_leave(&clients[i].place);
    }
    lines_end(&lines);
    return 0;
}

static struct client *come(char name) {
    struct client *client = &clients[client_count++];
    client->name = name;
    return client;
}

static void goes_on(struct lines_place *place) {
    if (place != NULL) {
        assert_false(lines_is_waiting(place));
        strncat(gone_on, &CONTAINER_OF(place, struct client, place)->name, 1);
    }
}

// Room ----------------------------------------------------------------------------------------------------

static struct client *wait_for_room(char name, uint32_t agency, uint64_t source) {
    struct client *client = come(name);
    assert_false(lines_room_may_take(&lines, &client->place, agency, source));
    assert_true(lines_is_waiting(&client->place));
    return client;
}

// There is room again, for one after the other.
static void go_on_one_by_one(int count) {
    for (int i = 0; i < count; i++) {
        lines.bytes = ROOM - 1;
        goes_on(lines_next_for_room(&lines));
        assert_int_equal(strlen(gone_on), i + 1);
        lines.bytes = ROOM;
        assert_null(lines_next_for_room(&lines));
    }
}

static void while_there_is_room_nobody_waits(void **state) {
    (void)state;
    struct client *client = come('-');
    lines.bytes = ROOM - 1;
    assert_true(lines_room_may_take(&lines, &client->place, 1, 1));
    assert_false(lines_is_waiting(&client->place));
    lines.bytes = ROOM;
    client = wait_for_room('a', 1, 1);
    assert_null(lines_next_for_room(&lines)); // there is none yet
    go_on_one_by_one(1);
    assert_false(lines_is_waiting(&client->place));
}

static void for_room_agencies_have_turns(void **state) {
    (void)state;
    lines.bytes = ROOM;
    wait_for_room('a', 1, 1);
    wait_for_room('b', 1, 2);
    wait_for_room('c', 1, 3);
    wait_for_room('X', 2, 1);
    wait_for_room('Y', 2, 1);
    go_on_one_by_one(5);
    assert_string_equal(gone_on, "aXbYc");
}

static void for_room_addresses_of_an_agency_have_turns(void **state) {
    (void)state;
    lines.bytes = ROOM;
    wait_for_room('a', 1, 1);
    wait_for_room('b', 1, 1);
    wait_for_room('c', 1, 1);
    wait_for_room('X', 1, 2);
    go_on_one_by_one(4);
    assert_string_equal(gone_on, "aXbc");
}

static void who_is_gone_takes_no_turn(void **state) {
    (void)state;
    lines.bytes = ROOM;
    struct client *first = wait_for_room('a', 1, 9);
    wait_for_room('b', 1, 1);
    lines_leave(&first->place);
    assert_false(lines_is_waiting(&first->place));
    go_on_one_by_one(1);
    lines.bytes = 0;
    assert_null(lines_next_for_room(&lines));
    assert_string_equal(gone_on, "b");
}

// Lists ---------------------------------------------------------------------------------------------------

static bool may_list(struct client *client, uint32_t agency) {
    return lines_list_may_go(&lines, &client->place, agency, 1);
}

static void next_for_list(void) {
    struct lines_place *place = lines_next_for_list(&lines);
    goes_on(place);
    assert_true(place == NULL || place->may_list);
}

static void two_lists_are_made_at_once_and_the_next_by_turns(void **state) {
    (void)state;
    struct client *first = come('1'), *second = come('2');
    assert_true(may_list(first, 1) && may_list(second, 1));
    assert_int_equal(lines.lists, 2);
    struct client *a = come('a'), *b = come('b'), *x = come('X');
    assert_false(may_list(a, 1) || may_list(b, 1) || may_list(x, 2));
    assert_true(lines_is_waiting(&a->place) && lines_is_waiting(&b->place) && lines_is_waiting(&x->place));
    next_for_list();
    assert_string_equal(gone_on, ""); // both are still being made
    lines_list_is_done(&lines);
    next_for_list();
    assert_string_equal(gone_on, "a");
    assert_true(may_list(a, 1)); // it has its turn, and asks now
    assert_int_equal(lines.lists, 2);
    lines_list_is_done(&lines);
    next_for_list();
    next_for_list();
    assert_string_equal(gone_on, "aX");
    lines_leave(&b->place); // it is gone: nobody is next
    lines_list_is_done(&lines);
    next_for_list();
    assert_string_equal(gone_on, "aX");
    assert_int_equal(lines.lists, 1);
}

#define LINES_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        LINES_TEST(while_there_is_room_nobody_waits),
        LINES_TEST(for_room_agencies_have_turns),
        LINES_TEST(for_room_addresses_of_an_agency_have_turns),
        LINES_TEST(who_is_gone_takes_no_turn),
        LINES_TEST(two_lists_are_made_at_once_and_the_next_by_turns),
    };
    return cmocka_run_group_tests_name("lines", tests, NULL, NULL);
}
