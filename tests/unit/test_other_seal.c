// No draw is made when another seal of it is known by then, or something else has its result's place.
#include "sealing_story.h"

#include "ledger/check.h"
#include "seal/result.h"

#include <sys/stat.h>

static void order_draw(const struct error_code *code) {
    assert_error(&give(ORDER_DRAW, (struct order_input){.is_sure = true, .number = WINNING_NUMBER})->error,
                 code);
}

static void seal_manual_draw(void) {
    story.is_manual = true;
    begin_ledger();
    send(0, 3);
    seal_now();
    assert_true(is_shown());
}

static void assert_forked(struct slice other) {
    assert_int_equal(forks, 1);
    assert_kept_as("fork-0.note", other);
    assert_int_equal(query("SELECT count(*) FROM papers WHERE kind = 'fork'"), 1);
    assert_int_equal(query("SELECT count(*) FROM draws WHERE forked_at IS NULL"), 0);
    assert_int_equal(story.drawn, 0);
}

// In the folder
// ------------------------------------------------------------------------------------------------

// It is put there after this server's was shown.
static void one_that_comes_into_the_folder(void **state) {
    static char note[NOTE_BYTES_MAX];
    seal_manual_draw();
    struct slice other = other_seal(office.keys[0], note);
    write_kept("seal.note", other);
    order_draw(ERROR_FORKED);
    assert_forked(other);
    order_draw(ERROR_FORKED);
    assert_forked(other);
    (void)state;
}

static bool lose_reader(void *context, const char *draw, struct store **store, struct error *error) {
    (void)context, (void)draw, (void)store;
    return error_set(error, ERROR_STORE_AWAY, "the connection is lost");
}

// The bets could not be read again: the order is answered by a code that has a meaning outside.
static void a_store_that_is_away_meanwhile(void **state) {
    seal_manual_draw();
    story.ledger->options.open_reader = lose_reader;
    order_draw(ERROR_STORE_FAILED);
    assert_int_equal(story.drawn, 0);
    story.ledger->options.open_reader = open_reader; // the story's
    order_draw(ERROR_NONE);
    assert_int_equal(story.drawn, 1);
    (void)state;
}

static void a_file_that_is_no_seal_any_more(void **state) {
    static char note[NOTE_BYTES_MAX];
    seal_manual_draw();
    write_kept("seal.note", slice_of("nothing\n"));
    order_draw(ERROR_KEPT_OTHER);
    assert_int_equal(story.drawn, 0);
    assert_int_equal(remove(kept_path("seal.note")), 0);
    order_draw(ERROR_NONE);
    assert_kept_as("seal.note", shown_seal(note));
    assert_int_equal(forks, 0);
    (void)state;
}

// It was lost, with its disk, and an empty one put in its place.
static void a_folder_that_is_made_again(void **state) {
    static char note[NOTE_BYTES_MAX];
    char away[TEMPORARY_BYTES + 16];
    struct error error;
    seal_manual_draw();
    snprintf(away, sizeof away, "%s/away", office.folder);
    assert_int_equal(rename(office.seals, away), 0);
    order_draw(ERROR_SYSTEM);
    must(folder_make(office.seals, "1", &error), &error);
    order_draw(ERROR_NONE);
    assert_kept_as("seal.note", shown_seal(note));
    assert_int_equal(access(kept_path("rules-0.note"), R_OK), 0);
    assert_int_equal(access(kept_path("result.note"), R_OK), 0);
    (void)state;
}

// A draw of a number that is fixed is not ordered: it would follow by itself.
static void has_number(void) {
    story.ledger->draw.has_number = true;
    story.ledger->draw.winning_number = WINNING_NUMBER;
}

static void a_draw_that_follows_by_itself_looks_too(void **state) {
    static char note[NOTE_BYTES_MAX];
    seal_manual_draw();
    has_number();
    write_kept("seal.note", slice_of("nothing\n"));
    work_do(story.ledger);
    work_do(story.ledger);
    assert_int_equal(story.drawn, 0);
    assert_non_null(story.ledger->store);
    struct slice other = other_seal(office.keys[0], note);
    write_kept("seal.note", other);
    work_do(story.ledger);
    assert_forked(other);
    work_do(story.ledger);
    assert_forked(other);
    (void)state;
}

// While this server computes, and with another list in its folder's place for one.
static void one_that_is_found_is_recorded_first(void **state) {
    static char note[NOTE_BYTES_MAX];
    struct slice other = other_seal(office.keys[0], note);
    struct sealing *sealing;
    story.is_manual = true;
    begin_ledger();
    send(0, 3);
    work_do(story.ledger);
    sealing = &story.ledger->sealing;
    assert_non_null(sealing->task);
    write_kept("seal.json", slice_of("{}"));
    sealing->other = strndup(other.text, other.length); // as by a load, after another server's seal
    sealing->other_length = other.length;
    work_do(story.ledger);
    assert_forked(other);
    order_draw(ERROR_FORKED);
    (void)state;
}

// On a database without room for bets, which other servers draw from as well.
static void find_one_without_room(uint64_t trial_ms) {
    static char note[NOTE_BYTES_MAX];
    struct slice other = other_seal(office.keys[0], note);
    seal_manual_draw();
    struct ledger *ledger = story.ledger;
    story.room = 1;
    for (int round = 0; round < 2; round++) {       // as by two loads: the second time it is recorded already
        ledger->is_shared = ledger->failing = true; // its store is open again
        ledger->failure = CAUSE_DISK_FULL;
        ledger->trial.next_ms = trial_ms;
        ledger->sealing.other = strndup(other.text, other.length);
        ledger->sealing.other_length = other.length;
        work_do(ledger);
        assert_forked(other);
        assert_true(ledger->failing); // it is stored, and still no chunk can be
    }
}

static void one_that_is_found_needs_no_room_for_bets(void **state) {
    find_one_without_room(0);
    (void)state;
}

static void one_that_is_found_does_not_wait_for_a_trial(void **state) {
    find_one_without_room(UINT64_MAX);
    (void)state;
}

// This server's own list comes behind that. It is in nobody's way, and nothing is to be mended.
static void one_that_is_found_has_its_list_beside_it(void **state) {
    static char note[NOTE_BYTES_MAX];
    struct slice other = other_seal(office.keys[0], note);
    story.is_manual = true;
    begin_ledger();
    send(0, 3);
    compute();
    write_kept("seal.json", slice_of("{}"));
    story.ledger->sealing.other = strndup(other.text, other.length);
    story.ledger->sealing.other_length = other.length;
    work_do(story.ledger);
    assert_forked(other);
    assert_null(story.ledger->sealing.task);
    assert_int_equal(story.ledger->sealing.failures, 0);
    assert_kept_as("seal.json", slice_of("{}"));
    (void)state;
}

// In the result's place
// ---------------------------------------------------------------------------------------

static struct slice result_of(const struct result *result, size_t signers, char room[NOTE_BYTES_MAX]) {
    const struct signing_key *keys[] = {office.keys[0], office.keys[1]};
    char text[RESULT_BYTES_MAX];
    struct draft draft;
    struct error error;
    draft_begin(&draft, room, NOTE_BYTES_MAX);
    must(note_sign(&draft, (struct slice){text, result_write(result, text)}, keys, signers, &error), &error);
    return draft_text(&draft);
}

// Its winners would be told to nobody, and its number would stay for ever.
static void assert_not_made_beside(struct slice bytes, const char *says) {
    write_kept("result.note", bytes);
    order_draw(ERROR_KEPT_OTHER);
    if (strstr(office.order.answer.error.text, says) == NULL) {
        fail_msg("expected \"%s\", it says \"%s\"", says, office.order.answer.error.text);
    }
    assert_int_equal(story.drawn, 0);
    assert_int_equal(query("SELECT count(*) FROM draws WHERE winning_number IS NOT NULL"), 0);
    assert_kept_as("result.note", bytes);
}

static void a_file_that_is_no_result_of_this_draw(void **state) {
    static char room[NOTE_BYTES_MAX + 1];
    seal_manual_draw();
    const struct result own = {.origin = slice_of(SMALL_NAME "/1"),
                               .seal = story.ledger->sealing.hash,
                               .number = WINNING_NUMBER,
                               .winners = 1};
    struct result other = own;
    assert_not_made_beside(slice_of(""), "is no result of this draw: move it away");
    assert_not_made_beside(slice_of("nothing\n"), "is no result of this draw: move it away");
    other.origin = slice_of(SMALL_NAME "/2");
    assert_not_made_beside(result_of(&other, 1, room), "is no result of this draw: move it away");
    other = own;
    other.seal.bytes[0] ^= 1;
    assert_not_made_beside(result_of(&other, 1, room), "is of another seal of this draw");
    assert_not_made_beside(result_of(&own, 2, room), "has more than this draw's result");
    struct slice wrong = result_of(&own, 1, room);
    room[wrong.length - 8] ^= 1; // of its signature
    assert_not_made_beside(wrong, "is no result of this draw: move it away");
    memset(room, 'a', sizeof room);
    write_kept("result.note", (struct slice){room, sizeof room});
    order_draw(ERROR_KEPT_OTHER);
    write_kept("result.note", result_of(&own, 1, room));
    order_draw(ERROR_NONE);
    assert_int_equal(story.drawn, 1);
    (void)state;
}

static void a_folder_is_no_result_either(void **state) {
    seal_manual_draw();
    assert_int_equal(mkdir(kept_path("result.note"), 0700), 0);
    order_draw(ERROR_KEPT_OTHER);
    assert_int_equal(story.drawn, 0);
    assert_int_equal(rmdir(kept_path("result.note")), 0);
    order_draw(ERROR_NONE);
    assert_int_equal(story.drawn, 1);
    (void)state;
}

// The store is not at fault, and stays open.
static void a_draw_that_follows_by_itself_is_not_made_beside_it(void **state) {
    seal_manual_draw();
    has_number();
    write_kept("result.note", slice_of(""));
    work_do(story.ledger);
    assert_int_equal(story.drawn, 0);
    assert_int_equal(story.ledger->draw.state, DRAW_SEALED);
    assert_non_null(story.ledger->store);
    assert_int_equal(remove(kept_path("result.note")), 0);
    work_do(story.ledger);
    assert_int_equal(story.drawn, 1);
    (void)state;
}

// From agencies
// -------------------------------------------------------------------------------------------------

// With the seal, the draw would follow in the same piece of work.
static void one_that_was_shown_early(void **state) {
    static char note[NOTE_BYTES_MAX];
    begin_ledger();
    struct slice other = other_seal(office.keys[0], note);
    show(other, ERROR_NONE);
    send(0, 3);
    show(other, ERROR_NONE);
    compute();
    work_do(story.ledger);
    assert_forked(other);
    assert_true(is_shown());
    work_do(story.ledger);
    assert_int_equal(story.drawn, 0);
    show(other, ERROR_FORKED);
    assert_int_equal(forks, 1);
    (void)state;
}

// As that of a restored server is: it gets the same one again.
static void the_same_that_was_shown_early(void **state) {
    static char own[NOTE_BYTES_MAX], note[NOTE_BYTES_MAX];
    seal_manual_draw();
    struct slice before = shown_seal(own);
    story.ledger->draw.has_root = false;
    show(before, ERROR_NONE);
    story.ledger->draw.has_root = true;
    assert_int_equal(story.ledger->sealing.early.count, 1);
    show(other_seal(office.keys[1], note), ERROR_NONE); // of another key
    order_draw(ERROR_NONE);
    assert_int_equal(forks, 0);
    (void)state;
}

static void on_damage(void *context, const char *damage) {
    (void)context;
    fail_msg("damaged: %s", damage);
}

// As `quiniela check` does, beside the server.
static void check_all(struct check_result *result) {
    const struct check_watch watch = {.on_damage = on_damage};
    struct store *store;
    struct error error;
    must(store_open(story.path, "1", STORE_READ, &store, &error), &error);
    must(check_draw(store, &watch, result, &error), &error);
    store_close(&store);
}

// Nobody is told that it is not made.
static void one_that_is_shown_after_the_draw(void **state) {
    static char note[NOTE_BYTES_MAX];
    struct check_result checked;
    seal_manual_draw();
    order_draw(ERROR_NONE);
    check_all(&checked);
    assert_string_equal(checked.forked_at, "");
    show(other_seal(office.keys[0], note), ERROR_FORKED);
    assert_non_null(strstr(story.answer.text, "was made before that was known"));
    order_draw(ERROR_FORKED);
    assert_non_null(strstr(office.order.answer.error.text, "was made before that was known"));
    check_all(&checked);
    assert_string_equal(checked.forked_at, story.ledger->draw.forked_at);
    (void)state;
}

// Whoever has the key may sign any number of them.
static void two_of_those_are_enough(void **state) {
    struct early_seals early = {.count = 0};
    struct error error;
    size_t length;
    for (uint8_t i = 0; i < 5; i++) {
        const struct hash root = {{i}};
        const char text[] = {(char)('a' + i)};
        must(early_seals_add(&early, (struct slice){text, sizeof text}, &root, &error), &error);
        must(early_seals_add(&early, (struct slice){text, sizeof text}, &root, &error), &error);
    }
    assert_int_equal(early.count, EARLY_SEALS_MAX);
    char *other = early_seals_take_other(&early, (const uint8_t[HASH_BYTES]){0}, &length);
    assert_int_equal(length, 1);
    assert_int_equal(*other, 'b');
    free(other);
    assert_null(early_seals_take_other(&early, (const uint8_t[HASH_BYTES]){0}, &length));
    early_seals_free(&early);
    (void)state;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        SEALING_TEST(one_that_comes_into_the_folder),
        SEALING_TEST(a_store_that_is_away_meanwhile),
        SEALING_TEST(a_file_that_is_no_seal_any_more),
        SEALING_TEST(a_folder_that_is_made_again),
        SEALING_TEST(a_draw_that_follows_by_itself_looks_too),
        SEALING_TEST(one_that_is_found_is_recorded_first),
        SEALING_TEST(one_that_is_found_needs_no_room_for_bets),
        SEALING_TEST(one_that_is_found_does_not_wait_for_a_trial),
        SEALING_TEST(one_that_is_found_has_its_list_beside_it),
        SEALING_TEST(a_file_that_is_no_result_of_this_draw),
        SEALING_TEST(a_folder_is_no_result_either),
        SEALING_TEST(a_draw_that_follows_by_itself_is_not_made_beside_it),
        SEALING_TEST(one_that_was_shown_early),
        SEALING_TEST(the_same_that_was_shown_early),
        SEALING_TEST(one_that_is_shown_after_the_draw),
        cmocka_unit_test(two_of_those_are_enough),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
