// Many threads give the seal that one gives bet by bet, or say which bet is wrong.
#include "seal_story.h"

#include "base/random.h"
#include "bet/chunk.h"
#include "seal/errors.h"
#include "seal/root.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

enum { AGENCIES = 9, CHUNK_MAX = 3000 };

static const uint8_t secret[SECRET_BYTES] = {0x40, 0x41};
static const struct hash rules = {{7}};
static const atomic_bool never = false;

// How many bets each agency has: none at the beginning, in the middle and at the end; more than a batch
// holds.
static const uint64_t counts[AGENCIES] = {0, 1, 2, 17, 0, 0, 20011, 101, 0};

// What is allocated, counted (the linker leads there).
static atomic_uint allocations;

void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);
void *__real_realloc(void *memory, size_t size);
void *__wrap_realloc(void *memory, size_t size);

void *__wrap_malloc(size_t size) {
    allocations++;
    return __real_malloc(size);
}

void *__wrap_realloc(void *memory, size_t size) {
    allocations++;
    return __real_realloc(memory, size);
}

// Bets, by rule. --------------------------------------------------------------------------------------------

static uint16_t number_of(uint32_t agency, uint64_t bet) {
    return (uint16_t)((bet * 7 + agency) % 10000);
}

// Of different lengths; some numbers begin with zeros.
static size_t write_row(uint32_t agency, uint64_t bet, char row[BET_TEXT_BYTES_MAX]) {
    return (size_t)snprintf(row, BET_TEXT_BYTES_MAX, "Ana%.*s,Paz,%" PRIu64 ",2000-02-29,%.*s%d",
                            (int)(bet % 60),
                            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", bet,
                            (int)(bet % 3), "00", number_of(agency, bet));
}

static enum entry_state state_of(uint32_t agency) {
    return agency % 2 == 0 ? ENTRY_CUT : ENTRY_FINISHED;
}

static void expected_seal(struct checkpoint *seal) {
    struct draw_tree draw;
    struct error error;
    uint64_t bets = 0;
    for (uint32_t agency = 1; agency <= AGENCIES; agency++) {
        bets += counts[agency - 1];
    }
    draw_tree_begin(&draw, slice_of(SMALL_ORIGIN), &rules, AGENCIES, bets);
    for (uint32_t agency = 1; agency <= AGENCIES; agency++) {
        uint8_t key[AGENCY_KEY_BYTES];
        struct salts salts;
        struct merkle merkle;
        struct hash root;
        agency_key_make(secret, slice_of(SMALL_ORIGIN), agency, key);
        salts_begin(&salts, key);
        merkle_begin(&merkle);
        for (uint64_t bet = 0; bet < counts[agency - 1]; bet++) {
            char row[BET_TEXT_BYTES_MAX], text[TEXT_BYTES_MAX];
            uint8_t salt[SALT_BYTES];
            struct hash leaf;
            struct slice slice = {row, write_row(agency, bet, row)};
            salt_of_bet(&salts, bet, salt);
            bet_text_leaf(salt, (struct slice){text, bet_text_write(agency, bet, slice, text)}, &leaf);
            merkle_add(&merkle, &leaf);
        }
        merkle_root(&merkle, &root);
        draw_tree_add(&draw, state_of(agency), counts[agency - 1], &root, NULL);
    }
    assert_true(draw_tree_end(&draw, seal, &error));
}

// A chunk, which can be spoiled before it is added.
struct made {
    struct root_chunk chunk;
    char rows[CHUNK_MAX * 140];
    uint8_t numbers[2 * CHUNK_MAX], digest[CHUNK_DIGEST_BYTES];
};

static void make_chunk(struct made *made, uint32_t agency, uint64_t first, uint32_t count) {
    made->chunk = (struct root_chunk){agency, first, count, made->rows, 0, made->numbers, made->digest};
    for (uint32_t i = 0; i < count; i++) {
        char row[BET_TEXT_BYTES_MAX];
        size_t length = write_row(agency, first + i, row);
        memcpy(made->rows + made->chunk.rows_length, row, length);
        made->rows[made->chunk.rows_length + length] = '\n';
        made->chunk.rows_length += length + 1;
        uint16_t number = number_of(agency, first + i);
        made->numbers[2 * i] = (uint8_t)number;
        made->numbers[2 * i + 1] = (uint8_t)(number >> 8);
    }
    assert_true(chunk_digest(made->numbers, count, made->rows, made->chunk.rows_length, made->digest));
}

// A draw that is being sealed. ------------------------------------------------------------------------------

struct sealing {
    struct root_options options;
    struct root *root;
    uint64_t random;
    uint32_t chunk_max;
    bool is_checked;
    uint32_t seen, refused;           // agencies; the one that on_agency refuses
    uint64_t added;                   // chunks
    uint64_t allocated;               // by the time that 20 were added
    void (*spoil)(struct made *made); // the chunk of agency 7 from bet 9000 or so on
    atomic_bool *stop;                // set after 10 chunks
    struct error error;
};

static bool on_agency(void *context, uint32_t agency, uint64_t count, const struct hash *root,
                      enum entry_state *state, struct error *error) {
    struct sealing *sealing = context;
    (void)root;
    assert_int_equal(agency, ++sealing->seen);
    if (agency == sealing->refused) {
        return error_set(error, ERROR_SYSTEM, "not this one");
    }
    assert_int_equal(count, counts[agency - 1]);
    *state = state_of(agency);
    return true;
}

static void begin_sealing(struct sealing *sealing, unsigned threads, uint32_t chunk_max) {
    *sealing = (struct sealing){.random = threads + chunk_max, .chunk_max = chunk_max, .is_checked = true};
    sealing->options = (struct root_options){.origin = slice_of(SMALL_ORIGIN),
                                             .secret = secret,
                                             .rules = rules,
                                             .agencies = AGENCIES,
                                             .threads = threads,
                                             .stop = &never,
                                             .on_agency = on_agency,
                                             .context = sealing};
    for (int i = 0; i < AGENCIES; i++) {
        sealing->options.bets += counts[i];
    }
}

static bool add_agency(struct sealing *sealing, uint32_t agency) {
    static struct made made;
    uint64_t end = counts[agency - 1];
    for (uint64_t first = 0, count; first < end; first += count) {
        count = 1 + random_next(&sealing->random) % sealing->chunk_max;
        count = count < end - first ? count : end - first;
        make_chunk(&made, agency, first, (uint32_t)count);
        if (!sealing->is_checked) {
            made.chunk.numbers = made.chunk.digest = NULL;
        }
        if (sealing->spoil != NULL && agency == 7 && first >= 9000) {
            sealing->spoil(&made);
            sealing->spoil = NULL;
        }
        if (!root_add(sealing->root, &made.chunk, &sealing->error)) {
            return false;
        }
        sealing->added++;
        if (sealing->added == 10 && sealing->stop != NULL) {
            *sealing->stop = true;
        }
        if (sealing->added == 20) {
            sealing->allocated = allocations;
        }
    }
    return true;
}

// Adds all bets and gives the seal. False with sealing->error.
static bool seal(struct sealing *sealing, struct checkpoint *seal) {
    sealing->root = root_begin(&sealing->options, &sealing->error);
    assert_non_null(sealing->root);
    bool is_done = true;
    for (uint32_t agency = 1; agency <= AGENCIES && is_done; agency++) {
        is_done = add_agency(sealing, agency);
    }
    is_done = is_done && root_end(sealing->root, seal, &sealing->error);
    root_free(sealing->root);
    return is_done;
}

// Stories. --------------------------------------------------------------------------------------------------

static void the_seal_is_the_same_for_any_threads_and_chunks(void **state) {
    (void)state;
    static const struct {
        unsigned threads;
        uint32_t chunk_max;
    } cases[] = {{1, 1}, {1, 40}, {2, 7}, {3, 1000}, {8, 100}, {0, CHUNK_MAX}};
    struct checkpoint expected, given;
    expected_seal(&expected);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sealing sealing;
        begin_sealing(&sealing, cases[i].threads, cases[i].chunk_max);
        sealing.is_checked = i % 2 == 0;
        if (!seal(&sealing, &given)) {
            fail_msg("%u threads, chunks of up to %u bets: %s", cases[i].threads, cases[i].chunk_max,
                     sealing.error.text);
        }
        assert_int_equal(sealing.seen, AGENCIES);
        assert_int_equal(given.size, AGENCIES + 1);
        if (!hash_equal(&given.root, &expected.root)) {
            fail_msg("%u threads, chunks of up to %u bets: another root than bet by bet", cases[i].threads,
                     cases[i].chunk_max);
        }
    }
}

static void memory_does_not_grow_with_the_bets(void **state) {
    (void)state;
    struct sealing sealing;
    struct checkpoint given;
    begin_sealing(&sealing, 2, 100);
    assert_true(seal(&sealing, &given));
    assert_true(sealing.added > 200);
    // root_free allocates nothing.
    if (allocations != sealing.allocated) {
        fail_msg("%" PRIu64 " blocks of memory were allocated after the first 20 of %" PRIu64 " chunks",
                 allocations - sealing.allocated, sealing.added);
    }
}

static bool keep_root(void *context, uint32_t agency, uint64_t count, const struct hash *root,
                      enum entry_state *state, struct error *error) {
    (void)agency, (void)count, (void)error;
    *(struct hash *)context = *root;
    *state = ENTRY_FINISHED;
    return true;
}

static void a_chunk_longer_than_a_batch_is_taken_whole(void **state) {
    (void)state;
    enum { ROW = 300 };
    struct sealing sealing;
    struct checkpoint given;
    struct error error;
    struct hash root, expected;
    struct agency_tree tree;
    uint8_t key[AGENCY_KEY_BYTES];
    char *rows = malloc((size_t)CHUNK_MAX * (ROW + 1));
    assert_non_null(rows);
    begin_sealing(&sealing, 2, 1);
    sealing.options.agencies = 1;
    sealing.options.bets = 2 * CHUNK_MAX;
    sealing.options.on_agency = keep_root;
    sealing.options.context = &root;
    agency_key_make(secret, slice_of(SMALL_ORIGIN), 1, key);
    agency_tree_begin(&tree, 1, key);
    sealing.root = root_begin(&sealing.options, &error);
    assert_non_null(sealing.root);
    for (uint64_t first = 0; first < sealing.options.bets; first += CHUNK_MAX) {
        for (size_t i = 0; i < CHUNK_MAX; i++) {
            char *row = rows + i * (ROW + 1);
            memset(row, 'a' + (int)((first + i) % 26), ROW);
            row[ROW] = '\n';
            agency_tree_add(&tree, (struct slice){row, ROW}, NULL);
        }
        struct root_chunk chunk = {1, first, CHUNK_MAX, rows, (size_t)CHUNK_MAX * (ROW + 1), NULL, NULL};
        assert_true(chunk.rows_length > 2 * ROOT_BATCH_BYTES);
        assert_true(root_add(sealing.root, &chunk, &error));
    }
    assert_true(root_end(sealing.root, &given, &error));
    root_free(sealing.root);
    free(rows);
    merkle_root(&tree.merkle, &expected);
    assert_true(hash_equal(&root, &expected));
}

static void sign_again(struct made *made) {
    assert_true(
        chunk_digest(made->numbers, made->chunk.count, made->rows, made->chunk.rows_length, made->digest));
}

static void one_row_more(struct made *made) {
    memcpy(made->rows + made->chunk.rows_length, "\n", 1);
    made->chunk.rows_length++;
    sign_again(made);
}

static void one_row_less(struct made *made) {
    do {
        made->chunk.rows_length--;
    } while (made->rows[made->chunk.rows_length - 1] != '\n');
    sign_again(made);
}

static void no_end(struct made *made) {
    made->chunk.rows_length--;
    sign_again(made);
}

static void another_number(struct made *made) {
    made->numbers[3] ^= 1;
    sign_again(made);
}

static void another_row(struct made *made) {
    made->rows[0] = 'E';
}

static void another_digest(struct made *made) {
    made->digest[31] ^= 1;
}

static void a_row_beyond_all(struct made *made) {
    for (char *row = made->rows; row < made->rows + 1000; row++) {
        *row = *row == '\n' ? ' ' : *row;
    }
    made->chunk.numbers = made->chunk.digest = NULL;
}

static void a_gap(struct made *made) {
    made->chunk.first++;
}

static void again(struct made *made) {
    made->chunk.first -= made->chunk.count;
}

static void an_agency_before(struct made *made) {
    made->chunk.agency = 4;
}

static void what_is_wrong_is_said(void **state) {
    (void)state;
    static const struct {
        void (*spoil)(struct made *made);
        const char *says;
    } cases[] = {
        {one_row_more, "it is one more than there are"},
        {one_row_less, "it is not there"},
        {no_end, "it is not there"},
        {another_number, "its number is not the one stored for it"},
        {another_row, "the digest is not that of its bets"},
        {another_digest, "the digest is not that of its bets"},
        {a_row_beyond_all, "it is longer than any bet"},
        {a_gap, "does not follow"},
        {again, "does not follow"},
        {an_agency_before, "does not follow"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sealing sealing;
        struct checkpoint given;
        begin_sealing(&sealing, 2, 100);
        sealing.spoil = cases[i].spoil;
        if (seal(&sealing, &given)) {
            fail_msg("case %zu was sealed: \"%s\" was expected", i, cases[i].says);
        }
        assert_ptr_equal(sealing.error.code, ERROR_FALSE_CLAIM);
        if (strstr(sealing.error.text, cases[i].says) == NULL ||
            strstr(sealing.error.text, "gency ") == NULL) {
            fail_msg("case %zu: \"%s\" was expected, and \"%s\" came", i, cases[i].says, sealing.error.text);
        }
    }
}

static void an_agency_that_there_is_not_is_refused_at_once(void **state) {
    (void)state;
    static struct made made;
    static const uint32_t agencies[] = {0, AGENCIES + 1, UINT32_MAX};
    for (size_t i = 0; i < sizeof agencies / sizeof agencies[0]; i++) {
        struct sealing sealing;
        struct error error;
        begin_sealing(&sealing, 1, 1);
        make_chunk(&made, agencies[i], 0, 1);
        struct root *root = root_begin(&sealing.options, &error);
        assert_non_null(root);
        assert_false(root_add(root, &made.chunk, &error));
        assert_ptr_equal(error.code, ERROR_FALSE_CLAIM);
        root_free(root);
    }
}

static void another_sum_is_no_seal(void **state) {
    (void)state;
    struct sealing sealing;
    struct checkpoint given;
    begin_sealing(&sealing, 2, 1000);
    sealing.options.bets++;
    assert_false(seal(&sealing, &given));
    assert_ptr_equal(sealing.error.code, ERROR_FALSE_CLAIM);
}

static void an_agency_may_be_refused(void **state) {
    (void)state;
    for (uint32_t agency = 1; agency <= AGENCIES; agency++) {
        struct sealing sealing;
        struct checkpoint given;
        begin_sealing(&sealing, 2, 1000);
        sealing.refused = agency;
        assert_false(seal(&sealing, &given));
        assert_ptr_equal(sealing.error.code, ERROR_SYSTEM);
        assert_int_equal(sealing.seen, agency);
    }
}

static void it_ends_when_it_is_to_stop(void **state) {
    (void)state;
    atomic_bool stop = false;
    struct sealing sealing;
    struct checkpoint given;
    begin_sealing(&sealing, 2, 100);
    sealing.options.stop = sealing.stop = &stop;
    assert_false(seal(&sealing, &given));
    assert_ptr_equal(sealing.error.code, ERROR_SEAL_STOPPED);
    assert_int_equal(sealing.added, 10);
    // From the beginning, without a bet.
    struct error error;
    sealing.seen = 0;
    struct root *root = root_begin(&sealing.options, &error);
    assert_non_null(root);
    assert_false(root_end(root, &given, &error));
    assert_ptr_equal(error.code, ERROR_SEAL_STOPPED);
    root_free(root);
}

// While its threads have something in hand, and before they have.
static void it_can_be_left_at_any_time(void **state) {
    (void)state;
    static struct made made;
    for (int chunks = 0; chunks < 30; chunks++) {
        struct sealing sealing;
        struct error error;
        begin_sealing(&sealing, 3, 1);
        struct root *root = root_begin(&sealing.options, &error);
        assert_non_null(root);
        for (int i = 0; i < chunks; i++) {
            make_chunk(&made, 7, (uint64_t)i * 600, 600);
            assert_true(root_add(root, &made.chunk, &error));
        }
        root_free(root);
    }
    root_free(NULL);
}

// Leaves that are made together have the indices, salts and texts of those made one by one.
static void leaves_count_on(void **state) {
    (void)state;
    static const uint64_t firsts[] = {0, 1, 90, 985, 99999989, UINT64_C(9999999999999989)};
    struct bet_leaves leaves;
    struct salts salts;
    uint8_t key[AGENCY_KEY_BYTES] = {9}, salt[SALT_BYTES];
    salts_begin(&salts, key);
    for (size_t i = 0; i < sizeof firsts / sizeof firsts[0]; i++) {
        uint64_t bet = firsts[i];
        bet_leaves_begin(&leaves, AGENCIES_MAX, key, bet);
        for (size_t count = 0; count <= HASHES_TOGETHER; count++) {
            char row[HASHES_TOGETHER][BET_TEXT_BYTES_MAX], text[TEXT_BYTES_MAX];
            struct slice rows[HASHES_TOGETHER];
            struct hash made[HASHES_TOGETHER], leaf;
            for (size_t j = 0; j < count; j++) {
                size_t length = (count * 37 + j * 101) % (BET_TEXT_BYTES_MAX + 1);
                memset(row[j], 'a' + (int)j, length);
                rows[j] = (struct slice){row[j], length};
            }
            bet_leaves_next(&leaves, rows, count, made);
            for (size_t j = 0; j < count; j++, bet++) {
                salt_of_bet(&salts, bet, salt);
                size_t length = bet_text_write(AGENCIES_MAX, bet, rows[j], text);
                bet_text_leaf(salt, (struct slice){text, length}, &leaf);
                if (!hash_equal(&leaf, &made[j])) {
                    fail_msg("bet %" PRIu64 ", number %zu of %zu made together: another leaf", bet, j, count);
                }
            }
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(leaves_count_on),
        cmocka_unit_test(the_seal_is_the_same_for_any_threads_and_chunks),
        cmocka_unit_test(memory_does_not_grow_with_the_bets),
        cmocka_unit_test(a_chunk_longer_than_a_batch_is_taken_whole),
        cmocka_unit_test(what_is_wrong_is_said),
        cmocka_unit_test(an_agency_that_there_is_not_is_refused_at_once),
        cmocka_unit_test(another_sum_is_no_seal),
        cmocka_unit_test(an_agency_may_be_refused),
        cmocka_unit_test(it_ends_when_it_is_to_stop),
        cmocka_unit_test(it_can_be_left_at_any_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
