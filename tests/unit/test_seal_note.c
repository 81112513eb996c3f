// A note is signed by exactly whom it says, and within its bounds.
#include "seal_flips.h"
#include "seal_story.h"

#include "seal/cosignature.h"

#include <openssl/pem.h>

static const char first_text[] =
    "lottery.example/central/2026-11-25\n6\nAJ4ecKAKW/OwfG03nwYIrXCyVWtaMQgQZBI+MSEA6FI=\n";

static char room[NOTE_BYTES_MAX + 1024];
static struct note note; // large

static int begin(void **state) {
    *state = seal_small();
    return 0;
}

static int end(void **state) {
    seal_end(*state);
    return 0;
}

static struct slice sign(struct sealed *sealed, const char *text, int signatures) {
    struct draft draft;
    struct error error;
    const struct signing_key *keys[] = {sealed->server, sealed->approver};
    draft_begin(&draft, room, sizeof room);
    assert_true(note_sign(&draft, slice_of(text), keys, (size_t)signatures, &error));
    return draft_text(&draft);
}

static bool check_both(void *context, struct slice bytes, struct error *error) {
    struct sealed *sealed = context;
    return note_parse("the note", bytes, &note, error) &&
           note_check(&note, signing_key_public(sealed->server), error) &&
           note_check(&note, signing_key_public(sealed->approver), error);
}

static void two_signatures(void **state) {
    struct sealed *sealed = *state;
    struct slice bytes = sign(sealed, first_text, 2);
    assert_int_equal(assert_flips_refused(bytes, check_both, sealed), 8 * bytes.length);
    assert_lengths_refused(bytes, check_both, sealed);
}

static void the_same_text_gives_the_same_bytes(void **state) {
    struct sealed *sealed = *state;
    char held[1024];
    struct slice bytes = sign(sealed, first_text, 2);
    memcpy(held, bytes.text, bytes.length);
    struct slice again = sign(sealed, first_text, 2);
    assert_true(slice_equal((struct slice){held, bytes.length}, again));
}

// A line of a key that nobody knows; its payload has `length` bytes.
static void add_unknown(struct draft *draft, const char *name, size_t length) {
    uint8_t bytes[128] = {1, 2, 3, 4, 5};
    draft_print(draft, "\xE2\x80\x94 %s ", name);
    draft_base64(draft, bytes, 4 + length);
    draft_print(draft, "\n");
}

static void unknown_keys_are_reported(void **state) {
    struct sealed *sealed = *state;
    struct draft draft;
    struct error error;
    const struct vkey *keys[] = {signing_key_public(sealed->server), signing_key_public(sealed->approver)};
    draft_begin(&draft, room, sizeof room);
    draft.length = sign(sealed, first_text, 2).length;
    add_unknown(&draft, "somebody.else", 64);
    add_unknown(&draft, SMALL_NAME, 1); // the server's name, and another id
    add_unknown(&draft, "caf\xC3\xA9", 100);
    assert_true(check_both(sealed, draft_text(&draft), &error));
    assert_int_equal(note.count, 5);
    for (size_t i = 0; i < note.count; i++) {
        assert_int_equal(note_signature_is_of(&note.signatures[i], keys[0]), i == 0);
        assert_int_equal(note_signature_is_of(&note.signatures[i], keys[1]), i == 1);
    }
    assert_int_equal(note.signatures[2].line, 7);
}

static void a_known_key_signs_once(void **state) {
    struct sealed *sealed = *state;
    struct draft draft;
    struct error error;
    draft_begin(&draft, room, sizeof room);
    size_t length = sign(sealed, first_text, 2).length;
    const char *line = memmem(room, length, "\n\n", 2);
    assert_non_null(line);
    line += 2;
    draft.length = length;
    size_t line_length = (size_t)((const char *)memchr(line, '\n', 512) - line) + 1;
    draft_add(&draft, (struct slice){line, line_length}); // the same once more, and right
    assert_false(check_both(sealed, draft_text(&draft), &error));
    assert_error(&error, ERROR_BAD_FORM);
    assert_string_equal(error.text, "the note, line 7: is a further signature of lottery.example/central");
}

static void who_has_not_signed(void **state) {
    struct sealed *sealed = *state;
    struct error error;
    bool has_signed;
    struct slice bytes = sign(sealed, first_text, 1);
    assert_false(check_both(sealed, bytes, &error));
    assert_error(&error, ERROR_FALSE_CLAIM);
    assert_string_equal(error.text, "the note: is not signed by inspector.example/garcia");
    assert_true(note_check_if_signed(&note, signing_key_public(sealed->approver), &has_signed, &error));
    assert_false(has_signed);
    assert_false(note_check(&note, signing_key_public(sealed->witness), &error)); // a witness signs no note
    assert_error(&error, ERROR_BAD_FORM);
}

static void expect_bad(const char *bytes, const char *why) {
    struct error error;
    if (note_parse("the note", slice_of(bytes), &note, &error)) {
        fail_msg("taken, though it should be: %s", why);
    }
    assert_error(&error, ERROR_BAD_FORM);
    assert_string_equal(error.text, why);
}

#define LINE "\xE2\x80\x94 a AQIDBAU=\n"

static void other_forms(void **state) {
    (void)state;
    expect_bad("", "the note: has no empty line before signatures");
    expect_bad("a\n", "the note: has no empty line before signatures");
    expect_bad("a\n\n", "the note, line 3: is missing");
    expect_bad("a\n\n\xE2\x80\x94 a AQIDBAU=", "the note, line 3: does not end in a line end");
    expect_bad("a\n\n" LINE "\n", "the note, line 5: is missing");
    expect_bad("a\n\n- a AQIDBAU=\n", "the note, line 3: is no signature: a dash, a name and base64");
    expect_bad("a\n\n\xE2\x80\x94  a AQIDBAU=\n",
               "the note, line 3: is no signature: a dash, a name and base64");
    expect_bad("a\n\n\xE2\x80\x94 a b AQIDBAU=\n",
               "the note, line 3: is no signature: a dash, a name and base64");
    expect_bad("a\n\n\xE2\x80\x94 a+b AQIDBAU=\n",
               "the note, line 3: is no signature: a dash, a name and base64");
    expect_bad("a\n\n\xE2\x80\x94 a\xC2\xA0"
               "b AQIDBAU=\n",
               "the note, line 3: is no signature: a dash, a name and base64");
    expect_bad("a\n\n" LINE "\xE2\x80\x94 a AQIDBAU\n",
               "the note, line 4: has a signature that is no base64 of an id and more");
    expect_bad("a\n\n\xE2\x80\x94 a AQIDBA==\n",
               "the note, line 3: has a signature that is no base64 of an id and more");
    expect_bad("a\n\n\xE2\x80\x94 a AQIDBAU=\r\n",
               "the note, line 3: has a signature that is no base64 of an id and more");
    expect_bad("a\nb\tc\n\n" LINE, "the note, line 2: has a control character, or is no UTF-8");
    expect_bad("a\n\xFF\n\n" LINE, "the note, line 2: has a control character, or is no UTF-8");
}

static void bounds(void **state) {
    (void)state;
    struct draft draft;
    struct error error;
    draft_begin(&draft, room, sizeof room);
    draft_print(&draft, "a\n\n");
    for (int i = 0; i < NOTE_SIGNATURES_MAX; i++) {
        draft_print(&draft, LINE);
    }
    assert_true(note_parse("the note", draft_text(&draft), &note, &error));
    assert_int_equal(note.count, NOTE_SIGNATURES_MAX);
    draft_print(&draft, LINE);
    assert_false(note_parse("the note", draft_text(&draft), &note, &error));
    assert_string_equal(error.text, "the note, line 67: is signature 65, and at most 64 are read");
    memset(room, 'a', sizeof room);
    memcpy(room + NOTE_BYTES_MAX - sizeof "\n\n" LINE + 1, "\n\n" LINE, sizeof "\n\n" LINE - 1);
    assert_true(note_parse("the note", (struct slice){room, NOTE_BYTES_MAX}, &note, &error));
    memset(room, 'a', sizeof room);
    memcpy(room + NOTE_BYTES_MAX - sizeof "\n\n" LINE + 2, "\n\n" LINE, sizeof "\n\n" LINE - 1);
    assert_false(note_parse("the note", (struct slice){room, NOTE_BYTES_MAX + 1}, &note, &error));
    assert_string_equal(error.text, "the note: has 65537 bytes, more than 65536");
}

static void keys_have_one_text(void **state) {
    struct sealed *sealed = *state;
    static const char good[] =
        "lottery.example/central+ceca6345+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4";
    struct vkey key;
    struct error error;
    char copy[sizeof good], text[VKEY_TEXT_BYTES];
    assert_true(vkey_parse(slice_of(good), &key, &error));
    assert_true(vkey_equal(&key, signing_key_public(sealed->server)));
    for (size_t bit = 0; bit < 8 * (sizeof good - 1); bit++) {
        memcpy(copy, good, sizeof good);
        copy[bit / 8] = (char)(copy[bit / 8] ^ 1 << bit % 8);
        assert_false(vkey_parse((struct slice){copy, sizeof good - 1}, &key, &error));
        assert_error(&error, ERROR_BAD_FORM);
    }
    for (size_t length = 0; length < sizeof good - 1; length++) {
        assert_false(vkey_parse((struct slice){good, length}, &key, &error));
    }
    vkey_format(signing_key_public(sealed->witness), text);
    assert_true(vkey_parse(slice_of(text), &key, &error));
    assert_int_equal(key.type, VKEY_COSIGNATURE);
}

// A key of another kind, as PEM. Returns its length.
static size_t make_other_kind(char *text, size_t max) {
    EVP_PKEY *pkey = EVP_EC_gen("P-256");
    BIO *bio = BIO_new(BIO_s_mem());
    assert_int_equal(PEM_write_bio_PKCS8PrivateKey(bio, pkey, NULL, NULL, 0, NULL, NULL), 1);
    int length = BIO_read(bio, text, (int)max);
    assert_true(length > 0 && (size_t)length < max);
    BIO_free(bio);
    EVP_PKEY_free(pkey);
    return (size_t)length;
}

static void a_key_in_a_file(void **state) {
    struct sealed *sealed = *state;
    char pem[512];
    size_t length;
    struct error error;
    assert_true(signing_key_to_pem(sealed->server, pem, sizeof pem, &length, &error));
    struct signing_key *key =
        signing_key_from_pem(slice_of(SMALL_NAME), VKEY_ED25519, (struct slice){pem, length}, &error);
    assert_non_null(key);
    assert_true(vkey_equal(signing_key_public(key), signing_key_public(sealed->server)));
    signing_key_free(key);
    assert_false(signing_key_to_pem(sealed->server, pem, 20, &length, &error));
    char other[512];
    struct slice other_pem = {other, make_other_kind(other, sizeof other)};
    assert_null(signing_key_from_pem(slice_of("a"), VKEY_ED25519, other_pem, &error));
    assert_string_equal(error.text, "the signing key is of another kind than Ed25519");
    assert_null(signing_key_from_pem(slice_of("a"), VKEY_ED25519, slice_of("nothing"), &error));
    assert_string_equal(error.text, "the signing key is no private key in PEM");
    struct signing_key *one = signing_key_generate(slice_of("a"), VKEY_ED25519, &error);
    struct signing_key *two = signing_key_generate(slice_of("a"), VKEY_ED25519, &error);
    assert_false(vkey_equal(signing_key_public(one), signing_key_public(two)));
    signing_key_free(one);
    signing_key_free(two);
}

// Witnesses ------------------------------------------------------------------------------------------------

static bool check_witness(void *context, struct slice bytes, struct error *error) {
    struct sealed *sealed = context;
    bool has_signed;
    uint64_t time;
    return note_parse("the seal", bytes, &note, error) &&
           note_check(&note, signing_key_public(sealed->server), error) &&
           cosignature_check(&note, signing_key_public(sealed->witness), &has_signed, &time, error) &&
           (has_signed || error_set(error, ERROR_FALSE_CLAIM, "no witness"));
}

// As C2SP has it: what is signed, and the line.
static void a_witness_signs_a_time_and_the_seal(void **state) {
    struct sealed *sealed = *state;
    struct draft draft;
    struct error error;
    char message[512], line[256], base64[128], lines[512];
    uint8_t payload[4 + 8 + SIGNATURE_BYTES] = {0x85, 0x8e, 0xcd, 0x0c, 0, 0, 0, 0, 0x6b, 0x07, 0x1c, 0x4c};
    int length = snprintf(message, sizeof message, "cosignature/v1\ntime 1795628108\n%.*s",
                          (int)sealed->text_length, sealed->text);
    assert_true(signing_key_sign(sealed->witness, message, (size_t)length, payload + 12, &error));
    base64_encode(payload, sizeof payload, base64);
    (void)snprintf(line, sizeof line, "\xE2\x80\x94 witness.example/w1 %s\n", base64);
    draft_begin(&draft, lines, sizeof lines);
    assert_true(cosignature_add(&draft, seal_text(sealed), sealed->witness, 0x6b071c4c, &error));
    assert_true(slice_is(draft_text(&draft), line));
}

static void a_witness(void **state) {
    struct sealed *sealed = *state;
    struct draft draft;
    struct error error;
    bool has_signed;
    uint64_t time = 0;
    draft_begin(&draft, room, sizeof room);
    draft_add(&draft, seal_note(sealed));
    assert_true(note_parse("the seal", draft_text(&draft), &note, &error));
    assert_true(cosignature_check(&note, signing_key_public(sealed->witness), &has_signed, &time, &error));
    assert_false(has_signed);
    assert_true(cosignature_add(&draft, seal_text(sealed), sealed->witness, 1795640460, &error));
    assert_true(note_parse("the seal", draft_text(&draft), &note, &error));
    assert_true(cosignature_check(&note, signing_key_public(sealed->witness), &has_signed, &time, &error));
    assert_true(has_signed);
    assert_int_equal(time, 1795640460);
    assert_flips_refused(draft_text(&draft), check_witness, sealed);
    assert_false(cosignature_check(&note, signing_key_public(sealed->server), &has_signed, &time, &error));
    assert_error(&error, ERROR_BAD_FORM);
}

// What witnesses send back is added to the seal, one by one.
static void witnesses_are_added(void **state) {
    struct sealed *sealed = *state;
    static struct note more;
    struct signing_key *other = seal_key("witness.example/w2", VKEY_COSIGNATURE, 0x70);
    struct vkey witnesses[] = {*signing_key_public(sealed->witness), *signing_key_public(other)};
    char sent[4096];
    struct draft draft, answer;
    struct error error;
    bool has_signed;
    uint64_t time;
    size_t added;
    draft_begin(&draft, room, sizeof room);
    draft_add(&draft, seal_note(sealed));
    for (int i = 0; i < 3; i++) { // the second witness comes twice, with a later time
        draft_begin(&answer, sent, sizeof sent);
        draft_add(&answer, seal_note(sealed));
        add_unknown(&answer, "somebody.else", 64);
        assert_true(cosignature_add(&answer, seal_text(sealed), i == 0 ? sealed->witness : other,
                                    (uint64_t)(100 + i), &error));
        assert_true(note_parse("the answer", draft_text(&answer), &more, &error));
        assert_true(note_parse("the seal", draft_text(&draft), &note, &error));
        assert_true(cosignature_join(&draft, &note, &more, witnesses, 2, &added, &error));
        assert_int_equal(added, i < 2);
    }
    assert_true(note_parse("the seal", draft_text(&draft), &note, &error));
    assert_int_equal(note.count, 3);
    assert_true(cosignature_check(&note, &witnesses[1], &has_signed, &time, &error) && has_signed);
    assert_int_equal(time, 101);
    sent[answer.length - 10] ^= 1; // a signature that is wrong
    assert_true(note_parse("the answer", draft_text(&answer), &more, &error));
    assert_false(cosignature_join(&draft, &note, &more, witnesses, 2, &added, &error));
    assert_error(&error, ERROR_FALSE_CLAIM);
    sent[0] ^= 1; // another text
    assert_true(note_parse("the answer", draft_text(&answer), &more, &error));
    assert_false(cosignature_join(&draft, &note, &more, witnesses, 2, &added, &error));
    assert_string_equal(error.text, "the answer: is of another text than the seal");
    signing_key_free(other);
}

// The seal with the cosignature of that time, in static memory.
static struct slice cosigned_at(const struct sealed *sealed, const struct signing_key *witness,
                                uint64_t time) {
    static char rooms[4][4096];
    static size_t next;
    struct draft draft;
    struct error error;
    draft_begin(&draft, rooms[next++ % 4], sizeof rooms[0]);
    draft_add(&draft, seal_note(sealed));
    assert_true(cosignature_add(&draft, seal_text(sealed), witness, time, &error));
    return draft_text(&draft);
}

static void of_each_witness_the_earliest_is_gathered(void **state) {
    struct sealed *sealed = *state;
    static struct note more;
    struct signing_key *other = seal_key("witness.example/w2", VKEY_COSIGNATURE, 0x70);
    struct vkey witnesses[] = {*signing_key_public(sealed->witness), *signing_key_public(other)};
    struct slice notes[] = {cosigned_at(sealed, other, 300), cosigned_at(sealed, sealed->witness, 200),
                            cosigned_at(sealed, other, 100), cosigned_at(sealed, other, 100)};
    struct draft draft;
    struct error error;
    bool has_signed;
    uint64_t time;
    size_t added;
    static const size_t pairs[][3] = {{0, 2, 1}, {2, 0, 0}, {2, 3, 0}}; // only an earlier one is another
    for (size_t i = 0; i < 3; i++) {
        draft_begin(&draft, room, sizeof room);
        assert_true(note_parse("the seal", notes[pairs[i][0]], &note, &error));
        assert_true(note_parse("the answer", notes[pairs[i][1]], &more, &error));
        assert_true(cosignature_join(&draft, &note, &more, witnesses, 2, &added, &error));
        assert_int_equal(added, pairs[i][2]);
    }
    draft_begin(&draft, room, sizeof room);
    draft_add(&draft, seal_note(sealed));
    assert_true(cosignatures_gather(&draft, notes, 4, witnesses, 2, &error));
    assert_true(note_parse("the seal", draft_text(&draft), &note, &error));
    assert_int_equal(note.count, 3);
    assert_true(cosignature_check(&note, &witnesses[0], &has_signed, &time, &error) && has_signed);
    assert_int_equal(time, 200);
    assert_true(cosignature_check(&note, &witnesses[1], &has_signed, &time, &error) && has_signed);
    assert_int_equal(time, 100);
    draft_begin(&draft, room, seal_note(sealed).length + 10); // no room for a line
    draft_add(&draft, seal_note(sealed));
    assert_false(cosignatures_gather(&draft, notes, 4, witnesses, 2, &error));
    assert_error(&error, ERROR_BAD_FORM);
    ((char *)notes[1].text)[notes[1].length - 10] ^= 1; // a signature that is wrong
    draft_begin(&draft, room, sizeof room);
    draft_add(&draft, seal_note(sealed));
    assert_false(cosignatures_gather(&draft, notes, 4, witnesses, 2, &error));
    assert_true(error.code == ERROR_FALSE_CLAIM || error.code == ERROR_BAD_FORM);
    assert_true(slice_equal(draft_text(&draft), seal_note(sealed)));
    signing_key_free(other);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_signatures),
        cmocka_unit_test(the_same_text_gives_the_same_bytes),
        cmocka_unit_test(unknown_keys_are_reported),
        cmocka_unit_test(a_known_key_signs_once),
        cmocka_unit_test(who_has_not_signed),
        cmocka_unit_test(other_forms),
        cmocka_unit_test(bounds),
        cmocka_unit_test(keys_have_one_text),
        cmocka_unit_test(a_key_in_a_file),
        cmocka_unit_test(a_witness),
        cmocka_unit_test(a_witness_signs_a_time_and_the_seal),
        cmocka_unit_test(witnesses_are_added),
        cmocka_unit_test(of_each_witness_the_earliest_is_gathered),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
