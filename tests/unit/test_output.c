// What leaves a connection keeps its order, in slices of any size, and nothing is kept of it.
// Copies and references.
#include "stream/output.h"

#include "cmocka_all.h"

#include <stdlib.h>
#include <string.h>

static const uint8_t table[] = "what is only referred to";

static void assert_leaves(struct output *output, const char *expected, size_t slice) {
    uint8_t room[64];
    while (*expected != '\0') {
        size_t length, left = strlen(expected);
        const uint8_t *bytes = output_gather(output, room, slice, &length);
        assert_int_equal(length, left < slice ? left : slice);
        assert_memory_equal(bytes, expected, length);
        output_sent(output, length);
        expected += length;
    }
    assert_int_equal(output->unsent, 0);
    assert_int_equal(output->kept, 0);
    assert_null(output->first);
}

static void fill(struct output *output) {
    assert_true(output_copy(output, (const uint8_t *)"one", 3));
    assert_true(output_refer(output, table, 7));
    assert_true(output_copy(output, (const uint8_t *)"two", 3));
    assert_true(output_copy(output, (const uint8_t *)"", 0));
    assert_true(output_refer(output, table + 5, 2));
    assert_int_equal(output->unsent, 15);
}

static void everything_leaves_in_its_order_in_slices_of_any_size(void **state) {
    (void)state;
    for (size_t slice = 1; slice <= 20; slice++) {
        struct output output = {0};
        fill(&output);
        assert_leaves(&output, "onewhat istwois", slice);
    }
}

static void what_is_referred_to_is_not_copied(void **state) {
    (void)state;
    struct output output = {0};
    size_t length;
    assert_true(output_refer(&output, table, sizeof table));
    size_t kept = output.kept;
    assert_ptr_equal(output_first(&output, 100, &length), table);
    assert_int_equal(length, sizeof table);
    assert_true(output_refer(&output, table, 64 * 1024 * 1024)); // it is never looked at
    assert_int_equal(output.kept, 2 * kept);
    output_free(&output);
    assert_int_equal(output.kept, 0);
}

static void what_is_taken_is_not_copied_and_freed_when_it_has_left(void **state) {
    (void)state;
    struct output output = {0};
    size_t length;
    uint8_t *bytes = malloc(1000), *more = malloc(10);
    assert_true(bytes != NULL && more != NULL);
    memcpy(bytes, "three", 5);
    assert_true(output_take(&output, bytes, 5));
    assert_true(output_copy(&output, (const uint8_t *)"four", 4)); // it has a segment of its own
    assert_true(output_take(&output, more, 0));
    assert_ptr_equal(output_first(&output, 100, &length), bytes);
    assert_leaves(&output, "threefour", 4);
    assert_true(output_take(&output, calloc(1, 4000), 4000));
    assert_in_range(output.kept, 4000, 4200);
    output_free(&output);
    assert_int_equal(output.kept, 0);
}

static void small_answers_share_segments(void **state) {
    (void)state;
    struct output output = {0};
    for (int i = 0; i < 1000; i++) {
        assert_true(output_copy(&output, (const uint8_t *)"0123456789012345678901234567890123456789", 40));
    }
    assert_in_range(output.kept, 40000, 50000);
    output_free(&output);
}

static void one_queue_moves_behind_another(void **state) {
    (void)state;
    struct output output = {0}, other = {0};
    output_move(&output, &other);
    fill(&other);
    output_move(&output, &other);
    assert_null(other.first);
    fill(&other);
    output_move(&output, &other);
    assert_leaves(&output, "onewhat istwoisonewhat istwois", 8);
}

static void what_is_just_being_sent_stays(void **state) {
    (void)state;
    struct output output = {0};
    size_t length, same;
    fill(&output);
    const uint8_t *bytes = output_first(&output, 2, &length);
    output_free_rest(&output);
    assert_ptr_equal(output_first(&output, 2, &same), bytes);
    assert_int_equal(output.unsent, 3);
    assert_leaves(&output, "one", 2);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_leaves_in_its_order_in_slices_of_any_size),
        cmocka_unit_test(what_is_referred_to_is_not_copied),
        cmocka_unit_test(what_is_taken_is_not_copied_and_freed_when_it_has_left),
        cmocka_unit_test(small_answers_share_segments),
        cmocka_unit_test(one_queue_moves_behind_another),
        cmocka_unit_test(what_is_just_being_sent_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
