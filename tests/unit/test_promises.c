// What the central signs is kept only where it is right, and a lie is kept beside what it contradicts.
#include "promises_taken.h"

#include "agency/errors.h"
#include "base/log.h"

// Receipts ------------------------------------------------------------------------------------------------

static void a_receipt_is_kept_as_it_came(void **state) {
    struct office *office = *state;
    char expected[BLOCK_ROOM], note[BASE64_TEXT_BYTES(1024)];
    give_chunk(office, 0, 10);
    base64_encode(office->note, strlen(office->note), note);
    snprintf(expected, sizeof expected, "entry %s\nindex 1\npath %s\nnote %s\n\n", office->entry,
             office->path, note);
    assert_string_equal(kept(office, "agency-3.receipts"), expected);
    assert_int_equal(promises_covered(office->promises), 10);
    assert_memory_equal(kept(office, "agency-3.rules-0"), office->rules, office->rules_length);
}

static void a_gap_is_not_covered(void **state) {
    struct office *office = *state;
    give_chunk(office, 0, 10);
    give_chunk(office, 20, 10);
    assert_int_equal(promises_covered(office->promises), 10);
    give_chunk(office, 10, 10); // what came before was not remembered, and is sent again
    assert_int_equal(promises_covered(office->promises), 20);
    must(open_office(office), &office->error);
    assert_int_equal(promises_covered(office->promises), 20);
}

static void change_digest(struct receipt *receipt) {
    receipt->digest.bytes[31] ^= 1;
}

static void change_agency(struct receipt *receipt) {
    receipt->agency++;
}

static void change_first(struct receipt *receipt) {
    receipt->first++;
}

static void change_count(struct receipt *receipt) {
    receipt->count--;
}

static void change_origin(struct receipt *receipt) {
    receipt->origin = slice_of(SMALL_NAME "/2026-11-26");
}

static void change_rules(struct receipt *receipt) {
    receipt->rules.bytes[0] ^= 1;
}

static void a_receipt_for_something_else_is_false(void **state) {
    struct office *office = *state;
    void (*const changes[])(struct receipt *) = {change_digest, change_agency, change_first,
                                                 change_count,  change_origin, change_rules};
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        struct sent sent = chunk_of(0, 10);
        struct reply reply = acknowledgement(office, &sent);
        struct receipt receipt = right_receipt(office, &sent);
        changes[i](&receipt);
        reply.receipt = receipt_made(office, &receipt, office->sealed->server);
        expect_refused(office, take_chunk(office, &sent, &reply), ERROR_FALSE_CLAIM, "the receipt");
        assert_int_equal(promises_covered(office->promises), 0);
        assert_string_equal(kept(office, "agency-3.receipts"), "");
        assert_non_null(kept(office, "agency-3.false-receipt"));
    }
}

static void a_receipt_that_is_not_signed_for_is_false(void **state) {
    struct office *office = *state;
    struct sent sent = chunk_of(0, 10);
    struct reply reply = acknowledgement(office, &sent);
    struct receipt receipt = right_receipt(office, &sent);
    struct signing_key *other = seal_key(SMALL_NAME, VKEY_ED25519, 0x33);
    reply.receipt = receipt_made(office, &receipt, other);
    expect_refused(office, take_chunk(office, &sent, &reply), ERROR_FALSE_CLAIM, "");
    reply = acknowledgement(office, &sent);
    reply.receipt.index = 0;
    expect_refused(office, take_chunk(office, &sent, &reply), ERROR_FALSE_CLAIM, "");
    reply = acknowledgement(office, &sent);
    reply.receipt.path_length = 0;
    expect_refused(office, take_chunk(office, &sent, &reply), ERROR_FALSE_CLAIM, "");
    reply = acknowledgement(office, &sent);
    reply.receipt.path[0].length--;
    expect_refused(office, take_chunk(office, &sent, &reply), ERROR_BAD_FORM, "path");
    reply = acknowledgement(office, &sent);
    reply.receipt.entry.length--;
    expect_refused(office, take_chunk(office, &sent, &reply), ERROR_BAD_FORM, "entry");
    assert_int_equal(promises_covered(office->promises), 0);
    signing_key_free(other);
}

// Nothing is false, but it is to be asked again.
static void what_is_missing_can_be_asked_for_again(void **state) {
    struct office *office = *state;
    struct sent sent = chunk_of(0, 10);
    struct reply reply = acknowledgement(office, &sent);
    reply.has_receipt = false;
    expect_refused(office, take_chunk(office, &sent, &reply), ERROR_NETWORK, "no receipt");
    reply = acknowledgement(office, &sent);
    struct receipt receipt = right_receipt(office, &sent);
    receipt.rules.bytes[0] ^= 1; // a record that came after the rules were told
    reply.receipt = receipt_made(office, &receipt, office->sealed->server);
    sent.wants.rules = false;
    expect_refused(office, take_chunk(office, &sent, &reply), ERROR_NETWORK, "asked for again");
    assert_null(kept(office, "agency-3.false-receipt"));
}

// A key or a list that was named by mistake.
static void a_file_of_something_else_stays_as_it_is(void **state) {
    struct office *office = *state;
    static const char *const others[] = {"a secret without a line end", "entr?", "Ana,Paz,1,1999-03-17,7574"};
    promises_close(&office->promises);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        FILE *file = fopen(office->receipts, "w");
        assert_non_null(file);
        fputs(others[i], file);
        fclose(file);
        expect_refused(office, open_office(office), ERROR_BAD_SETTING, ":1: is no line of a receipt");
        struct stat status;
        assert_int_equal(stat(office->receipts, &status), 0);
        assert_int_equal(status.st_size, strlen(others[i]));
    }
}

// Wherever it was cut off.
static void a_receipt_that_was_cut_off_counts_for_nothing(void **state) {
    struct office *office = *state;
    give_chunk(office, 0, 10);
    size_t first = strlen(kept(office, "agency-3.receipts"));
    give_chunk(office, 10, 10);
    size_t both = strlen(kept(office, "agency-3.receipts"));
    for (size_t cut = first + 1; cut < both; cut += 97) {
        assert_int_equal(truncate(office->receipts, (off_t)cut), 0);
        must(open_office(office), &office->error);
        assert_int_equal(promises_covered(office->promises), 10);
        assert_int_equal(strlen(kept(office, "agency-3.receipts")), first);
        give_chunk(office, 10, 10);
        assert_int_equal(strlen(kept(office, "agency-3.receipts")), both);
    }
}

static void what_is_no_file_of_receipts_is_left_alone(void **state) {
    struct office *office = *state;
    static const char csv[] = "Ana,Paz,1,1999-03-17,7574\nAna,Paz,1,1999-03-17,7574\n";
    promises_close(&office->promises);
    write_kept(office, "agency-3.receipts", slice_of(csv));
    expect_refused(office, open_office(office), ERROR_BAD_SETTING,
                   "agency-3.receipts:1: is no line of a receipt");
    assert_string_equal(kept(office, "agency-3.receipts"), csv);
    write_kept(office, "agency-3.receipts", slice_of("entry AAAA\nindex 0\npath\nnote AAAA\n\n"));
    expect_refused(office, open_office(office), ERROR_BAD_SETTING, "is no entry of a receipt");
}

static void a_place_is_for_one_agency_and_one_client(void **state) {
    struct office *office = *state;
    struct promises *other;
    struct promises_options options = {.agency = AGENCY + 1,
                                       .key = *signing_key_public(office->sealed->server),
                                       .receipts = office->receipts};
    give_chunk(office, 0, 10);
    expect_refused(office, promises_open(&options, &other, &office->error), ERROR_BAD_SETTING,
                   "another client");
    promises_close(&office->promises);
    expect_refused(office, promises_open(&options, &other, &office->error), ERROR_BAD_SETTING,
                   "of another agency");
    assert_null(other);
}

static void a_place_that_cannot_be_written_is_refused(void **state) {
    struct office *office = *state;
    promises_close(&office->promises);
    snprintf(office->receipts, sizeof office->receipts, "%s/nowhere/receipts", office->folder);
    expect_refused(office, open_office(office), ERROR_SYSTEM, "nowhere/receipts: ");
    snprintf(office->receipts, sizeof office->receipts, "%s", office->folder);
    expect_refused(office, open_office(office), ERROR_SYSTEM, office->folder);
    snprintf(office->receipts, sizeof office->receipts, "/dev/null");
    expect_refused(office, open_office(office), ERROR_BAD_SETTING, "no regular file");
}

// Rules ---------------------------------------------------------------------------------------------------

static void later_records_are_kept_and_none_is_forgotten(void **state) {
    struct office *office = *state;
    struct rules *later = later_rules(office, 9);
    size_t one = office->rules_length;
    give_chunk(office, 0, 10);
    add_rules(office, office->sealed->server, later->text);
    give_chunk(office, 10, 10);
    assert_memory_equal(kept(office, "agency-3.rules-1"), office->rules + one, office->rules_length - one);
    must(open_office(office), &office->error);
    office->rules_length = one; // it was put back, and has forgotten
    struct sent sent = chunk_of(20, 10);
    struct reply reply = acknowledgement(office, &sent);
    expect_refused(office, take_chunk(office, &sent, &reply), ERROR_NETWORK,
                   "has 1 records of the rules, and had 2");
    rules_free(later);
}

static void a_fork_of_the_rules_is_kept_with_what_it_contradicts(void **state) {
    struct office *office = *state;
    struct rules *one = later_rules(office, 8), *other = later_rules(office, 9);
    size_t length = office->rules_length;
    add_rules(office, office->sealed->server, one->text);
    give_chunk(office, 0, 10);
    office->rules_length = length;
    add_rules(office, office->sealed->server, other->text);
    struct sent sent = chunk_of(10, 10);
    struct reply reply = acknowledgement(office, &sent);
    expect_refused(office, take_chunk(office, &sent, &reply), ERROR_FALSE_CLAIM,
                   "another record 1 of the rules");
    assert_memory_equal(kept(office, "agency-3.rules-1"), one->text.text, one->text.length);
    assert_memory_equal(kept(office, "agency-3.other-rules-1"), other->text.text, other->text.length);
    rules_free(one);
    rules_free(other);
}

static void rules_of_another_key_or_none_are_refused(void **state) {
    struct office *office = *state;
    struct sent sent = chunk_of(0, 10);
    struct signing_key *other = seal_key(SMALL_NAME, VKEY_ED25519, 0x33);
    struct reply reply = acknowledgement(office, &sent);
    reply.rules.text = NULL;
    expect_refused(office, take_chunk(office, &sent, &reply), ERROR_NOT_SIGNED, "does not tell the rules");
    reply.is_unsigned = true;
    expect_refused(office, take_chunk(office, &sent, &reply), ERROR_NOT_SIGNED, "is not signed");
    office->rules_length = 0;
    add_rules(office, other, office->sealed->rules->text);
    reply = acknowledgement(office, &sent);
    expect_refused(office, take_chunk(office, &sent, &reply), ERROR_OTHER_KEY, "ask whoever gave it");
    reply.rules.length = 0;
    expect_refused(office, take_chunk(office, &sent, &reply), ERROR_BAD_FORM, "empty");
    reply.rules = bet_slice_of("quiniela", 8);
    expect_refused(office, take_chunk(office, &sent, &reply), ERROR_BAD_FORM, "");
    assert_null(kept(office, "agency-3.rules-0"));
    assert_int_equal(promises_covered(office->promises), 0);
    signing_key_free(other);
}

// Of the rules, or of the receipts alone where the rules were moved away.
static void files_of_another_draw_are_in_the_way(void **state) {
    struct office *office = *state;
    give_chunk(office, 0, 10);
    struct rules rules = small_rules(office->sealed);
    rules.origin = slice_of(SMALL_NAME "/2026-11-26");
    struct rules *next_night = rules_made(&rules);
    office->rules_length = 0;
    add_rules(office, office->sealed->server, next_night->text);
    struct sent sent = chunk_of(0, 10);
    struct reply reply = acknowledgement(office, &sent);
    expect_refused(office, take_chunk(office, &sent, &reply), ERROR_OTHER_DRAW, "name another place");
    assert_null(kept(office, "agency-3.other-rules-0"));
    char path[TEMPORARY_BYTES + 64];
    snprintf(path, sizeof path, "%s/agency-3.rules-0", office->folder);
    assert_int_equal(remove(path), 0);
    must(open_office(office), &office->error);
    expect_refused(office, take_chunk(office, &sent, &reply), ERROR_OTHER_DRAW, "name another place");
    assert_null(kept(office, "agency-3.rules-0"));
    rules_free(next_night);
}

// Seal, result and key ------------------------------------------------------------------------------------

static void the_first_seal_is_kept_and_known_again(void **state) {
    struct office *office = *state;
    struct reply reply = waiting(office);
    bool is_new;
    must(take_waiting(office, &reply, &is_new), &office->error);
    assert_false(is_new);
    assert_null(promises_seal(office->promises).text);
    reply = sealed_answer(office);
    must(take_waiting(office, &reply, &is_new), &office->error);
    assert_true(is_new);
    must(open_office(office), &office->error);
    struct bet_slice seal = promises_seal(office->promises);
    assert_int_equal(seal.length, office->sealed->note_length);
    assert_memory_equal(seal.text, office->sealed->note, seal.length);
    must(take_waiting(office, &reply, &is_new), &office->error);
    assert_false(is_new);
}

static void a_second_seal_is_kept_and_stops_it(void **state) {
    struct office *office = *state;
    char note[1024];
    struct reply reply = sealed_answer(office);
    bool is_new;
    must(take_waiting(office, &reply, &is_new), &office->error);
    reply.seal = bet_slice_of(note, other_seal(office, note));
    expect_refused(office, take_waiting(office, &reply, &is_new), ERROR_FALSE_CLAIM,
                   "has sealed this draw twice");
    assert_memory_equal(kept(office, "agency-3.seal"), office->sealed->note, office->sealed->note_length);
    assert_memory_equal(kept(office, "agency-3.other-seal"), note, reply.seal.length);
}

static void a_seal_that_is_none_is_not_kept(void **state) {
    struct office *office = *state;
    struct signing_key *other = seal_key(SMALL_NAME, VKEY_ED25519, 0x33);
    struct checkpoint seal = office->sealed->seal;
    char note[1024], text[CHECKPOINT_BYTES_MAX];
    bool is_new;
    struct reply reply = waiting(office);
    reply.seal = bet_slice_of(note, note_made(other, seal_text(office->sealed), note, sizeof note));
    expect_refused(office, take_waiting(office, &reply, &is_new), ERROR_FALSE_CLAIM, "");
    seal.origin = slice_of(SMALL_NAME "/2026-11-26");
    size_t length = checkpoint_write(&seal, text);
    reply.seal = bet_slice_of(
        note, note_made(office->sealed->server, (struct slice){text, length}, note, sizeof note));
    expect_refused(office, take_waiting(office, &reply, &is_new), ERROR_FALSE_CLAIM, "of another draw");
    seal = office->sealed->seal;
    seal.size++; // of the tree that the rules fix
    length = checkpoint_write(&seal, text);
    reply.seal = bet_slice_of(
        note, note_made(office->sealed->server, (struct slice){text, length}, note, sizeof note));
    expect_refused(office, take_waiting(office, &reply, &is_new), ERROR_FALSE_CLAIM,
                   "entries, and the rules of");
    assert_null(kept(office, "agency-3.seal"));
    assert_null(kept(office, "agency-3.other-seal"));
    signing_key_free(other);
}

static void winners_need_the_seal_and_one_result(void **state) {
    struct office *office = *state;
    char note[1024], other[1024];
    struct reply reply = sealed_answer(office);
    expect_refused(office, take_winners(office, &reply), ERROR_FALSE_CLAIM, "without the seal");
    size_t length = result_of(office, 7574, note);
    reply.result = bet_slice_of(note, length);
    must(take_winners(office, &reply), &office->error);
    must(take_winners(office, &reply), &office->error);
    assert_memory_equal(kept(office, "agency-3.result"), note, reply.result.length);
    assert_non_null(kept(office, "agency-3.seal"));
    reply.result = bet_slice_of(other, result_of(office, 7575, other));
    expect_refused(office, take_winners(office, &reply), ERROR_FALSE_CLAIM, "two results");
    assert_memory_equal(kept(office, "agency-3.result"), note, length);
    assert_memory_equal(kept(office, "agency-3.other-result"), other, reply.result.length);
}

static void a_result_of_another_seal_is_false(void **state) {
    struct office *office = *state;
    char note[1024];
    struct reply reply = sealed_answer(office);
    office->sealed->hash.bytes[0] ^= 1;
    reply.result = bet_slice_of(note, result_of(office, 7574, note));
    expect_refused(office, take_winners(office, &reply), ERROR_FALSE_CLAIM, "of another seal");
    assert_null(kept(office, "agency-3.result"));
}

static void the_salt_key_is_a_file_of_one_line(void **state) {
    struct office *office = *state;
    static const char key[] = "PwhjgRgKwbYAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    struct reply reply = sealed_answer(office);
    bool is_new;
    reply.key = bet_slice_of(key, sizeof key - 2);
    expect_refused(office, take_waiting(office, &reply, &is_new), ERROR_BAD_FORM, "salt key");
    assert_true(promises_lack_key(office->promises));
    reply.key = bet_slice_of(key, sizeof key - 1);
    must(take_waiting(office, &reply, &is_new), &office->error);
    assert_false(promises_lack_key(office->promises));
    assert_memory_equal(kept(office, "agency-3.salt-key"), key, sizeof key - 1);
    assert_int_equal(strlen(kept(office, "agency-3.salt-key")), sizeof key);
    must(open_office(office), &office->error);
    assert_false(promises_lack_key(office->promises));
}

// The result of another draw, by the same central. Returns the note's length.
static size_t last_nights(const struct office *office, char note[1024]) {
    struct result result = {.origin = slice_of(SMALL_NAME "/2026-11-24"), .number = 7574};
    char text[RESULT_BYTES_MAX];
    size_t length = result_write(&result, text);
    return note_made(office->sealed->server, (struct slice){text, length}, note, 1024);
}

// Nobody has signed two results: one of them is of the night before.
static void a_result_of_another_draw_is_in_the_way(void **state) {
    struct office *office = *state;
    char left[1024], note[1024];
    size_t length = last_nights(office, left);
    struct reply reply = sealed_answer(office);
    bool is_new;
    write_kept(office, "agency-3.result", (struct slice){left, length});
    expect_refused(office, open_office(office), ERROR_BAD_SETTING,
                   "agency-3.result: is there without a seal");
    write_kept(office, "agency-3.seal", (struct slice){office->sealed->note, office->sealed->note_length});
    expect_refused(office, open_office(office), ERROR_BAD_SETTING, "agency-3.result: is of draw " SMALL_NAME);
    assert_int_equal(unlink(path_of(office, "agency-3.result")), 0);
    must(open_office(office), &office->error);
    must(take_waiting(office, &reply, &is_new), &office->error);
    write_kept(office, "agency-3.result", (struct slice){left, length}); // put there meanwhile
    reply.result = bet_slice_of(note, result_of(office, 7574, note));
    expect_refused(office, take_winners(office, &reply), ERROR_BAD_SETTING, "agency-3.result: is of draw ");
    assert_null(kept(office, "agency-3.other-result"));
    write_kept(office, "agency-3.result", slice_of("garbage"));
    expect_refused(office, take_winners(office, &reply), ERROR_BAD_SETTING, "move the files of another draw");
}

static void a_salt_key_of_another_draw_is_in_the_way(void **state) {
    struct office *office = *state;
    static const char key[] = "PwhjgRgKwbYAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n";
    const struct slice bad[] = {slice_of("-----BEGIN PRIVATE KEY-----\n"), {key, sizeof key - 2}, {"", 0}};
    write_kept(office, "agency-3.salt-key", slice_of(key));
    expect_refused(office, open_office(office), ERROR_BAD_SETTING,
                   "agency-3.salt-key: is there without a seal");
    write_kept(office, "agency-3.seal", (struct slice){office->sealed->note, office->sealed->note_length});
    must(open_office(office), &office->error);
    assert_false(promises_lack_key(office->promises));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        write_kept(office, "agency-3.salt-key", bad[i]);
        expect_refused(office, open_office(office), ERROR_BAD_SETTING,
                       "agency-3.salt-key: is there, and is no salt key");
    }
}

static void no_salt_key_is_taken_before_the_seal(void **state) {
    struct office *office = *state;
    static const char key[] = "PwhjgRgKwbYAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    struct reply reply = waiting(office);
    bool is_new;
    reply.key = bet_slice_of(key, sizeof key - 1);
    must(take_waiting(office, &reply, &is_new), &office->error);
    assert_null(kept(office, "agency-3.salt-key"));
    assert_true(promises_lack_key(office->promises));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(a_receipt_is_kept_as_it_came),
        TEST(a_gap_is_not_covered),
        TEST(a_receipt_for_something_else_is_false),
        TEST(a_receipt_that_is_not_signed_for_is_false),
        TEST(what_is_missing_can_be_asked_for_again),
        TEST(a_file_of_something_else_stays_as_it_is),
        TEST(a_receipt_that_was_cut_off_counts_for_nothing),
        TEST(what_is_no_file_of_receipts_is_left_alone),
        TEST(a_place_is_for_one_agency_and_one_client),
        TEST(a_place_that_cannot_be_written_is_refused),
        TEST(later_records_are_kept_and_none_is_forgotten),
        TEST(a_fork_of_the_rules_is_kept_with_what_it_contradicts),
        TEST(rules_of_another_key_or_none_are_refused),
        TEST(files_of_another_draw_are_in_the_way),
        TEST(the_first_seal_is_kept_and_known_again),
        TEST(a_second_seal_is_kept_and_stops_it),
        TEST(a_seal_that_is_none_is_not_kept),
        TEST(winners_need_the_seal_and_one_result),
        TEST(a_result_of_another_seal_is_false),
        TEST(a_result_of_another_draw_is_in_the_way),
        TEST(a_salt_key_of_another_draw_is_in_the_way),
        TEST(no_salt_key_is_taken_before_the_seal),
        TEST(the_salt_key_is_a_file_of_one_line),
    };
    log_set_level(LOG_LEVEL_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
