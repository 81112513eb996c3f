// Every chunk of a commit gets an entry of its own, and one signature holds for all of them.
#include "seal_story.h"
#include "temporary.h"

#include "bet/chunk.h"
#include "notary/commit_receipts.h"
#include "notary/key_file.h"

enum { TIME = SMALL_CLOSE - 3600, CHUNKS = 7 };

struct office {
    char folder[TEMPORARY_BYTES], key[TEMPORARY_BYTES + 16];
    struct sealed *sealed;
    struct notary *notary;
};

static int begin(void **state) {
    struct office *office = calloc(1, sizeof *office);
    struct error error;
    assert_non_null(office);
    temporary_make(office->folder, "test_receipts");
    office->sealed = seal_small();
    snprintf(office->key, sizeof office->key, "%s/sign.key", office->folder);
    must(key_file_make(office->key, office->sealed->server, &error), &error);
    must(notary_open(&(struct notary_options){.name = SMALL_NAME, .key = office->key}, &office->notary,
                     &error),
         &error);
    *state = office;
    return 0;
}

static int end(void **state) {
    struct office *office = *state;
    int status = temporary_remove(office->folder);
    notary_close(&office->notary);
    seal_end(office->sealed);
    free(office);
    return status;
}

// The root that the note names, as base64.
static void write_root(const struct commit_receipts *receipts, char text[BASE64_TEXT_BYTES(HASH_BYTES)]) {
    struct note note;
    struct receipts all;
    struct error error;
    must(note_parse("the receipts", (struct slice){receipts->note, receipts->note_size}, &note, &error),
         &error);
    must(receipts_parse(note.text, &all, &error), &error);
    base64_encode(all.root.bytes, HASH_BYTES, text);
}

static void the_commit_is_the_specifications(void **state) {
    struct office *office = *state;
    static const char row[] = "Ana,N\xC3\xBA\xC3\xB1"
                              "ez,30904465,1999-03-17,7574\n";
    static const uint8_t number[2] = {7574 & 0xFF, 7574 >> 8};
    struct commit_receipts receipts;
    struct hash digest;
    char entry[RECEIPT_BYTES_MAX], root[BASE64_TEXT_BYTES(HASH_BYTES)];
    size_t length;
    struct error error;
    commit_receipts_begin(&receipts, slice_of(SMALL_ORIGIN), &office->sealed->rules->hash,
                          office->sealed->secret);
    assert_true(
        hex_decode_exactly(slice_of("56689f763986dd8e018fe27862a593a39c956e08d90bc463a985532cfe6fd9f8"),
                           digest.bytes, HASH_BYTES));
    assert_true(commit_receipts_add(&receipts, 5, 0, 3, &digest, entry, &length));
    assert_true(chunk_digest(number, 1, row, sizeof row - 1, digest.bytes));
    assert_true(commit_receipts_add(&receipts, 2, 0, 1, &digest, entry, &length));
    must(commit_receipts_sign(&receipts, office->notary, TIME, &error), &error);
    write_root(&receipts, root);
    assert_string_equal(root, "m70yQiBTq4bSwxkzjwMHprc6DeFqKToPIQJzazCgKBs=");
    commit_receipts_end(&receipts);
}

static void each_entry_holds_and_no_other(void **state) {
    struct office *office = *state;
    struct commit_receipts receipts;
    char entries[CHUNKS][RECEIPT_BYTES_MAX];
    size_t lengths[CHUNKS];
    struct hash digest = {{1}};
    struct note note;
    struct receipts all;
    struct error error;
    commit_receipts_begin(&receipts, slice_of(SMALL_ORIGIN), &office->sealed->rules->hash,
                          office->sealed->secret);
    for (uint32_t i = 0; i < CHUNKS; i++) {
        assert_true(commit_receipts_add(&receipts, i + 1, 10, 20, &digest, entries[i], &lengths[i]));
    }
    must(commit_receipts_sign(&receipts, office->notary, TIME, &error), &error);
    must(note_parse("the receipts", (struct slice){receipts.note, receipts.note_size}, &note, &error),
         &error);
    must(note_check(&note, signing_key_public(office->sealed->server), &error), &error);
    must(receipts_parse(note.text, &all, &error), &error);
    assert_int_equal(all.size, CHUNKS);
    assert_int_equal(all.time, TIME);
    for (uint64_t i = 0; i < CHUNKS; i++) {
        struct merkle_path path;
        commit_receipts_path(&receipts, i, &path);
        for (uint64_t other = 0; other < CHUNKS; other++) {
            struct slice entry = {entries[other], lengths[other]};
            assert_int_equal(receipts_hold(&all, entry, i, &path, &error), other == i);
        }
    }
    commit_receipts_end(&receipts);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_commit_is_the_specifications, begin, end),
        cmocka_unit_test_setup_teardown(each_entry_holds_and_no_other, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
