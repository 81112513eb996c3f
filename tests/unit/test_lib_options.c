// libquiniela refuses a value that is not valid, by name, and takes its memory where it is told to.
#include "lib_story.h"

static void assert_refused(enum quiniela_code code, const char *words) {
    assert_int_equal(code, QUINIELA_BAD_SETTING);
    if (strstr(quiniela_options_error(options), words) == NULL) {
        fail_msg("expected \"%s\", came: %s", words, quiniela_options_error(options));
    }
}

static void what_is_not_valid_is_refused_by_name(void **state) {
    (void)state;
    char servers[33 * 12] = "central:1";
    for (int i = 1; i < 33; i++) {
        strcat(servers, ",central:1");
    }
    assert_string_equal(quiniela_options_error(options), "");
    assert_refused(quiniela_options_set_agency(options, 0), "agency: ");
    assert_refused(quiniela_options_set_servers(options, NULL), "servers: ");
    assert_refused(quiniela_options_set_servers(options, "central"), "servers: ");
    assert_refused(quiniela_options_set_servers(options, servers), "servers: ");
    assert_refused(quiniela_options_set_consult_servers(options, "central:0:1"), "consult_servers: ");
    assert_refused(quiniela_options_set_file(options, NULL), "file: ");
    assert_refused(quiniela_options_set_file(options, ""), "file: ");
    assert_refused(quiniela_options_set_bet(options, "Ana", NULL, "1", "1999-03-17", "7"), "last_name: ");
    assert_refused(quiniela_options_set_bet(options, "A,na", "Paz", "1", "1999-03-17", "7"), "first_name: ");
    assert_int_equal(quiniela_options_set_bet(options, "Ana", "Paz", "1", "1999-13-17", "7"),
                     QUINIELA_BAD_BET);
    assert_refused(quiniela_options_set_chunk_size(options, 0), "chunk_size: ");
    assert_refused(quiniela_options_set_chunk_size(options, UINT32_MAX), "chunk_size: ");
    assert_refused(quiniela_options_set_window(options, 0), "window: ");
    assert_refused(quiniela_options_set_window(options, 65), "window: ");
    assert_refused(quiniela_options_set_answer_timeout_ms(options, UINT64_MAX), "answer_timeout_ms: ");
    assert_refused(quiniela_options_set_tls(options, "cert.pem", NULL, "ca.pem", NULL), "tls: ");
    assert_refused(quiniela_options_set_tls(options, "cert.pem", "key.pem", NULL, NULL), "tls: ");
    assert_refused(quiniela_options_set_central_key(options, "no key", "receipts"), "central_key: ");
    assert_refused(quiniela_options_set_central_key(options, NULL, "receipts"), "central_key: ");
    assert_refused(quiniela_options_set_resolver(options, &(struct quiniela_resolver){0}), "resolver: ");
    struct quiniela_resolver resolver = {.bytes = sizeof resolver};
    assert_refused(quiniela_options_set_resolver(options, &resolver), "resolver: needs both");
    assert_null(quiniela_options_new(&(struct quiniela_allocator){0}));
    assert_null(
        quiniela_options_new(&(struct quiniela_allocator){.bytes = sizeof(struct quiniela_allocator)}));
}

static void what_was_refused_has_changed_nothing(void **state) {
    (void)state;
    write_bets(BET("1"));
    assert_refused(quiniela_options_set_servers(options, "nowhere"), "servers: ");
    assert_refused(quiniela_options_set_agency(options, 0), "agency: ");
    make();
    run();
    assert_int_equal(quiniela_agency_code(agency), QUINIELA_OK);
}

static void what_is_missing_is_named(void **state) {
    (void)state;
    struct quiniela_options *empty = quiniela_options_new(NULL);
    struct quiniela_agency *none;
    assert_int_equal(quiniela_agency_new(empty, &none), QUINIELA_BAD_SETTING);
    assert_null(none);
    assert_string_equal(quiniela_options_error(empty), "agency: is missing");
    assert_int_equal(quiniela_options_set_agency(empty, 1), QUINIELA_OK);
    assert_int_equal(quiniela_agency_new(empty, &none), QUINIELA_BAD_SETTING);
    assert_string_equal(quiniela_options_error(empty), "file: is missing");
    assert_int_equal(quiniela_send_file(empty, "/no/such/file", &none), QUINIELA_BAD_SETTING);
    assert_string_equal(quiniela_options_error(empty), "servers: is missing");
    assert_int_equal(quiniela_options_set_servers(empty, "central:1"), QUINIELA_OK);
    assert_int_equal(quiniela_send_file(empty, "/no/such/file", &none), QUINIELA_SYSTEM);
    assert_non_null(strstr(quiniela_options_error(empty), "/no/such/file"));
    quiniela_options_free(empty);
}

static void receipts_are_not_kept_in_the_file_of_bets(void **state) {
    (void)state;
    static const char key[] = "central.example/lottery+ceb3024f+AQABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f";
    write_bets(BET("1"));
    assert_int_equal(quiniela_options_set_central_key(options, key, path), QUINIELA_OK);
    assert_refused(quiniela_agency_new(options, &agency), "is the file of bets");
    assert_null(agency);
}

// Its words -------------------------------------------------------------------------------------------------

static void every_code_has_a_name_of_its_own(void **state) {
    (void)state;
    int known = 0;
    for (int code = 0; code < 128; code++) {
        const char *name = quiniela_code_name((enum quiniela_code)code);
        assert_non_null(quiniela_strerror((enum quiniela_code)code));
        known += strcmp(name, "unknown") != 0;
        for (int other = 0; other < code; other++) {
            const char *others = quiniela_code_name((enum quiniela_code)other);
            assert_true(strcmp(name, "unknown") == 0 || strcmp(name, others) != 0);
        }
    }
    assert_int_equal(known, 36);
    assert_string_equal(quiniela_code_name(QUINIELA_BAD_BET), "bad_bet");
    assert_string_equal(quiniela_code_name(QUINIELA_OK), "none");
    assert_true(quiniela_version()[0] >= '0' && quiniela_version()[0] <= '9');
}

// Memory ----------------------------------------------------------------------------------------------------

struct blocks {
    long held, taken, fails_at;
};

static void *allocate(void *context, size_t bytes) {
    struct blocks *blocks = context;
    void *block = ++blocks->taken == blocks->fails_at ? NULL : malloc(bytes);
    blocks->held += block != NULL;
    return block;
}

static void *resize(void *context, void *block, size_t bytes) {
    struct blocks *blocks = context;
    void *larger = ++blocks->taken == blocks->fails_at ? NULL : realloc(block, bytes);
    blocks->held += block == NULL && larger != NULL;
    return larger;
}

static void release(void *context, void *block) {
    struct blocks *blocks = context;
    blocks->held--;
    free(block);
}

// A lottery with such memory; whether it came to its end.
static bool play(struct blocks *blocks) {
    const struct quiniela_allocator allocator = {sizeof allocator, allocate, resize, release, blocks};
    central.stored = 0;
    quiniela_options_free(options);
    options = quiniela_options_new(&allocator);
    bool is_done = options != NULL && quiniela_options_set_agency(options, 1) == QUINIELA_OK &&
                   quiniela_options_set_servers(options, central.address) == QUINIELA_OK &&
                   quiniela_options_set_file(options, path) == QUINIELA_OK &&
                   quiniela_agency_new(options, &agency) == QUINIELA_OK;
    if (is_done) {
        run();
        is_done = quiniela_agency_code(agency) == QUINIELA_OK;
        quiniela_agency_free(agency);
        agency = NULL;
    }
    quiniela_options_free(options);
    options = NULL;
    hang_up();
    serve();
    hang_up();
    return is_done;
}

static void memory_comes_from_the_callers_functions(void **state) {
    (void)state;
    struct blocks all = {0};
    write_bets(BET("1") BET("2"));
    assert_true(play(&all));
    assert_true(all.taken > 10);
    assert_int_equal(all.held, 0);
}

static void whichever_allocation_fails_nothing_is_lost(void **state) {
    (void)state;
    struct blocks all = {0};
    write_bets(BET("1") BET("2"));
    assert_true(play(&all));
    for (long at = 1; at <= all.taken; at++) {
        struct blocks failing = {.fails_at = at};
        (void)play(&failing); // it may have tried again, and come to its end
        assert_int_equal(failing.held, 0);
    }
}

int main(void) {
#define STORY(name) cmocka_unit_test_setup_teardown(name, begin_story, end_story)
    const struct CMUnitTest tests[] = {
        STORY(what_is_not_valid_is_refused_by_name),
        STORY(what_was_refused_has_changed_nothing),
        STORY(what_is_missing_is_named),
        STORY(receipts_are_not_kept_in_the_file_of_bets),
        STORY(every_code_has_a_name_of_its_own),
        STORY(memory_comes_from_the_callers_functions),
        STORY(whichever_allocation_fails_nothing_is_lost),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
