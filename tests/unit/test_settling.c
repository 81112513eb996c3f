// A group is decided on again while that can help, and what the store refuses is refused alone.
// Other servers, a database that is away for a moment, and bets that it has no letters for, are played by a
// layer over the real store.
#include "ledger_story.h"

#include "base/log.h"

enum { MANY = 7 };

static struct {
    const struct error_code *code; // of the next commits
    int commits;                   // how many of them
    bool stores;                   // what it says failed is stored all the same
    unsigned refused;              // agencies whose chunks the store refuses, a bit each
    uint32_t refused_bets;         // and those of so many bets
    bool tainted, puts;            // what it refuses is in the group; an agency's row is
    bool reload_fails;
    int locked, finished, sealed; // agencies, groups; notes
    int noted, drawn_at_note;     // notes of the draw, and how many had heard of it then
} play;

static bool play_begin(struct store *store, struct error *error) {
    play.tainted = play.puts = false;
    return real->begin(store, error);
}

static bool play_add_chunk(struct store *store, const struct stored_chunk *chunk, struct error *error) {
    play.tainted =
        play.tainted || (play.refused >> chunk->agency & 1) != 0 || chunk->count == play.refused_bets;
    return real->add_chunk(store, chunk, error);
}

static bool play_put_agency(struct store *store, const struct stored_agency *agency, struct error *error) {
    play.puts = true;
    return real->put_agency(store, agency, error);
}

static bool play_get_draw(struct store *store, struct stored_draw *draw, bool *found, struct error *error) {
    return play.reload_fails ? error_set(error, ERROR_STORE_FAILED, "it cannot be read again")
                             : real->get_draw(store, draw, found, error);
}

static bool play_commit(struct store *store, struct error *error) {
    if (play.tainted) {
        return error_set(error, ERROR_STORE_REFUSED, "a letter that it has not");
    }
    if (play.commits == 0 || !play.puts) {
        return real->commit(store, error);
    }
    play.commits--;
    if (play.stores && !real->commit(store, error)) {
        return false;
    }
    return error_set(error, play.code, "commit %d", play.commits);
}

static bool play_lock(struct store *store, const uint32_t *numbers, size_t count, bool locks,
                      store_each_agency each, void *context, struct error *error) {
    (void)store, (void)numbers, (void)each, (void)context, (void)error;
    assert_true(locks);
    play.locked += (int)count;
    return true;
}

static bool open_played(void *context, struct store **store, struct error *error) {
    if (!open_store(context, store, error)) {
        return false;
    }
    faulty.begin = play_begin;
    faulty.add_chunk = play_add_chunk;
    faulty.put_agency = play_put_agency;
    faulty.get_draw = play_get_draw;
    faulty.commit = play_commit;
    faulty.some_agencies = play_lock;
    return true;
}

static void on_note(void *context, const struct ledger_note *note) {
    (void)context;
    play.finished += note->kind == LEDGER_NOTE_FINISHED;
    play.sealed += note->kind == LEDGER_NOTE_SEALED;
    if (note->kind == LEDGER_NOTE_DRAWN) {
        play.noted++;
        play.drawn_at_note += story.drawn;
        assert_int_equal(note->bets, 10);
        assert_int_equal(note->winners, 1);
    }
}

static void open_playing(uint32_t agencies) {
    struct error error;
    memset(&play, 0, sizeof play);
    story.options = (struct ledger_options){.draw = "1",
                                            .agencies = agencies,
                                            .winning_number = 7574,
                                            .open_store = open_played,
                                            .drawn = on_drawn,
                                            .noted = on_note};
    if (!ledger_open(&story.options, &story.ledger, &error)) {
        fail_msg("%s", error.text);
    }
}

static void process(struct ledger_request **requests, int count) {
    for (int i = 0; i < count; i++) {
        requests[i]->node.next = i + 1 < count ? &requests[i + 1]->node : NULL;
    }
    story.count = 0;
    group_process(story.ledger, &requests[0]->node);
    assert_int_equal(story.count, count);
    for (int i = 0; i < count; i++) {
        assert_ptr_equal(story.completed[i], requests[i]);
    }
}

static void discard_all(struct ledger_request **requests, int count) {
    for (int i = 0; i < count; i++) {
        discard_request(requests[i]);
    }
}

static void assert_blamed(const struct ledger_request *request) {
    assert_error(&request->answer.error, ERROR_BAD_MESSAGE);
    assert_string_equal(request->answer.error.field, "payload");
    assert_non_null(strstr(request->answer.error.text, "a letter that it has not"));
    assert_int_equal(request->answer.next, -1);
    assert_int_equal(request->answer.stored, 0);
}

// What the store refuses ------------------------------------------------------------------------------------

// What is sent again where the stored row is gone has nothing to do with what others send.
static void what_is_damaged_is_refused_alone(void **state) {
    (void)state;
    no_inbox();
    open_playing(2);
    assert_stored(.first = 0, .count = 3, .next = 3);
    assert_stored(.first = 3, .count = 3, .next = 6);
    ledger_close(&story.ledger);
    assert_int_equal(query("DELETE FROM chunks WHERE first = 3 RETURNING 1"), 1);
    open_playing(2);
    struct ledger_request *requests[] = {request(.agency = 2, .first = 0, .count = 4),
                                         request(.first = 3, .count = 3), request(.first = 3, .count = 5),
                                         request(.last = true, .first = 2, .count = 4),
                                         request(.first = 0, .count = 3)};
    process(requests, 5);
    assert_error(&requests[0]->answer.error, ERROR_NONE); // another agency's chunk
    assert_int_equal(requests[0]->answer.next, 4);
    for (int i = 1; i <= 3; i++) {
        assert_error(&requests[i]->answer.error, ERROR_STORE_FAILED); // bets that are gone, sent again
        assert_non_null(
            strstr(requests[i]->answer.error.text, "of agency 1 the bets from 3 to 5 are missing"));
        assert_int_equal(requests[i]->answer.next, -1);
        assert_int_equal(requests[i]->answer.stored, 0);
    }
    assert_error(&requests[4]->answer.error, ERROR_NONE); // a chunk of the same agency that is there
    assert_int_equal(requests[4]->answer.next, 6);
    discard_all(requests, 5);
    assert_int_equal(story.opened, 2); // it is as good as it was
    assert_stored(.last = true, .agency = 2, .first = 4, .count = 0, .next = 4);
}

// Any of five, also several of them.
static void what_is_refused_is_refused_alone(void **state) {
    (void)state;
    enum { COUNT = 5 };
    int64_t bets[COUNT] = {0};
    int all = 0;
    open_playing(COUNT);
    for (unsigned mask = 0; mask < 1U << COUNT; mask++) {
        struct ledger_request *requests[COUNT];
        for (int i = 0; i < COUNT; i++) {
            requests[i] = request(.agency = (uint32_t)i + 1, .first = bets[i], .count = 2);
        }
        play.refused = mask << 1;
        process(requests, COUNT);
        for (int i = 0; i < COUNT; i++) {
            if ((mask >> i & 1) != 0) {
                assert_blamed(requests[i]);
                continue;
            }
            bets[i] += 2;
            all += 2;
            assert_error(&requests[i]->answer.error, ERROR_NONE);
            assert_int_equal(requests[i]->answer.next, bets[i]);
            assert_int_equal(requests[i]->answer.stored, 2);
        }
        discard_all(requests, COUNT);
    }
    assert_bets(all);
    assert_false(work_is_due(story.ledger)); // the store is good all the time
}

// A verdict that rests on bets that are then not stored is none.
static void who_was_refused_because_of_it_is_decided_on_again(void **state) {
    (void)state;
    open_playing(3);
    play.refused_bets = 3;
    struct ledger_request *requests[] = {
        request(.first = 0, .count = 3),
        request(.first = 0, .from = 5, .count = 2), // a conflict with those
        request(.last = true, .agency = 2, .first = 0, .count = 3),
        request(.agency = 2, .first = NO_FIRST, .count = 2), // too late after that
        request(.agency = 3, .first = 0, .count = 3),
        request(.last = true, .agency = 3, .first = 0, .count = 2), // an end before that
    };
    process(requests, 6);
    for (int i = 0; i < 6; i += 2) {
        assert_blamed(requests[i]);
        const struct ledger_answer *second = &requests[i + 1]->answer;
        if (second->error.code != ERROR_NONE || second->next != 2 || second->stored != 2) {
            fail_msg("2 bets stored expected of request %d, and got %u, next %lld, with error: %s", i + 1,
                     second->stored, (long long)second->next,
                     second->error.code == ERROR_NONE ? "none" : second->error.text);
        }
    }
    discard_all(requests, 6);
    assert_int_equal(query("SELECT count(*) FROM bets"), 6);
}

static void one_is_refused_in_a_group_of_any_size(void **state) {
    (void)state;
    int64_t bets[MANY] = {0};
    open_playing(MANY);
    for (int count = 1; count <= MANY; count++) {
        struct ledger_request *requests[MANY];
        for (int i = 0; i < count; i++) {
            requests[i] = request(.agency = (uint32_t)i + 1, .first = bets[i], .count = 1);
        }
        play.refused = 1U << count; // the last one
        process(requests, count);
        for (int i = 0; i < count - 1; i++) {
            assert_error(&requests[i]->answer.error, ERROR_NONE);
            assert_int_equal(requests[i]->answer.next, ++bets[i]);
        }
        assert_blamed(requests[count - 1]);
        discard_all(requests, count);
    }
}

// The seal is told of once, whichever half it comes in.
static void a_seal_in_either_half(void **state) {
    (void)state;
    for (int half = 0; half < 2; half++) {
        enum { COUNT = 6, BAD = 13 };
        story.path[strlen(story.path) - 1] = (char)('0' + half); // a store each
        open_playing(2);
        assert_stored(.first = 0, .count = 1, .next = 1);
        struct ledger_request *requests[COUNT] = {request(.first = 1, .count = BAD)};
        for (int i = 1; i < COUNT; i++) {
            bool ends = half == 0 ? i < 3 : i >= COUNT - 2;
            requests[i] =
                request(.last = ends, .agency = ends ? 1 + (uint32_t)i % 2 : 1, .first = 0, .count = 1);
        }
        play.refused_bets = BAD;
        process(requests, COUNT);
        assert_blamed(requests[0]);
        for (int i = 1; i < COUNT; i++) {
            assert_error(&requests[i]->answer.error, ERROR_NONE);
            assert_int_equal(requests[i]->answer.finished, requests[i]->input.type == LEDGER_LAST_CHUNK);
        }
        assert_int_equal(play.finished, 2);
        assert_int_equal(play.sealed, 1);
        discard_all(requests, COUNT);
        assert_int_equal(query("SELECT count(*) FROM draws WHERE state = 'sealed'"), 1);
        ledger_close(&story.ledger);
    }
    open_playing(2);
}

// Without the one that is refused there is no seal; it comes with that one's next.
static void an_end_that_is_refused_is_none(void **state) {
    (void)state;
    enum { COUNT = 4 };
    open_playing(COUNT);
    struct ledger_request *requests[COUNT];
    for (int i = 0; i < COUNT; i++) {
        requests[i] = request(.last = true, .agency = (uint32_t)i + 1, .first = 0, .count = 1);
    }
    play.refused = 1U << 3;
    process(requests, COUNT);
    assert_blamed(requests[2]);
    assert_false(requests[2]->answer.finished);
    assert_int_equal(play.finished, 3);
    assert_int_equal(play.sealed, 0);
    discard_all(requests, COUNT);
    play.refused = 0;
    assert_stored(.last = true, .agency = 3, .first = 0, .count = 1, .next = 1);
    assert_int_equal(play.finished, 4);
    assert_int_equal(play.sealed, 1);
    assert_bets(COUNT);
}

// Then nobody knows, and it may come again: no refusal for good.
static void what_is_refused_and_cannot_be_read_again(void **state) {
    (void)state;
    open_playing(1);
    play.refused = 1U << 1;
    play.reload_fails = true;
    assert_refused(ERROR_STORE_FAILED, .first = 0, .count = 2);
    play.refused = 0;
    play.reload_fails = false;
    assert_stored(.first = 0, .count = 2, .next = 2);
}

// Those that were refused before they came here, and those that only ask, stay as they are.
static void who_asks_for_nothing_gets_no_other_answer(void **state) {
    (void)state;
    for (int i = 0; i < 2; i++) {
        story.path[strlen(story.path) - 1] = (char)('0' + i);
        open_playing(2);
        struct ledger_request *requests[] = {request(.type = LEDGER_PASS, .first = 0),
                                             request(.first = 0, .count = 2),
                                             request(.agency = 2, .first = 0, .count = 2),
                                             request(.type = LEDGER_PASS, .agency = 9, .first = 0)};
        error_set(&requests[0]->answer.error, ERROR_BAD_MESSAGE, "refused before");
        play.code = i == 0 ? ERROR_STORE_AWAY : ERROR_STORE_FAILED;
        play.commits = 1;
        process(requests, 4);
        assert_string_equal(requests[0]->answer.error.text, "refused before");
        assert_error(&requests[1]->answer.error, i == 0 ? ERROR_NONE : ERROR_STORE_FAILED);
        assert_error(&requests[2]->answer.error, i == 0 ? ERROR_NONE : ERROR_STORE_FAILED);
        assert_int_equal(requests[2]->answer.next, i == 0 ? 2 : -1);
        discard_all(requests, 4);
        ledger_close(&story.ledger);
    }
    open_playing(2);
}

// So that whoever is told his winners is told of a draw that is recorded.
static void a_draw_is_noted_before_anybody_hears_of_it(void **state) {
    (void)state;
    open_playing(1);
    assert_stored(.last = true, .first = 0, .count = 10, .next = 10);
    work_do(story.ledger);
    assert_int_equal(play.noted, 1);
    assert_int_equal(play.drawn_at_note, 0);
    assert_int_equal(story.drawn, 1);
}

// A store that is away for a moment -------------------------------------------------------------------------

static void it_is_tried_some_times_and_no_more(void **state) {
    (void)state;
    static const struct error_code *const codes[] = {ERROR_STORE_AWAY, ERROR_STORE_STALE, ERROR_STORE_FAILED};
    open_playing(1);
    int64_t bets = 0;
    for (int i = 0; i < 3; i++) {
        int most = codes[i] == ERROR_STORE_FAILED ? 1 : 5;
        for (int times = 1; times <= most; times++) {
            int64_t next;
            play.code = codes[i];
            play.commits = times;
            int opened = story.opened;
            const struct error_code *code = ask(request(.first = bets, .count = 2), &next);
            assert_code(code, times < most ? ERROR_NONE : ERROR_STORE_FAILED);
            assert_int_equal(next, times < most ? bets + 2 : -1);
            // An open store that is only stale is read again as it is.
            assert_int_equal(story.opened - opened,
                             codes[i] == ERROR_STORE_AWAY ? (times < most ? times : most - 1) : 0);
            play.commits = 0;
            assert_stored(.first = bets, .count = 2, .next = bets + 2);
            bets += 2;
        }
    }
    assert_bets((int)bets);
}

// Whether it has stored what it said nothing about is found out; it is stored once.
static void what_was_stored_all_the_same_is_stored_once(void **state) {
    (void)state;
    open_playing(1);
    play.code = ERROR_STORE_AWAY;
    play.stores = true;
    play.commits = 1;
    assert_stored(.first = NO_FIRST, .count = 5, .next = 5);
    play.commits = 1;
    assert_stored(.first = 5, .count = 5, .next = 10);
    play.commits = 1;
    struct ledger_request *last = request(.last = true, .first = NO_FIRST, .count = 3);
    process(&last, 1);
    assert_error(&last->answer.error, ERROR_NONE);
    assert_int_equal(last->answer.next, 13);
    assert_int_equal(last->answer.stored, 3);
    assert_true(last->answer.finished);
    assert_int_equal(play.finished, 1);
    discard_request(last);
    assert_int_equal(query("SELECT count(*) FROM bets"), 13);
}

// Also what an end in the same group has finished the agency behind.
static void what_was_stored_with_its_end_is_no_bet_too_late(void **state) {
    (void)state;
    open_playing(1);
    play.code = ERROR_STORE_AWAY;
    play.stores = true;
    play.commits = 1;
    struct ledger_request *requests[] = {request(.first = NO_FIRST, .count = 5),
                                         request(.last = true, .first = NO_FIRST, .count = 3)};
    process(requests, 2);
    for (int i = 0; i < 2; i++) {
        assert_error(&requests[i]->answer.error, ERROR_NONE);
        assert_int_equal(requests[i]->answer.stored, i == 0 ? 5 : 3);
        assert_int_equal(requests[i]->answer.next, 8);
    }
    assert_true(requests[1]->answer.finished);
    discard_all(requests, 2);
    assert_int_equal(query("SELECT count(*) FROM bets"), 8);
}

// Nothing of a group that was stale is stored: what is found in its place is another server's.
static void what_another_server_stored_is_not_ours(void **state) {
    (void)state;
    open_playing(1);
    play.code = ERROR_STORE_STALE;
    play.stores = true;
    play.commits = 1;
    assert_stored(.first = NO_FIRST, .count = 5, .next = 10);
    assert_int_equal(query("SELECT count(*) FROM bets"), 10);
}

// A list that was made in vain is made again (and the first one is no leak).
static void a_list_is_made_again(void **state) {
    (void)state;
    open_playing(1);
    assert_stored(.first = 0, .count = 4, .next = 4);
    struct ledger_request *requests[] = {request(.first = 4, .count = 2), request(.first = 0, .count = 4)};
    requests[1]->input.wants_list = true;
    play.code = ERROR_STORE_AWAY;
    play.commits = 2;
    process(requests, 2);
    assert_error(&requests[1]->answer.error, ERROR_NONE);
    assert_int_equal(requests[1]->answer.piece_count, 2);
    discard_all(requests, 2);
}

// Agencies are locked first for some time after another server was quicker, and not for ever.
static void whoever_was_too_late_is_careful_for_some_time(void **state) {
    (void)state;
    open_playing(2);
    assert_stored(.first = 0, .count = 1, .next = 1);
    assert_int_equal(play.locked, 0);
    play.code = ERROR_STORE_AWAY;
    play.commits = 1;
    assert_stored(.first = 1, .count = 1, .next = 2);
    assert_int_equal(play.locked, 0);
    play.code = ERROR_STORE_STALE;
    play.commits = 1;
    struct ledger_request *requests[] = {request(.first = 2, .count = 1),
                                         request(.type = LEDGER_PASS, .first = 0),
                                         request(.agency = 2, .first = 0, .count = 1)};
    process(requests, 3);
    discard_all(requests, 3);
    assert_int_equal(play.locked, 2); // whoever asks for nothing locks nothing
    for (int i = 0; i < 80; i++) {
        assert_stored(.first = 0, .count = 1, .next = 3);
    }
    assert_int_equal(play.locked, 2 + 63);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        LEDGER_TEST(what_is_damaged_is_refused_alone),
        LEDGER_TEST(what_is_refused_is_refused_alone),
        LEDGER_TEST(who_was_refused_because_of_it_is_decided_on_again),
        LEDGER_TEST(one_is_refused_in_a_group_of_any_size),
        LEDGER_TEST(a_seal_in_either_half),
        LEDGER_TEST(an_end_that_is_refused_is_none),
        LEDGER_TEST(what_is_refused_and_cannot_be_read_again),
        LEDGER_TEST(who_asks_for_nothing_gets_no_other_answer),
        LEDGER_TEST(a_draw_is_noted_before_anybody_hears_of_it),
        LEDGER_TEST(it_is_tried_some_times_and_no_more),
        LEDGER_TEST(what_was_stored_all_the_same_is_stored_once),
        LEDGER_TEST(what_was_stored_with_its_end_is_no_bet_too_late),
        LEDGER_TEST(what_another_server_stored_is_not_ours),
        LEDGER_TEST(a_list_is_made_again),
        LEDGER_TEST(whoever_was_too_late_is_careful_for_some_time),
    };
    log_set_level(LOG_LEVEL_CRITICAL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
