// Of a draw's files what holds is ok, what does not is FALSE, and the rest is not checked.
#include "claims_story.h"

#include <sys/stat.h>

static void all_that_there_is(void **state) {
    struct story *story = *state;
    give_all(story);
    story->options.agency = NULL;
    ASSERT_STATUS(VERDICTS_WRONG_USE); // whose is the CSV?
    assert_string_equal(story->error.text, "--csv and --salt-key need --agency: whose are they?");
    give_nothing(story);
    give_all(story);
    story->options.files[GIVEN_PROOF].count = 0;
    story->options.agency = "1";
    ASSERT_STATUS(VERDICTS_HOLD);
    ASSERT_SAID("ok           rules rules: record 0 of lottery.example/central/2026-11-25, signed by "
                "lottery.example/central: 5 agencies, number manual\n");
    ASSERT_SAID("ok           key: the rules' key is the one given");
    ASSERT_SAID("ok           seal seal: of lottery.example/central/2026-11-25, signed; SHA-256 "
                "bdcfe9494cbb8dd1220a392f46fdbd9940635ecd7250bb0fe9a0643e949ea4be\n");
    ASSERT_SAID("ok           code code: bet 2 of agency 1 (finished, 3 bets) is in the seal");
    ASSERT_SAID("ok           seals: 2 copies, and they are one");
    ASSERT_SAID("ok           secret secret: is the one whose hash is in the rules");
    ASSERT_SAID(
        "ok           receipts receipts: 1 of agency 1, for bets up to 3, the last at 2026-11-25T20:59:00Z: "
        "signed");
    ASSERT_SAID("ok           seal.json seal.json: gives the seal's root: 5 agencies, 6 bets");
    ASSERT_SAID("note         seal.json seal.json: 9 bets of agency 2 were voided by reset 1");
    ASSERT_SAID("ok           receipts receipts, sealed: the 3 bets sealed");
    ASSERT_SAID("ok           csv csv, receipts: each of the 1 is of the bets");
    ASSERT_SAID("ok           csv csv: its first 3 bets are those sealed of agency 1 (finished)");
    ASSERT_SAID("ok           export export: its 6 bets are those sealed, of every agency");
    ASSERT_SAID("ok           approval approval: 0007, by inspector.example/garcia");
    ASSERT_SAID("ok           result result: 0007, 2 winners: signed, of this seal");
    ASSERT_SAID("ok           approvals: 1 approvers, and the rules ask for 1");
    ASSERT_SAID("ok           winners: 2 bets are on 0007, as the result says");
    ASSERT_SAID("note         code code: its number is 0007: this bet wins with 0007");
    ASSERT_SAID("not given    --token: would show when the seal was there");
    ASSERT_SAID("\n\nEvery claim holds (17).\n");
}

static void an_agencys_own(void **state) {
    struct story *story = *state;
    give(story, GIVEN_SEAL, "seal", seal_note(story->sealed));
    give(story, GIVEN_PROOF, "proof", proof_of(story, 5, 1));
    ASSERT_STATUS(VERDICTS_HOLD); // of two places
    story->options.agency = "1";
    ASSERT_STATUS(VERDICTS_FALSE);
    ASSERT_SAID("FALSE        proof proof: is of agency 5, and --agency is 1");
}

// A file of one kind, other than it should be; and what is said of it.
static const struct {
    enum given_kind kind;
    const char *from, *to, *said; // the first such text is replaced
} changed[] = {
    {GIVEN_RULES, "agencies 5", "agencies 6", "FALSE        rules rules: the rules: "},
    {GIVEN_SEAL, "\n6\n", "\n7\n", "FALSE        seal seal: "},
    {GIVEN_PROOF, "9999", "9998", "FALSE        proof proof: the proof does not lead to the seal"},
    {GIVEN_CODE, "#A", "#B", "FALSE        code code: the code: "},
    {GIVEN_SEAL_JSON, "\"count\":3", "\"count\":4",
     "FALSE        seal.json seal.json: the agencies have 7 bets, and it says 6"},
    {GIVEN_SEAL_JSON, "\"bets\":6", "\"bets\":06", "FALSE        seal.json seal.json: line 5: is not "},
    {GIVEN_SECRET, "Q", "R", "FALSE        secret secret: is not the one whose hash is in the rules"},
    {GIVEN_SALT_KEY, "A", "B", "FALSE        salt key salt-key: is not the one that the salts' secret gives"},
    {GIVEN_CSV, "7574", "7575",
     "FALSE        csv csv: its first 3 bets are not those sealed of agency 1: the "
     "central broke its word"},
    {GIVEN_CSV, "A1,", "A2,", "FALSE        csv csv, receipts: the receipt for bets 1 to 2 is of other bets"},
    {GIVEN_CSV, "1999-03-17", "1999-02-30", "FALSE        csv csv: bet 0: "},
    {GIVEN_RECEIPTS, "index 0", "index 1",
     "FALSE        receipts receipts: the receipt that ends in line 5: "},
    {GIVEN_RECEIPTS, "path\n", "path \n",
     "FALSE        receipts receipts: the receipt that ends in line 5: "},
    {GIVEN_RECEIPTS, "\n\n", "\n", "FALSE        receipts receipts: line 4: the last receipt is cut off"},
    {GIVEN_EXPORT, "4,a,b", "4,a,c",
     "FALSE        export export: agency 4 has other bets in the export than the 1 that are sealed\n"},
    {GIVEN_EXPORT, "4,a,b", "3,a,b",
     "FALSE        export export: agency 3 has 1 bets in the export, and none is sealed; agency 4 has no "
     "bets in "
     "the export, and 1 are sealed\n"},
    {GIVEN_EXPORT, "4,a,b", "6,a,b", "FALSE        export export: line 5: agency 5 comes after 6"},
    {GIVEN_APPROVAL, "0007", "0008", "FALSE        approval approval: "},
    {GIVEN_RESULT, "winners 2", "winners 3", "FALSE        result result: "},
};

static void replace(char *text, size_t *length, const char *from, const char *to) {
    char *at = memmem(text, *length, from, strlen(from));
    assert_non_null(at);
    size_t behind = *length - (size_t)(at - text) - strlen(from);
    memmove(at + strlen(to), at + strlen(from), behind);
    memcpy(at, to, strlen(to));
    *length = *length - strlen(from) + strlen(to);
}

static void what_was_changed(void **state) {
    struct story *story = *state;
    for (size_t i = 0; i < sizeof changed / sizeof changed[0]; i++) {
        char bytes[CONTENT_BYTES];
        give_nothing(story);
        give_all(story);
        const char *path = story->paths[changed[i].kind][0];
        FILE *file = fopen(path, "r");
        assert_non_null(file);
        size_t length = fread(bytes, 1, sizeof bytes, file);
        fclose(file);
        replace(bytes, &length, changed[i].from, changed[i].to);
        write_to(path, (struct slice){bytes, length});
        story->options.agency = changed[i].kind == GIVEN_PROOF ? "5" : "1";
        if (changed[i].kind != GIVEN_PROOF) {
            story->options.files[GIVEN_PROOF].count = 0;
        }
        ASSERT_STATUS(VERDICTS_FALSE);
        ASSERT_SAID(changed[i].said);
    }
}

static void what_rests_on_what_is_not_there(void **state) {
    struct story *story = *state;
    give(story, GIVEN_SEAL, "seal", seal_note(story->sealed));
    give_path(story, GIVEN_SEAL, story->paths[GIVEN_SEAL][0]); // the same file is no second copy
    ASSERT_STATUS(VERDICTS_NOT_ALL_CHECKED);
    ASSERT_SAID("not checked  seals: only one copy");
    ASSERT_SAID("\n\nNothing is false, but 1 of 3 claims were not checked.\n");
    story->options.keys.count = 0;
    ASSERT_STATUS(VERDICTS_NOT_ALL_CHECKED);
    ASSERT_SAID("not checked  key: no --key, and no rules");
    ASSERT_SAID("not checked  seal seal: no key to check its signature with");
    give(story, GIVEN_RULES, "rules", rules_note(story));
    ASSERT_STATUS(VERDICTS_NOT_ALL_CHECKED);
    ASSERT_SAID("not checked  key: no --key: the key in the rules vouches only for itself");
    ASSERT_SAID("ok           seal seal: ");
    give_nothing(story);
    give(story, GIVEN_RESULT, "result", result_of(story, 7, 2));
    ASSERT_STATUS(VERDICTS_NOT_ALL_CHECKED);
    ASSERT_SAID("not checked  number: how it comes is not known without rules");
    give_nothing(story);
    give(story, GIVEN_SALT_KEY, "salt-key", secret_text(story, story->sealed->secret));
    story->options.agency = "1";
    story->options.keys.count = 1;
    ASSERT_STATUS(VERDICTS_WRONG_USE);
    assert_string_equal(story->said, "");
    assert_string_equal(story->error.text, "nothing was checked: what was given says nothing by itself");
}

static void receipts_that_the_seal_breaks(void **state) {
    struct story *story = *state;
    give(story, GIVEN_RULES, "rules", rules_note(story));
    give(story, GIVEN_SEAL, "seal", seal_note(story->sealed));
    give(story, GIVEN_RECEIPTS, "receipts", receipt_of(story, 2, 2));
    ASSERT_STATUS(VERDICTS_NOT_ALL_CHECKED);
    ASSERT_SAID("not checked  receipts receipts, sealed: how many bets of agency 1 are sealed is not known");
    give(story, GIVEN_CODE, "code", code_of(story, 1, 2));
    ASSERT_STATUS(VERDICTS_FALSE);
    ASSERT_SAID(
        "FALSE        receipts receipts, sealed: agency 1 has a receipt for its bets up to 4, and only 3 are "
        "sealed: the central broke its word\n");
}

static void frauds(void **state) {
    struct story *story = *state;
    struct checkpoint other = story->sealed->seal;
    char text[CHECKPOINT_BYTES_MAX];
    other.root.bytes[0] ^= 1;
    give(story, GIVEN_RULES, "rules", rules_note(story));
    give(story, GIVEN_SEAL, "seal", seal_note(story->sealed));
    give(story, GIVEN_SEAL, "seal-2",
         signed_text(story, (struct slice){text, checkpoint_write(&other, text)}, story->sealed->server));
    give(story, GIVEN_APPROVAL, "approval", approval_of(story, 7));
    give(story, GIVEN_APPROVAL, "approval-2", approval_of(story, 8));
    give(story, GIVEN_RESULT, "result", result_of(story, 7, 2));
    give(story, GIVEN_RESULT, "result-2", result_of(story, 7, 3));
    ASSERT_STATUS(VERDICTS_FALSE);
    ASSERT_SAID("FALSE        seal seal-2: is another seal of this draw: two seals were signed");
    ASSERT_SAID(
        "FALSE        approval approval-2: inspector.example/garcia has approved two numbers, 0007 and 0008: "
        "a fraud");
    ASSERT_SAID(
        "FALSE        result result-2: says 0007 and 3 winners, and another result 0007 and 2: two results");
    give_nothing(story);
    give(story, GIVEN_RULES, "rules", rules_note(story));
    give(story, GIVEN_APPROVAL, "approval", approval_of(story, 7));
    give(story, GIVEN_RESULT, "result", result_of(story, 8, 2));
    ASSERT_STATUS(VERDICTS_FALSE);
    ASSERT_SAID("FALSE        approvals: 0 are for 0008, of 1 given, and the rules ask for 1");
}

static void another_draw_and_another_key(void **state) {
    struct story *story = *state;
    char stranger[VKEY_TEXT_BYTES];
    give(story, GIVEN_RULES, "rules", rules_note(story));
    story->options.origin = "lottery.example/central/2026-11-26";
    ASSERT_STATUS(VERDICTS_FALSE);
    ASSERT_SAID("FALSE        rules rules: is of another draw: lottery.example/central/2026-11-25 instead of "
                "lottery.example/central/2026-11-26");
    story->options.origin = NULL;
    vkey_format(signing_key_public(story->sealed->approver), stranger);
    story->keys[0] = stranger;
    ASSERT_STATUS(VERDICTS_FALSE);
    ASSERT_SAID("FALSE        key: the rules' key, lottery.example/central+ceca6345+");
}

static void a_witness(void **state) {
    struct story *story = *state;
    struct sealed *sealed = story->sealed;
    struct rules rules = small_rules(sealed);
    rules.witnesses = (struct vkey *)signing_key_public(sealed->witness);
    rules.witness_count = 1;
    struct rules *made = rules_made(&rules);
    give(story, GIVEN_RULES, "rules", signed_text(story, made->text, sealed->server));
    rules_free(made);
    struct draft draft;
    draft_begin(&draft, story->content, sizeof story->content);
    draft_add(&draft, seal_note(sealed));
    assert_true(cosignature_add(&draft, seal_text(sealed), sealed->witness, SMALL_CLOSE + 5, &story->error));
    give(story, GIVEN_SEAL, "seal", draft_text(&draft));
    ASSERT_STATUS(VERDICTS_HOLD);
    ASSERT_SAID("ok           witness witness.example/w1: signed the seal at 2026-11-25T21:00:05Z");
    ASSERT_SAID("ok           seals: there is one: 1 of the rules' witnesses signed it");
    char *letter = story->content + draft.length - 40; // of the signature
    *letter = *letter == 'A' ? 'B' : 'A';
    write_to(story->paths[GIVEN_SEAL][0], (struct slice){story->content, draft.length});
    ASSERT_STATUS(VERDICTS_FALSE);
    ASSERT_SAID("FALSE        witness witness.example/w1: the seal: ");
}

// Rules that their own key has not signed, but only one that the caller trusts.
static void rules_that_their_key_has_not_signed(void **state) {
    struct story *story = *state;
    char stranger[VKEY_TEXT_BYTES];
    vkey_format(signing_key_public(story->sealed->approver), stranger);
    story->keys[0] = stranger;
    give(story, GIVEN_RULES, "rules",
         signed_text(story, story->sealed->rules->text, story->sealed->approver));
    ASSERT_STATUS(VERDICTS_FALSE);
    ASSERT_SAID("FALSE        rules rules: the rules: is not signed by lottery.example/central");
}

static void a_seal_that_the_rules_do_not_allow(void **state) {
    struct story *story = *state;
    struct checkpoint other = story->sealed->seal;
    char text[CHECKPOINT_BYTES_MAX];
    other.size++;
    give(story, GIVEN_RULES, "rules", rules_note(story));
    give(story, GIVEN_SEAL, "seal",
         signed_text(story, (struct slice){text, checkpoint_write(&other, text)}, story->sealed->server));
    ASSERT_STATUS(VERDICTS_FALSE);
    ASSERT_SAID("FALSE        seal seal: is of 6 agencies, and the rules' record 0 has 5");
    give_nothing(story);
    give(story, GIVEN_SEAL, "seal", signed_text(story, seal_text(story->sealed), story->sealed->approver));
    ASSERT_STATUS(VERDICTS_FALSE);
    ASSERT_SAID("FALSE        seal seal: is not signed by lottery.example/central");
}

// They may all come from the central.
static void proofs_are_one_copy_of_the_seal(void **state) {
    struct story *story = *state;
    give(story, GIVEN_PROOF, "proof", proof_of(story, 5, 1));
    give(story, GIVEN_PROOF, "proof-2", proof_of(story, 5, 0));
    give(story, GIVEN_CODE, "code", code_of(story, 1, 2));
    ASSERT_STATUS(VERDICTS_NOT_ALL_CHECKED);
    ASSERT_SAID("not checked  seals: only one copy");
}

static void a_receipt_with_another_nonce(void **state) {
    struct story *story = *state;
    give(story, GIVEN_RECEIPTS, "receipts", receipt_of(story, 1, 2));
    ASSERT_STATUS(VERDICTS_HOLD);
    give(story, GIVEN_SALT_KEY, "salt-key", secret_text(story, story->sealed->secret)); // which is another
    story->options.agency = "1";
    ASSERT_STATUS(VERDICTS_FALSE);
    ASSERT_SAID(
        "FALSE        receipts receipts: the receipt for bets 1 to 2 has another nonce than the agency's key "
        "gives");
}

static void approvals_are_of_this_seal_and_given_once(void **state) {
    struct story *story = *state;
    give(story, GIVEN_RULES, "rules", rules_note(story));
    give(story, GIVEN_SEAL, "seal", seal_note(story->sealed));
    give(story, GIVEN_APPROVAL, "approval", approval_of(story, 7));
    give(story, GIVEN_APPROVAL, "approval-2", approval_of(story, 7));
    ASSERT_STATUS(VERDICTS_FALSE);
    ASSERT_SAID("FALSE        approval approval-2: the approval of inspector.example/garcia is given twice");
    story->options.files[GIVEN_APPROVAL].count = 1;
    story->sealed->hash.bytes[0] ^= 1;
    give(story, GIVEN_APPROVAL, "approval-3", approval_of(story, 7));
    give(story, GIVEN_RESULT, "result", result_of(story, 7, 2));
    ASSERT_STATUS(VERDICTS_FALSE);
    ASSERT_SAID("FALSE        approval approval-3: is of another seal than this one");
    ASSERT_SAID("FALSE        result result: is of another seal than this one");
}

static void winners_who_are_none(void **state) {
    struct story *story = *state;
    for (uint64_t winners = 1; winners <= 3; winners++) {
        give_nothing(story);
        give_all(story);
        story->options.agency = "1";
        story->options.files[GIVEN_PROOF].count = story->options.files[GIVEN_RESULT].count = 0;
        give(story, GIVEN_RESULT, "result", result_of(story, 7, winners));
        ASSERT_STATUS(winners == 2 ? VERDICTS_HOLD : VERDICTS_FALSE);
        ASSERT_SAID(winners == 2 ? "ok           winners: 2 bets are on 0007"
                                 : "FALSE        winners: 2 bets are on 0007");
    }
}

// What an agency still has after the cut-off is not in the draw.
static void bets_beyond_the_seal(void **state) {
    struct story *story = *state;
    give_all(story);
    story->options.agency = "1";
    story->options.files[GIVEN_PROOF].count = 0;
    char *end = story->content + csv_of(story, 1, 1, false).length;
    strcpy(end, "o,o,1,2000-01-01,1\n\r\n");
    write_to(story->paths[GIVEN_CSV][0], slice_of(story->content));
    ASSERT_STATUS(VERDICTS_HOLD);
    ASSERT_SAID("ok           csv csv: its first 3 bets are those sealed");
    ASSERT_SAID("note         csv csv: bets 3 to 3 are not in the draw");
    strcpy(end, "\n\no,o,1,2000-01-01,1\n");
    write_to(story->paths[GIVEN_CSV][0], slice_of(story->content));
    ASSERT_STATUS(VERDICTS_FALSE);
    ASSERT_SAID("FALSE        csv csv: line 6: an empty line before others");
}

static void a_code_with_another_signature(void **state) {
    struct story *story = *state;
    struct slice code = code_of(story, 1, 2);
    char *letter = story->content + code.length - 10; // of the signature
    *letter = *letter == 'A' ? 'B' : 'A';
    give(story, GIVEN_CODE, "code", code);
    ASSERT_STATUS(VERDICTS_FALSE);
    ASSERT_SAID("FALSE        code code: the code: the signature of lottery.example/central");
}

static void what_the_rules_do_not_name(void **state) {
    struct story *story = *state;
    give(story, GIVEN_RULES, "rules", rules_note(story));
    give_path(story, GIVEN_AUTHORITY, GOLDEN_DIR "/../seal/certificate.pem");
    give_path(story, GIVEN_PULSE, GOLDEN_DIR "/../seal/pulse.json");
    ASSERT_STATUS(VERDICTS_FALSE);
    ASSERT_SAID("certificate.pem: is none that the rules name\n");
    ASSERT_SAID("pulse.json: the rules take a manual number, and no pulse\n");
}

static void files_that_are_none(void **state) {
    struct story *story = *state;
    char path[TEMPORARY_BYTES + 8];
    snprintf(path, sizeof path, "%s/pipe", story->folder);
    assert_int_equal(mkfifo(path, 0600), 0);
    const char *const none[] = {path, story->folder, "/dev/zero", "/nowhere/at/all"};
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
        give_nothing(story);
        give_path(story, GIVEN_SEAL, none[i]);
        ASSERT_STATUS(VERDICTS_WRONG_USE);
        assert_string_equal(story->said, "");
        assert_non_null(strstr(story->error.text, none[i]));
    }
    give_nothing(story);
    memset(story->content, 'x', sizeof story->content);
    give(story, GIVEN_PROOF, "proof", (struct slice){story->content, 16 * 1024 + 1});
    give(story, GIVEN_SEAL, "seal", (struct slice){story->content, 0});
    ASSERT_STATUS(VERDICTS_FALSE);
    ASSERT_SAID("FALSE        proof proof: has more than 16384 bytes");
    ASSERT_SAID("FALSE        seal seal: the seal: has no empty line before signatures");
}

static void foreign_text_is_harmless(void **state) {
    struct story *story = *state;
    give(story, GIVEN_SEAL, "s\xE2\x80\xAE\x1B[2J\xFF\u00f1", slice_of("x"));
    ASSERT_STATUS(VERDICTS_FALSE);
    ASSERT_SAID("FALSE        seal s\\u202e\\u001b[2J\\xff\u00f1: the seal: has no empty line");
    story->options.as_json = true;
    ASSERT_STATUS(VERDICTS_FALSE);
    ASSERT_SAID("{\"exit\":1,\"origin\":null,\"claims\":[{\"state\":\"false\",\"what\":\"seal ");
    ASSERT_SAID("s\\\\u202e\\\\u001b[2J\\\\xff\\u00f1\"");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        STORY(all_that_there_is),
        STORY(an_agencys_own),
        STORY(what_was_changed),
        STORY(what_rests_on_what_is_not_there),
        STORY(receipts_that_the_seal_breaks),
        STORY(frauds),
        STORY(another_draw_and_another_key),
        STORY(a_witness),
        STORY(rules_that_their_key_has_not_signed),
        STORY(a_seal_that_the_rules_do_not_allow),
        STORY(proofs_are_one_copy_of_the_seal),
        STORY(a_receipt_with_another_nonce),
        STORY(approvals_are_of_this_seal_and_given_once),
        STORY(winners_who_are_none),
        STORY(bets_beyond_the_seal),
        STORY(a_code_with_another_signature),
        STORY(what_the_rules_do_not_name),
        STORY(files_that_are_none),
        STORY(foreign_text_is_harmless),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
