// What the stories of a ledger that signs have in common: its keys, the folder that keeps what is signed, and
// what it shows; and orders that change the draw.
#ifndef QUINIELA_TESTS_SIGNED_STORY_H
#define QUINIELA_TESTS_SIGNED_STORY_H

#include "ledger_story.h"
#include "seal_story.h"
#include "temporary.h"

#include "ledger/notice.h"
#include "ledger/orders.h"
#include "ledger/signing.h"
#include "ledger/state.h"
#include "notary/folder.h"
#include "notary/key_file.h"
#include "notary/notary.h"

struct office {
    char folder[TEMPORARY_BYTES], seals[TEMPORARY_BYTES + 8];
    struct signing_key *keys[2];
    char key_files[2][TEMPORARY_BYTES + 32];
    struct notary_options options; // what sign_with opens
    struct notary *notary;
    struct ledger_order order; // the last one
};

static struct office office;

static const struct vkey *key_of(int which) {
    return signing_key_public(office.keys[which]);
}

// The next ledger that is opened signs with the office's options, or with nothing.
static void sign(bool signs) {
    struct error error;
    notary_close(&office.notary);
    if (signs) {
        must(notary_open(&office.options, &office.notary, &error), &error);
        must(folder_make(office.seals, story.draw == NULL ? "1" : story.draw, &error), &error);
    }
    story.notary = office.notary;
    story.seal_dir = signs ? office.seals : NULL;
}

static int sign_begin(void **state) {
    char folder[TEMPORARY_BYTES];
    struct error error;
    if (set_up(state) != 0) {
        return -1;
    }
    memset(&office, 0, sizeof office);
    temporary_make(folder, "test_signing");
    memcpy(office.folder, folder, sizeof folder);
    snprintf(office.seals, sizeof office.seals, "%s/seals", folder);
    for (int i = 0; i < 2; i++) {
        office.keys[i] = seal_key(SMALL_NAME, VKEY_ED25519, (uint8_t)(0x20 * i));
        snprintf(office.key_files[i], sizeof office.key_files[i], "%s/sign-%d.key", folder, i & 1);
        must(key_file_make(office.key_files[i], office.keys[i], &error), &error);
    }
    office.options = (struct notary_options){.name = SMALL_NAME, .key = office.key_files[0]};
    story.notice = notice_new();
    assert_non_null(story.notice);
    sign(true);
    return 0;
}

static int sign_end(void **state) {
    if (story.ledger != NULL) {
        ledger_close(&story.ledger);
    }
    order_free_answer(&office.order);
    notary_close(&office.notary);
    notice_free(story.notice);
    for (int i = 0; i < 2; i++) {
        signing_key_free(office.keys[i]);
    }
    assert_int_equal(temporary_remove(office.folder), 0);
    return tear_down(state);
}

#define SIGNING_TEST(test) cmocka_unit_test_setup_teardown(test, sign_begin, sign_end)

// Closes the ledger, and has the next one begin with a notice of its own, as another process does.
static inline void stop(void) {
    ledger_close(&story.ledger);
    notice_free(story.notice);
    story.notice = notice_new();
    assert_non_null(story.notice);
}

// With the ledger closed: has the next one begin with no store, nothing kept, and a notice of its own.
static inline void begin_anew(void) {
    remove_stores();
    assert_int_equal(temporary_remove(office.seals), 0);
    sign(true);
    notice_free(story.notice);
    story.notice = notice_new();
    assert_non_null(story.notice);
}

// Checks that a ledger is not opened, and that the error's text has this in it.
static inline void assert_not_opened(uint32_t agencies, const struct error_code *code, const char *says) {
    struct error error;
    assert_false(try_to_open(agencies, &error));
    assert_error(&error, code);
    if (strstr(error.text, says) == NULL) {
        fail_msg("expected it to say \"%s\", it says \"%s\"", says, error.text);
    }
}

// The rules that are shown, whole and right: as many records as expected.
static inline struct kept_rules shown(size_t expected) {
    struct kept_rules rules = {.records = NULL};
    struct error error;
    size_t length;
    bool no_memory;
    char *all = notice_rules(story.notice, &length, &no_memory);
    assert_non_null(all);
    for (char *at = all; at < all + length;) {
        const char *next = strstr(at + 1, "quiniela rules v1\n");
        size_t size = next == NULL ? strlen(at) : (size_t)(next - at);
        must(kept_rules_add(&rules, (struct slice){at, size}, key_of(0), &error), &error);
        at += size;
    }
    free(all);
    assert_int_equal(rules.count, expected);
    return rules;
}

// The path of the file of a record in the folder.
static inline const char *record_path(int number) {
    static char path[TEMPORARY_BYTES + 48];
    snprintf(path, sizeof path, "%s/draw-1/rules-%d.note", office.seals, number);
    return path;
}

// Checks that the folder has exactly the records that are shown.
static inline void assert_kept(size_t count) {
    struct kept_rules rules = shown(count);
    struct error error;
    for (size_t i = 0; i < count; i++) {
        struct small_file file;
        must(small_file_read(record_path((int)i), NOTE_BYTES_MAX, &file, &error), &error);
        assert_true(slice_equal(small_file_text(&file),
                                (struct slice){rules.records[i].note, rules.records[i].size}));
        small_file_free(&file);
    }
    assert_int_equal(access(record_path((int)count), F_OK), -1);
    assert_int_equal(query("SELECT count(*) FROM papers WHERE kind = 'rules'"), (int)count);
    kept_rules_free(&rules);
}

static inline void on_order(struct ledger_order *completed) {
    assert_ptr_equal(completed, &office.order);
}

static inline struct order_answer *give(enum ledger_order_kind kind, struct order_input input) {
    order_free_answer(&office.order);
    office.order = (struct ledger_order){.kind = kind, .input = input, .complete = on_order};
    order_carry_out(story.ledger, &office.order);
    return &office.order.answer;
}

static inline struct order_answer *change_agencies(uint32_t agencies) {
    return give(ORDER_CHANGE,
                (struct order_input){.is_sure = true, .changes_agencies = true, .agencies = agencies});
}

static inline struct order_answer *change_cutoff(const char *closes_at) {
    struct order_input input = {.is_sure = true, .changes_cutoff = true};
    snprintf(input.closes_at, sizeof input.closes_at, "%s", closes_at);
    snprintf(input.closes_text, sizeof input.closes_text, "%s", closes_at);
    return give(ORDER_CHANGE, input);
}

#endif
