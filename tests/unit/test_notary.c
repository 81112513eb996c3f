// The rules that a server signs are those of its settings, and what was signed is never replaced.
#include "seal_story.h"
#include "temporary.h"

#include "notary/folder.h"
#include "notary/kept_rules.h"
#include "notary/key_file.h"
#include "notary/key_list.h"
#include "notary/signed_rules.h"
#include "notary/small_file.h"
#include "seal/errors.h"

#include <fcntl.h>
#include <sys/stat.h>

#define CLOSES "2026-11-25T21:00:00Z"

struct office {
    char folder[TEMPORARY_BYTES];
    char key[TEMPORARY_BYTES + 16], approvers[VKEY_TEXT_BYTES];
    struct sealed *sealed; // the specification's keys
    struct notary_options options;
};

static void write_file(const char *folder, const char *name, const char *text) {
    char path[TEMPORARY_BYTES + 16];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static int begin(void **state) {
    struct office *office = calloc(1, sizeof *office);
    struct error error;
    assert_non_null(office);
    temporary_make(office->folder, "test_notary");
    office->sealed = seal_small();
    snprintf(office->key, sizeof office->key, "%s/sign.key", office->folder);
    must(key_file_make(office->key, office->sealed->server, &error), &error);
    vkey_format(signing_key_public(office->sealed->approver), office->approvers);
    office->options = (struct notary_options){.name = SMALL_NAME,
                                              .key = office->key,
                                              .how = RULES_MANUAL,
                                              .approvals = 1,
                                              .approvers = office->approvers};
    *state = office;
    return 0;
}

static int end(void **state) {
    struct office *office = *state;
    int status = temporary_remove(office->folder);
    seal_end(office->sealed);
    free(office);
    return status;
}

static struct notary *opened(const struct office *office) {
    struct notary *notary;
    struct error error;
    must(notary_open(&office->options, &notary, &error), &error);
    return notary;
}

// Asserts that the options are refused, in words that begin so.
static void assert_refused_with(const struct notary_options *options, const char *beginning) {
    struct notary *notary;
    struct error error;
    assert_false(notary_open(options, &notary, &error));
    assert_null(notary);
    assert_error(&error, ERROR_BAD_SETTING);
    if (strncmp(error.text, beginning, strlen(beginning)) != 0) {
        fail_msg("expected \"%s…\", it is \"%s\"", beginning, error.text);
    }
}

static struct signed_rules *first(const struct office *office, const struct notary *notary) {
    const struct draw_terms terms = {.agencies = SMALL_AGENCIES, .closes_at = CLOSES};
    struct signed_rules *made;
    struct error error;
    must(signed_rules_first(notary, "2026-11-25", &terms, office->sealed->secret, &made, &error), &error);
    return made;
}

static void add_kept(const struct office *office, struct kept_rules *rules, const struct signed_rules *made) {
    struct error error;
    must(kept_rules_add(rules, (struct slice){made->note, made->size},
                        signing_key_public(office->sealed->server), &error),
         &error);
}

static void the_first_record_is_the_specifications(void **state) {
    struct office *office = *state;
    struct notary *notary = opened(office);
    struct signed_rules *made = first(office, notary);
    char hex[HEX_TEXT_BYTES(HASH_BYTES)];
    hex_encode(made->hash.bytes, HASH_BYTES, hex);
    assert_string_equal(hex, "df27191671ea15868b37ae8426c72112ed58ce29233ea2c39f5dcc6e194d90cc");
    struct kept_rules rules = {NULL, 0};
    add_kept(office, &rules, made);
    assert_int_equal(kept_rules_newest(&rules)->number, 0);
    kept_rules_free(&rules);
    free(made);
    notary_close(&notary);
}

static void a_later_record_names_the_one_before(void **state) {
    struct office *office = *state;
    struct notary *notary = opened(office);
    struct signed_rules *made = first(office, notary), *next;
    struct kept_rules rules = {NULL, 0};
    add_kept(office, &rules, made);
    const struct draw_terms terms = {.agencies = 7, .closes_at = ""};
    struct error error;
    must(signed_rules_next(notary, kept_rules_newest(&rules), &terms, 0, &next, &error), &error);
    add_kept(office, &rules, next);
    const struct rules *newest = kept_rules_newest(&rules);
    assert_int_equal(newest->number, 1);
    assert_int_equal(newest->agencies, 7);
    assert_false(newest->has_close);
    assert_true(hash_equal(&newest->before, &made->hash));
    // Neither twice, nor without the one before.
    const struct slice again = {next->note, next->size};
    assert_false(kept_rules_add(&rules, again, signing_key_public(office->sealed->server), &error));
    assert_error(&error, ERROR_FALSE_CLAIM);
    kept_rules_cut(&rules, 0);
    assert_false(kept_rules_add(&rules, again, signing_key_public(office->sealed->server), &error));
    assert_error(&error, ERROR_FALSE_CLAIM);
    kept_rules_free(&rules);
    free(next);
    free(made);
    notary_close(&notary);
}

static void what_cannot_be_signed_is_refused(void **state) {
    struct office *office = *state;
    struct notary *notary = opened(office);
    struct signed_rules *made;
    struct error error;
    struct draw_terms terms = {.agencies = 0, .closes_at = ""};
    assert_false(signed_rules_first(notary, "d", &terms, office->sealed->secret, &made, &error));
    assert_error(&error, ERROR_BAD_SETTING);
    terms.agencies = 1;
    assert_false(signed_rules_first(notary, "a draw", &terms, office->sealed->secret, &made, &error));
    assert_error(&error, ERROR_BAD_SETTING);
    assert_null(made);
    notary_close(&notary);
}

static void rules_of_another_key_are_not_ours(void **state) {
    struct office *office = *state;
    struct notary *notary = opened(office);
    struct signed_rules *made = first(office, notary);
    struct slice note = {made->note, made->size};
    struct kept_rules rules = {NULL, 0};
    struct error error;
    assert_false(kept_rules_add(&rules, note, signing_key_public(office->sealed->approver), &error));
    assert_true(error.code == ERROR_FALSE_CLAIM || error.code == ERROR_BAD_FORM);
    made->note[30] = (char)(made->note[30] ^ 1);
    assert_false(kept_rules_add(&rules, note, signing_key_public(office->sealed->server), &error));
    assert_int_equal(rules.count, 0);
    free(made);
    notary_close(&notary);
}

static void settings_that_contradict_each_other_are_refused(void **state) {
    struct office *office = *state;
    struct notary_options options = office->options;
    options.name = NULL;
    assert_refused_with(&options, "SIGN_NAME: is missing");
    options.name = "Lottery";
    assert_refused_with(&options, "SIGN_NAME: \"Lottery\" is no name");
    options = office->options;
    options.approvals = 2;
    assert_refused_with(&options, "APPROVALS: is 2");
    options.approvals = 0;
    assert_refused_with(&options, "APPROVALS: is 0");
    options = office->options;
    options.how = RULES_FIXED;
    assert_refused_with(&options, "APPROVERS: a number is approved");
    options = office->options;
    options.pulse = CLOSES;
    assert_refused_with(&options, "BEACON_PULSE: is of NUMBER=beacon");
    options = office->options;
    options.previous_key = office->key;
    assert_refused_with(&options, "PREVIOUS_SIGN_KEY: is the key of SIGN_KEY");
    options =
        (struct notary_options){.name = SMALL_NAME, .key = office->key, .how = RULES_BEACON, .pulse = CLOSES};
    assert_refused_with(&options, "BEACON_CERT: is missing");
    options.certificate = office->key;
    assert_refused_with(&options, "NUMBER: beacon needs a witness");
}

static void a_key_that_others_can_read_is_refused(void **state) {
    struct office *office = *state;
    assert_int_equal(chmod(office->key, 0640), 0);
    assert_refused_with(&office->options, "SIGN_KEY: ");
    assert_int_equal(chmod(office->key, 0600), 0);
    write_file(office->folder, "sign.key", "no key\n");
    assert_refused_with(&office->options, "SIGN_KEY: ");
    assert_int_equal(unlink(office->key), 0);
    assert_int_equal(mkfifo(office->key, 0600), 0);
    assert_refused_with(&office->options, "SIGN_KEY: ");
}

// As the service manager hands it over, with an access list.
static void a_credential_may_be_readable_for_its_group(void **state) {
    struct office *office = *state;
    struct small_file file;
    struct error error;
    assert_int_equal(chmod(office->key, 0440), 0);
    assert_int_equal(setenv("CREDENTIALS_DIRECTORY", office->folder, 1), 0);
    must(small_file_read_secret(office->key, 4096, &file, &error), &error);
    small_file_free(&file);
    assert_int_equal(chmod(office->key, 0460), 0);
    assert_refused_with(&office->options, "SIGN_KEY: ");
    assert_int_equal(chmod(office->key, 0444), 0);
    assert_refused_with(&office->options, "SIGN_KEY: ");
    assert_int_equal(chmod(office->key, 0440), 0);
    assert_int_equal(setenv("CREDENTIALS_DIRECTORY", "/nowhere", 1), 0);
    assert_refused_with(&office->options, "SIGN_KEY: ");
    assert_int_equal(unsetenv("CREDENTIALS_DIRECTORY"), 0);
}

static void a_key_is_never_replaced(void **state) {
    struct office *office = *state;
    struct error error;
    assert_false(key_file_make(office->key, office->sealed->approver, &error));
    assert_error(&error, ERROR_BAD_SETTING);
    struct notary *notary = opened(office);
    assert_true(vkey_equal(&notary->terms.key, signing_key_public(office->sealed->server)));
    notary_close(&notary);
}

static void lists_of_keys_are_sorted_and_have_no_key_twice(void **state) {
    struct office *office = *state;
    char one[VKEY_TEXT_BYTES], witness[VKEY_TEXT_BYTES], text[3 * VKEY_TEXT_BYTES],
        path[TEMPORARY_BYTES + 16];
    struct key_list list;
    struct error error;
    vkey_format(signing_key_public(office->sealed->server), one);
    vkey_format(signing_key_public(office->sealed->witness), witness);
    snprintf(text, sizeof text, "%s,%s", one, office->approvers);
    must(key_list_read(text, VKEY_ED25519, &list, &error), &error);
    assert_int_equal(list.count, 2);
    assert_true(strcmp(list.keys[0].name, list.keys[1].name) < 0);
    key_list_free(&list);
    snprintf(text, sizeof text, "# those who approve\n\n%s\n%s", one, office->approvers);
    write_file(office->folder, "keys", text);
    snprintf(path, sizeof path, "@%s/keys", office->folder);
    must(key_list_read(path, VKEY_ED25519, &list, &error), &error);
    assert_int_equal(list.count, 2);
    key_list_free(&list);
    snprintf(text, sizeof text, "%s,%s", one, one);
    assert_false(key_list_read(text, VKEY_ED25519, &list, &error));
    assert_error(&error, ERROR_BAD_SETTING);
    assert_false(key_list_read(witness, VKEY_ED25519, &list, &error));
    assert_false(key_list_read("garbage", VKEY_ED25519, &list, &error));
    snprintf(text, sizeof text, "%s,", one);
    assert_false(key_list_read(text, VKEY_ED25519, &list, &error));
    snprintf(text, sizeof text, "%s,,%s", one, office->approvers);
    assert_false(key_list_read(text, VKEY_ED25519, &list, &error));
}

// A seal's note has the server's signature, too.
static void a_seal_has_room_for_every_witness(void **state) {
    struct office *office = *state;
    struct notary_options options = office->options;
    char text[NOTE_SIGNATURES_MAX * (VKEY_TEXT_BYTES + 1)], last[VKEY_TEXT_BYTES];
    size_t length = 0;
    for (int i = 1; i < NOTE_SIGNATURES_MAX; i++) {
        struct signing_key *key = seal_key("witness.example/one", VKEY_COSIGNATURE, (uint8_t)(0x60 + i));
        vkey_format(signing_key_public(key), last);
        length += (size_t)snprintf(text + length, sizeof text - length, "%s%s", i > 1 ? "," : "", last);
        signing_key_free(key);
    }
    options.witnesses = text;
    struct notary *notary;
    struct error error;
    must(notary_open(&options, &notary, &error), &error);
    notary_close(&notary);
    vkey_format(signing_key_public(office->sealed->witness), last);
    snprintf(text + length, sizeof text - length, ",%s", last);
    assert_refused_with(&options, "WITNESSES: has 64 keys, and a seal has room for the signatures of 63");
}

static void what_was_kept_stays(void **state) {
    struct office *office = *state;
    struct folder folder;
    struct small_file file;
    struct error error;
    bool found;
    char path[TEMPORARY_BYTES + 16];
    snprintf(path, sizeof path, "%s/seals", office->folder);
    assert_false(folder_open(path, "..", &folder, &error));
    must(folder_make(path, "..", &error), &error);
    must(folder_make(path, "..", &error), &error);
    must(folder_open(path, "..", &folder, &error), &error);
    must(folder_keep(&folder, "seal.note", slice_of("one\n"), &error), &error);
    must(folder_keep(&folder, "seal.note", slice_of("one\n"), &error), &error);
    const char *const others[] = {"two\n", "one", "one\nmore\n", ""};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        assert_false(folder_keep(&folder, "seal.note", slice_of(others[i]), &error));
        assert_error(&error, ERROR_KEPT_OTHER);
    }
    folder_close(&folder);
    must(folder_open(path, "..", &folder, &error), &error);
    must(folder_read(&folder, "seal.note", 100, &file, &found, &error), &error);
    assert_true(found);
    assert_true(slice_is(small_file_text(&file), "one\n"));
    small_file_free(&file);
    must(folder_read(&folder, "result.note", 100, &file, &found, &error), &error);
    assert_false(found);
    assert_false(folder_read(&folder, "seal.note", 3, &file, &found, &error)); // too long
    assert_error(&error, ERROR_BAD_SETTING);
    folder_close(&folder);
}

static void a_link_in_the_folder_is_not_followed(void **state) {
    struct office *office = *state;
    struct folder folder;
    struct small_file file;
    struct error error;
    bool found;
    must(folder_make(office->folder, "d", &error), &error);
    must(folder_open(office->folder, "d", &folder, &error), &error);
    assert_int_equal(symlinkat(office->key, folder.descriptor, "seal.note"), 0);
    assert_false(folder_read(&folder, "seal.note", 1000, &file, &found, &error));
    assert_false(folder_keep(&folder, "seal.note", slice_of("one\n"), &error));
    folder_close(&folder);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_first_record_is_the_specifications, begin, end),
        cmocka_unit_test_setup_teardown(a_later_record_names_the_one_before, begin, end),
        cmocka_unit_test_setup_teardown(what_cannot_be_signed_is_refused, begin, end),
        cmocka_unit_test_setup_teardown(rules_of_another_key_are_not_ours, begin, end),
        cmocka_unit_test_setup_teardown(settings_that_contradict_each_other_are_refused, begin, end),
        cmocka_unit_test_setup_teardown(a_key_that_others_can_read_is_refused, begin, end),
        cmocka_unit_test_setup_teardown(a_credential_may_be_readable_for_its_group, begin, end),
        cmocka_unit_test_setup_teardown(a_key_is_never_replaced, begin, end),
        cmocka_unit_test_setup_teardown(lists_of_keys_are_sorted_and_have_no_key_twice, begin, end),
        cmocka_unit_test_setup_teardown(a_seal_has_room_for_every_witness, begin, end),
        cmocka_unit_test_setup_teardown(what_was_kept_stays, begin, end),
        cmocka_unit_test_setup_teardown(a_link_in_the_folder_is_not_followed, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
