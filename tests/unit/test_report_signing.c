// Who has signed is counted by the keys of the rules, however many they are and whatever their names.
#include "sealed_store.h"

#include "report/signing.h"
#include "seal/cosignature.h"

#include <string.h>

enum { WITNESSES = NOTE_SIGNATURES_MAX - 1 };

static struct sealed *sealed;
static struct signing_key *witnesses[WITNESSES];
static char folder[TEMPORARY_BYTES], path[TEMPORARY_BYTES + 8];

// As the rules have them: two of one name come by what follows it.
static void sort_first_two(void) {
    char first[VKEY_TEXT_BYTES], second[VKEY_TEXT_BYTES];
    vkey_format(signing_key_public(witnesses[0]), first);
    vkey_format(signing_key_public(witnesses[1]), second);
    if (strcmp(first, second) > 0) {
        struct signing_key *key = witnesses[0];
        witnesses[0] = witnesses[1];
        witnesses[1] = key;
    }
}

static int set_up(void **state) {
    (void)state;
    sealed = seal_small();
    for (int i = 0; i < WITNESSES; i++) {
        char name[32];
        snprintf(name, sizeof name, "witness.example/w%02d", i < 2 ? 0 : i);
        witnesses[i] = seal_key(name, VKEY_COSIGNATURE, (uint8_t)(0x80 + i));
    }
    sort_first_two();
    temporary_make(folder, "test_report_signing");
    snprintf(path, sizeof path, "%s/1.db", folder);
    small_store_make(path);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    for (int i = 0; i < WITNESSES; i++) {
        signing_key_free(witnesses[i]);
    }
    seal_end(sealed);
    return temporary_remove(folder);
}

static void add(struct store *store, enum store_paper kind, struct slice note) {
    struct stored_paper paper = {.kind = kind, .bytes = (const uint8_t *)note.text, .length = note.length};
    struct error error;
    must(store_add_paper(store, &paper, &error), &error);
}

static void add_rules(struct store *store) {
    static char text[NOTE_BYTES_MAX], note[NOTE_BYTES_MAX];
    const struct signing_key *keys[] = {sealed->server};
    struct vkey list[WITNESSES];
    struct rules rules = small_rules(sealed);
    struct draft draft;
    struct error error;
    size_t length;
    for (int i = 0; i < WITNESSES; i++) {
        list[i] = *signing_key_public(witnesses[i]);
    }
    rules.witness_count = WITNESSES;
    rules.witnesses = list;
    must(rules_write(&rules, text, sizeof text, &length, &error), &error);
    draft_begin(&draft, note, sizeof note);
    must(note_sign(&draft, (struct slice){text, length}, keys, 1, &error), &error);
    add(store, PAPER_RULES, draft_text(&draft));
}

// The seal's note, with the cosignatures of these witnesses.
static void add_seal(struct store *store, enum store_paper kind, int first, int end) {
    static char note[NOTE_BYTES_MAX];
    const struct signing_key *keys[] = {sealed->server};
    struct draft draft;
    struct error error;
    draft_begin(&draft, note, sizeof note);
    must(note_sign(&draft, seal_text(sealed), keys, 1, &error), &error);
    for (int i = first; i < end; i++) {
        must(cosignature_add(&draft, seal_text(sealed), witnesses[i], SMALL_CLOSE + 2, &error), &error);
    }
    add(store, kind, draft_text(&draft));
}

static void each_witness_is_counted_once(void **state) {
    static struct signing_facts facts;
    const struct stored_draw draw = {.state = DRAW_SEALED, .rules = 1};
    struct store *store;
    struct error error;
    must(store_open(path, SMALL_DRAW, STORE_SERVE, &store, &error), &error);
    must(store_begin(store, &error), &error);
    add_rules(store);
    add_seal(store, PAPER_SEAL, 0, WITNESSES - 1);
    add_seal(store, PAPER_COSIGNATURE, 1, WITNESSES); // all but one of them again
    must(store_commit(store, &error), &error);
    must(signing_facts_read(&facts, store, &draw, &error), &error);
    assert_int_equal(facts.cosignatures, 1);
    assert_int_equal(facts.witnesses.count, WITNESSES);
    assert_string_equal(facts.witnesses.list[0], "witness.example/w00");
    assert_string_equal(facts.witnesses.list[1], "witness.example/w00");
    assert_string_equal(facts.witnesses.list[2], "witness.example/w02");
    store_close(&store);
    (void)state;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_witness_is_counted_once, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
