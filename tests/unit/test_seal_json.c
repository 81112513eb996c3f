// What the draw's tree holds is listed in one layout, agencies without bets in runs.
#include "seal_story.h"

#include "notary/seal_json.h"

// What the file has, once it is ended; freed by the caller. The file is closed.
static char *written(struct seal_json *json, FILE *file, const struct checkpoint *seal) {
    struct error error;
    char *text = calloc(1, 4096);
    assert_non_null(text);
    must(seal_json_end(json, seal, &error), &error);
    rewind(file);
    assert_true(fread(text, 1, 4095, file) > 0);
    assert_int_equal(fclose(file), 0);
    return text;
}

static FILE *new_file(void) {
    FILE *file = tmpfile();
    assert_non_null(file);
    return file;
}

static void a_draw_is_listed(void **state) {
    struct sealed *sealed = seal_small();
    struct seal_json json;
    FILE *file = new_file();
    seal_json_begin(&json, file, slice_of(SMALL_ORIGIN), &sealed->rules->hash, SMALL_AGENCIES, 6);
    for (uint32_t agency = 1; agency <= SMALL_AGENCIES; agency++) {
        struct hash root;
        uint64_t count = merkle_tree_count(&sealed->trees[agency]);
        merkle_tree_root(&sealed->trees[agency], count, &root);
        seal_json_add(&json, small_agencies[agency - 1].state, count, &root);
    }
    seal_json_add_voided(&json, 2, 1, 150);
    seal_json_add_voided(&json, 2, 1, 50);
    seal_json_add_voided(&json, 2, 2, 7);
    // Agencies 2 and 3 have no bets, and are not one run: their states differ. Agency 4 has one bet.
    char root[BASE64_TEXT_BYTES(HASH_BYTES)], wanted[1000];
    struct hash fourth;
    merkle_tree_root(&sealed->trees[4], 1, &fourth);
    base64_encode(fourth.bytes, HASH_BYTES, root);
    snprintf(wanted, sizeof wanted,
             "{\"format\":\"quiniela seal v1\",\n"
             "\"origin\":\"lottery.example/central/2026-11-25\",\n"
             "\"rules\":\"3ycZFnHqFYaLN66EJschEu1YzikjPqLDn13MbhlNkMw=\",\n"
             "\"agencies\":5,\n"
             "\"bets\":6,\n"
             "\"root\":\"AJ4ecKAKW/OwfG03nwYIrXCyVWtaMQgQZBI+MSEA6FI=\",\n"
             "\"entries\":[\n"
             "{\"agency\":1,\"state\":\"finished\",\"count\":3,\"root\":\"19cd20E1w6ovtaTMYybFcRiQ0S4GRb+"
             "Ph7lSgtwJomo=\"},\n"
             "{\"agencies\":[2,2],\"state\":\"cut\"},\n"
             "{\"agencies\":[3,3],\"state\":\"finished\"},\n"
             "{\"agency\":4,\"state\":\"cut\",\"count\":1,\"root\":\"%s\"},\n"
             "{\"agency\":5,\"state\":\"finished\",\"count\":2,\"root\":\"LyOYGsPzR2wWi7tttIBrYF0NRJx7b+"
             "fvKwrkIypFCwU=\"}\n"
             "],\n"
             "\"voided\":[\n"
             "{\"agency\":2,\"reset\":1,\"count\":200},\n"
             "{\"agency\":2,\"reset\":2,\"count\":7}\n"
             "]}\n",
             root);
    char *text = written(&json, file, &sealed->seal);
    assert_string_equal(text, wanted);
    free(text);
    seal_end(sealed);
    (void)state;
}

static void agencies_without_bets_are_runs(void **state) {
    struct seal_json json;
    struct checkpoint seal = {.size = 8};
    struct hash rules = {{0}}, empty = {{0}};
    FILE *file = new_file();
    seal_json_begin(&json, file, slice_of("a/b"), &rules, 7, 0);
    for (uint32_t agency = 1; agency <= 7; agency++) {
        seal_json_add(&json, agency <= 4 ? ENTRY_CUT : ENTRY_FINISHED, 0, &empty);
    }
    char *text = written(&json, file, &seal);
    assert_string_equal(strstr(text, "\"entries\""), "\"entries\":[\n"
                                                     "{\"agencies\":[1,4],\"state\":\"cut\"},\n"
                                                     "{\"agencies\":[5,7],\"state\":\"finished\"}\n"
                                                     "],\n"
                                                     "\"voided\":[\n"
                                                     "]}\n");
    free(text);
    (void)state;
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_draw_is_listed),
                                       cmocka_unit_test(agencies_without_bets_are_runs)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
