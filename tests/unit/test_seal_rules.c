// Rules have one form, and a later record changes only what may change.
#include "seal_flips.h"
#include "seal_story.h"

#include "seal/errors.h"
#include "seal/rules_chain.h"

enum { PULSE = SMALL_CLOSE + 1800 };

static int begin(void **state) {
    *state = seal_small();
    return 0;
}

static int end(void **state) {
    seal_end(*state);
    return 0;
}

// Rules of every kind of line: the number comes from a beacon.
static struct rules beacon_rules(struct sealed *sealed) {
    static struct hash authorities[2];
    struct rules rules = small_rules(sealed);
    memset(authorities[1].bytes, 0xFF, HASH_BYTES);
    rules.how = RULES_BEACON;
    rules.approvals = 0;
    rules.pulse = (struct rules_pulse){.chain = 2, .time = PULSE};
    rules.witness_count = 1;
    rules.witnesses = (struct vkey *)signing_key_public(sealed->witness);
    rules.authority_count = 2;
    rules.authorities = authorities;
    return rules;
}

static void what_is_written_is_read(void **state) {
    struct sealed *sealed = *state;
    struct rules wanted = beacon_rules(sealed);
    struct rules *rules = rules_made(&wanted);
    assert_true(slice_is(rules->origin, SMALL_ORIGIN));
    assert_int_equal(rules->agencies, SMALL_AGENCIES);
    assert_int_equal(rules->close, SMALL_CLOSE);
    assert_int_equal(rules->how, RULES_BEACON);
    assert_int_equal(rules->pulse.chain, 2);
    assert_int_equal(rules->pulse.time, PULSE);
    assert_int_equal(rules->witness_count, 1);
    assert_true(vkey_equal(&rules->witnesses[0], signing_key_public(sealed->witness)));
    assert_int_equal(rules->authority_count, 2);
    assert_true(vkey_equal(&rules->key, signing_key_public(sealed->server)));
    rules_free(rules);
}

static void the_text_of_a_beacon(void **state) {
    struct sealed *sealed = *state;
    struct rules wanted = beacon_rules(sealed);
    memset(wanted.pulse.certificate_id, 0xAB, CERTIFICATE_ID_BYTES);
    wanted.number = 1;
    struct rules *rules = rules_made(&wanted);
#define ZEROS "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
#define SIXTEEN_AB "abababababababababababababababab" // 16 bytes
#define EIGHT_FF "ffffffffffffffff"
    static const char text[] =
        "quiniela rules v1\n" SMALL_ORIGIN "\n1 " ZEROS
        "\nagencies 5\nnumbers 10000\nclose 2026-11-25T21:00:00Z\n"
        "number beacon\nnist 2 2026-11-25T21:30:00Z " SIXTEEN_AB SIXTEEN_AB SIXTEEN_AB SIXTEEN_AB " " ZEROS
        "\n"
        "witness witness.example/w1+858ecd0c+BBdFU7RW3d/GkI7KscEB/mqyHiuqBhd5W31DpjSCmT/V\n"
        "tsa 0000000000000000000000000000000000000000000000000000000000000000\n"
        "tsa " EIGHT_FF EIGHT_FF EIGHT_FF EIGHT_FF "\n"
        "secret ";
    assert_memory_equal(rules->text.text, text, sizeof text - 1);
    rules_free(rules);
}

// Asserts that the rules with `from` replaced by `to`, once, are refused with this text.
static void expect_bad(const struct rules *rules, const char *from, const char *to, const char *why) {
    char text[4096];
    struct draft draft;
    struct error error;
    const char *at = memmem(rules->text.text, rules->text.length, from, strlen(from));
    assert_non_null(at);
    size_t before = (size_t)(at - rules->text.text), after = before + strlen(from);
    draft_begin(&draft, text, sizeof text);
    draft_add(&draft, (struct slice){rules->text.text, before});
    draft_add(&draft, slice_of(to));
    draft_add(&draft, (struct slice){rules->text.text + after, rules->text.length - after});
    struct rules *read = rules_parse(draft_text(&draft), &error);
    if (read != NULL) {
        fail_msg("taken: \"%s\" instead of \"%s\"", to, from);
    }
    assert_error(&error, ERROR_BAD_FORM);
    assert_string_equal(error.text, why);
}

#define NAMED "the rules, line "

static void bad_beginnings(void **state) {
    struct sealed *sealed = *state;
    struct rules *rules = sealed->rules;
    expect_bad(rules, "rules v1", "rules v2",
               NAMED "1: is \"quiniela rules v2\" instead of \"quiniela rules v1\"");
    expect_bad(rules, "lottery.example/central/", "Lottery/",
               NAMED "2: \"Lottery/2026-11-25\" is no origin, NAME/DRAW");
    expect_bad(rules, "0 -", "0 AAAA",
               NAMED "3: is neither \"0 -\" nor the record's number and the hash of the one before");
    expect_bad(rules, "0 -", "1 -",
               NAMED "3: is neither \"0 -\" nor the record's number and the hash of the one before");
    expect_bad(rules, "agencies 5", "agencies 05",
               NAMED "4: agencies: \"05\" is no decimal number from 1 to 10000000");
    expect_bad(rules, "agencies 5", "agencies 0",
               NAMED "4: agencies: \"0\" is no decimal number from 1 to 10000000");
    expect_bad(rules, "agencies 5", "agencies 10000001",
               NAMED "4: agencies: \"10000001\" is no decimal number from 1 to 10000000");
    expect_bad(rules, "agencies 5\n", "", NAMED "4: is \"numbers 10000\" instead of \"agencies …\"");
    expect_bad(rules, "agencies 5\n", "agencies 5\nagencies 5\n",
               NAMED "5: is \"agencies 5\" instead of \"numbers …\"");
    expect_bad(rules, "numbers 10000", "numbers 1000",
               NAMED "5: numbers: \"1000\" is no decimal number from 10000 to 10000");
    expect_bad(rules, "close 2026", "close 26",
               NAMED "6: close: is neither \"-\" nor a time such as 2026-11-25T21:00:00Z");
    expect_bad(rules, "number manual", "number Manual", NAMED "7: number: is none of beacon, manual, fixed");
    expect_bad(rules, "number manual", "number fixed", NAMED "8: is \"approvals 1\" instead of \"secret …\"");
    expect_bad(rules, "number manual", "number beacon", NAMED "8: is \"approvals 1\" instead of \"nist …\"");
}

static void bad_endings(void **state) {
    struct sealed *sealed = *state;
    struct rules *rules = sealed->rules;
    char key[VKEY_TEXT_BYTES], approver[VKEY_TEXT_BYTES], line[2 * VKEY_TEXT_BYTES];
    expect_bad(rules, "approvals 1", "approvals 2",
               NAMED "9: 2 approvals are wanted, and there are 1 approvers");
    expect_bad(rules, "approvals 1", "approvals 0",
               NAMED "8: approvals: \"0\" is no decimal number from 1 to 4294967295");
    vkey_format(signing_key_public(sealed->approver), approver);
    (void)snprintf(line, sizeof line, "approver %s\nsecret", approver);
    expect_bad(rules, "secret", line,
               NAMED "10: approver: does not come after the one before in the order of bytes");
    struct signing_key *twin = seal_key("other.example/name", VKEY_ED25519, 0x20);
    vkey_format(signing_key_public(twin), key);
    (void)snprintf(line, sizeof line, "approver %s\nsecret", key);
    expect_bad(rules, "secret", line, NAMED "10: approver: has the public key of inspector.example/garcia");
    signing_key_free(twin);
    vkey_format(signing_key_public(sealed->witness), key);
    expect_bad(rules, approver, key, NAMED "9: approver: the key's type is not 1");
    (void)snprintf(line, sizeof line, "witness %s\nsecret", approver);
    expect_bad(rules, "secret", line, NAMED "10: witness: the key's type is not 4");
    expect_bad(rules, "secret", "tsa 00\nsecret", NAMED "10: tsa: is no hex, in lower case, of 32 bytes");
    vkey_format(signing_key_public(sealed->server), key);
    expect_bad(rules, key, approver, NAMED "11: key: is not of type 1, or has another name than the origin");
    (void)snprintf(line, sizeof line, "%s\n", key);
    expect_bad(rules, key, line, NAMED "12: is one too many");
    twin = seal_key("z.example/server", VKEY_ED25519, 0x00);
    vkey_format(signing_key_public(twin), key);
    expect_bad(rules, approver, key, NAMED "11: key: is that of the approver z.example/server, too");
    signing_key_free(twin);
    twin = seal_key("z.example/server", VKEY_COSIGNATURE, 0x00);
    vkey_format(signing_key_public(twin), key);
    (void)snprintf(line, sizeof line, "witness %s\nsecret", key);
    expect_bad(rules, "secret", line, NAMED "12: key: is that of the witness z.example/server, too");
    signing_key_free(twin);
}

static void bad_beacons(void **state) {
    struct sealed *sealed = *state;
    struct rules wanted = beacon_rules(sealed);
    struct rules *rules = rules_made(&wanted);
    static const char not_early[] = NAMED "8: nist: the close is not at least 15 minutes before the pulse";
    expect_bad(rules, "T21:30:00Z", "T21:30:01Z", NAMED "8: nist: the pulse's time is not a whole minute");
    expect_bad(rules, "T21:30:00Z", "T21:14:00Z", not_early);
    expect_bad(rules, "close 2026-11-25T21:00:00Z", "close 2026-11-25T21:15:01Z", not_early);
    expect_bad(rules, "close 2026-11-25T21:00:00Z", "close -", not_early);
    expect_bad(rules, "nist 2 ", "nist 02 ",
               NAMED "8: nist: is not a chain, a time, a certificate's id and a key's hash");
    expect_bad(rules, "nist 2 ", "nist 2  ",
               NAMED "8: nist: is not a chain, a time, a certificate's id and a key's hash");
    expect_bad(
        rules, "number beacon", "number manual",
        NAMED
        "8: is \"nist 2 2026-11-25T21:30:00Z 00000000000000000000000000000000\" instead of \"secret …\"");
    expect_bad(rules, "tsa ff", "tsa 0F", NAMED "11: tsa: is no hex, in lower case, of 32 bytes");
    expect_bad(
        rules, "tsa ffffff", "tsa",
        NAMED
        "11: is \"tsafffffffffffffffffffffffffffffffffffffffffffffffffffffffff\" instead of \"secret …\"");
    rules_free(rules);
    wanted.close = PULSE - 900;
    rules_free(rules_made(&wanted));
    wanted.authority_count = 0;
    rules_free(rules_made(&wanted));
    wanted.witness_count = 0;
    struct error error;
    char text[4096];
    size_t length;
    assert_false(rules_write(&wanted, text, sizeof text, &length, &error));
    assert_string_equal(error.text,
                        NAMED "8: no witness and no tsa follows, and a beacon's number needs one");
    assert_false(rules_write(&wanted, text, 200, &length, &error));
    assert_string_equal(error.text, "the rules: are longer than 200 bytes");
}

// Changes --------------------------------------------------------------------------------------------------

static struct rules *follow(struct rules *next, const struct rules *before) {
    next->number = before->number + 1;
    next->before = before->hash;
    return rules_made(next);
}

static void expect_change(const struct rules *before, struct rules *next, const char *why) {
    struct error error;
    struct rules *after = follow(next, before);
    bool may = rules_may_follow(before, after, &error);
    rules_free(after);
    if (why == NULL) {
        assert_true(may);
        return;
    }
    assert_false(may);
    assert_error(&error, ERROR_FALSE_CLAIM);
    assert_string_equal(error.text, why);
}

static void what_may_change(void **state) {
    struct sealed *sealed = *state;
    struct rules first = beacon_rules(sealed);
    struct rules *before = rules_made(&first), next = first;
    next.agencies = 77;
    next.close = SMALL_CLOSE + 60;
    next.pulse.time += 60;
    expect_change(before, &next, NULL);
    next.pulse.time = PULSE - 60;
    next.close = SMALL_CLOSE;
    expect_change(before, &next, "the rules' record 1 changes the pulse, and not only to a later time");
    next = first;
    next.pulse.chain = 1;
    expect_change(before, &next, "the rules' record 1 changes the pulse, and not only to a later time");
    next = first;
    next.pulse.public_key.bytes[0] ^= 1;
    expect_change(before, &next, "the rules' record 1 changes the pulse, and not only to a later time");
    next = first;
    next.pulse.certificate_id[0] ^= 1;
    expect_change(before, &next, "the rules' record 1 changes the pulse, and not only to a later time");
    next = first;
    next.how = RULES_FIXED;
    expect_change(before, &next, "the rules' record 1 changes how the number comes, or who approves it");
    next = first;
    next.authority_count = 1;
    expect_change(before, &next,
                  "the rules' record 1 changes the witnesses or the time-stamping authorities");
    next = first;
    next.witness_count = 0;
    expect_change(before, &next,
                  "the rules' record 1 changes the witnesses or the time-stamping authorities");
    next = first;
    next.secret.bytes[31] ^= 1;
    expect_change(before, &next, "the rules' record 1 changes the secret or the key");
    next = first;
    vkey_make(slice_of(SMALL_NAME), VKEY_ED25519, signing_key_public(sealed->approver)->public_key,
              &next.key);
    expect_change(before, &next, "the rules' record 1 changes the secret or the key");
    next = first;
    next.origin = slice_of(SMALL_NAME "/another");
    expect_change(before, &next, "the rules' record 1 is another draw's");
    rules_free(before);
}

static void approvers_may_not_change(void **state) {
    struct sealed *sealed = *state;
    static const char why[] = "the rules' record 1 changes how the number comes, or who approves it";
    struct rules next = small_rules(sealed);
    next.approvals = 0;
    next.approver_count = 0;
    expect_change(sealed->rules, &next, why);
    next = small_rules(sealed);
    struct signing_key *other = seal_key("inspector.example/garcia", VKEY_ED25519, 0x21);
    next.approvers = (struct vkey *)signing_key_public(other);
    expect_change(sealed->rules, &next, why);
    signing_key_free(other);
    next = small_rules(sealed);
    next.has_close = false;
    expect_change(sealed->rules, &next, NULL);
}

static void the_time_of_a_change(void **state) {
    struct sealed *sealed = *state;
    struct error error;
    struct rules wanted = beacon_rules(sealed);
    struct rules *rules = rules_made(&wanted);
    assert_true(rules_may_change(rules, PULSE - 1, &error));
    assert_false(rules_may_change(rules, PULSE, &error));
    assert_error(&error, ERROR_FALSE_CLAIM);
    assert_true(rules_may_change(sealed->rules, UINT64_MAX, &error));
    rules_free(rules);
}

static void the_newest_of_several(void **state) {
    struct sealed *sealed = *state;
    struct error error;
    const struct rules *newest;
    struct rules next = small_rules(sealed), *records[3], *fork, *third;
    records[0] = sealed->rules;
    next.agencies = 6;
    records[1] = follow(&next, records[0]);
    next.agencies = 7;
    records[2] = follow(&next, records[1]);
    const struct rules *mixed[] = {records[2], records[0], records[1], records[0]};
    assert_true(rules_newest(mixed, 4, &newest, &error));
    assert_ptr_equal(newest, records[2]);
    assert_true(rules_newest(mixed + 1, 1, &newest, &error) && newest == records[0]);
    assert_false(rules_newest(mixed, 2, &newest, &error));
    assert_string_equal(error.text, "the rules' record 1 is missing");
    assert_false(rules_newest(mixed, 0, &newest, &error));
    next.agencies = 8;
    fork = follow(&next, records[0]);
    const struct rules *forked[] = {records[0], records[1], fork};
    assert_false(rules_newest(forked, 3, &newest, &error));
    assert_error(&error, ERROR_FALSE_CLAIM);
    assert_string_equal(error.text,
                        "the rules' record 1 is there twice, and they differ: a fork of the rules");
    next.agencies = 9;
    third = follow(&next, fork); // after the other branch
    const struct rules *grafted[] = {records[0], records[1], third};
    assert_false(rules_newest(grafted, 3, &newest, &error));
    assert_string_equal(error.text, "the rules' record 2 does not name the one before");
    rules_free(records[1]);
    rules_free(records[2]);
    rules_free(fork);
    rules_free(third);
}

// Flips ----------------------------------------------------------------------------------------------------

static bool check_signed(void *context, struct slice bytes, struct error *error) {
    struct sealed *sealed = context;
    static struct note note;
    if (!note_parse("the rules", bytes, &note, error) ||
        !note_check(&note, signing_key_public(sealed->server), error)) {
        return false;
    }
    struct rules *rules = rules_parse(note.text, error);
    rules_free(rules);
    return rules != NULL;
}

static struct slice signed_rules(struct sealed *sealed, const struct rules *rules) {
    static char room[4096];
    struct draft draft;
    struct error error;
    const struct signing_key *keys[] = {sealed->server};
    draft_begin(&draft, room, sizeof room);
    assert_true(note_sign(&draft, rules->text, keys, 1, &error));
    return draft_text(&draft);
}

static void every_bit_counts(void **state) {
    struct sealed *sealed = *state;
    struct rules wanted = beacon_rules(sealed);
    struct rules *beacon = rules_made(&wanted);
    struct slice bytes = signed_rules(sealed, beacon);
    assert_flips_refused(bytes, check_signed, sealed);
    assert_lengths_refused(bytes, check_signed, sealed);
    rules_free(beacon);
    bytes = signed_rules(sealed, sealed->rules); // these have lines of their own
    const char *first = memmem(bytes.text, bytes.length, "approvals", 9);
    const char *end_of = memmem(bytes.text, bytes.length, "secret", 6);
    assert_true(first != NULL && end_of != NULL);
    assert_flips_refused_between(bytes, (size_t)(first - bytes.text), (size_t)(end_of - bytes.text),
                                 check_signed, sealed);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read),
        cmocka_unit_test(the_text_of_a_beacon),
        cmocka_unit_test(bad_beginnings),
        cmocka_unit_test(bad_endings),
        cmocka_unit_test(bad_beacons),
        cmocka_unit_test(what_may_change),
        cmocka_unit_test(approvers_may_not_change),
        cmocka_unit_test(the_time_of_a_change),
        cmocka_unit_test(the_newest_of_several),
        cmocka_unit_test(every_bit_counts),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
