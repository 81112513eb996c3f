// Memory comes from the allocator in use on the thread, and from the C library's heap without one.
// none is.
#include "cmocka_all.h"

#include "base/memory.h"

#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

// Counts what it gives out, and puts a mark before each block, which free(3) would not take.
struct counting {
    size_t blocks, asked;
    bool fails;
};

enum { MARK_BYTES = 64 };

static void *count_allocate(void *context, size_t bytes) {
    struct counting *counting = context;
    assert_true(bytes > 0);
    counting->asked = bytes;
    uint8_t *block = counting->fails ? NULL : malloc(MARK_BYTES + bytes);
    if (block == NULL) {
        return NULL;
    }
    counting->blocks++;
    memset(block, 0xaa, MARK_BYTES + bytes);
    return block + MARK_BYTES;
}

static void *count_resize(void *context, void *block, size_t bytes) {
    struct counting *counting = context;
    if (block == NULL) {
        return count_allocate(context, bytes);
    }
    counting->asked = bytes;
    uint8_t *moved = counting->fails ? NULL : realloc((uint8_t *)block - MARK_BYTES, MARK_BYTES + bytes);
    return moved == NULL ? NULL : moved + MARK_BYTES;
}

static void count_release(void *context, void *block) {
    struct counting *counting = context;
    assert_non_null(block);
    counting->blocks--;
    free((uint8_t *)block - MARK_BYTES);
}

static struct counting counting;
static const struct memory memory = {
    .allocate = count_allocate, .resize = count_resize, .release = count_release, .context = &counting};

static int use_it(void **state) {
    (void)state;
    counting = (struct counting){0};
    assert_null(memory_use(&memory));
    return 0;
}

static int use_none(void **state) {
    (void)state;
    assert_ptr_equal(memory_use(NULL), &memory);
    assert_true(counting.blocks == 0);
    return 0;
}

static void blocks_come_from_it_and_go_back(void **state) {
    (void)state;
    uint8_t *block = memory_allocate(3);
    char *copy = memory_duplicate("copy");
    assert_true(counting.blocks == 2 && counting.asked == sizeof "copy");
    assert_string_equal(copy, "copy");
    memory_free(block);
    memory_free(copy);
    memory_free(NULL);
}

static void zeroed_memory_is_zero(void **state) {
    (void)state;
    uint8_t *block = memory_zeroed(5, 7), zeros[35] = {0};
    assert_true(counting.asked == sizeof zeros);
    assert_memory_equal(block, zeros, sizeof zeros);
    memory_free(block);
}

static void a_block_grows_with_what_is_in_it(void **state) {
    (void)state;
    char *block = memory_resize(NULL, 4);
    memcpy(block, "abc", 4);
    block = memory_resize_array(block, 100, 50);
    assert_true(counting.asked == 5000 && counting.blocks == 1);
    assert_string_equal(block, "abc");
    memory_free(block);
}

static void no_bytes_are_a_block_too(void **state) {
    (void)state;
    void *blocks[] = {memory_allocate(0), memory_zeroed(0, 8), memory_resize(NULL, 0)};
    assert_true(counting.blocks == 3 && counting.asked == 1);
    for (int block = 0; block < 3; block++) {
        memory_free(blocks[block]);
    }
}

static void where_there_is_none_errno_says_so(void **state) {
    (void)state;
    void *block = memory_allocate(1);
    counting.fails = true;
    errno = 0;
    assert_null(memory_allocate(1));
    assert_int_equal(errno, ENOMEM);
    assert_null(memory_zeroed(1, 1));
    assert_null(memory_duplicate(""));
    assert_null(memory_resize(block, 2));
    memory_free(block);
}

static void more_than_fits_a_size_is_refused(void **state) {
    (void)state;
    counting.asked = 0;
    assert_null(memory_zeroed(SIZE_MAX / 2, 3));
    assert_null(memory_resize_array(NULL, SIZE_MAX / 2, 3));
    assert_true(counting.asked == 0);
}

static void *take_elsewhere(void *block) {
    *(void **)block = memory_allocate(8);
    return memory_use(NULL) == NULL ? block : NULL;
}

static void another_thread_has_the_heap(void **state) {
    (void)state;
    pthread_t thread;
    void *block = NULL, *had_none;
    assert_int_equal(pthread_create(&thread, NULL, take_elsewhere, &block), 0);
    assert_int_equal(pthread_join(thread, &had_none), 0);
    assert_non_null(had_none);
    assert_true(block != NULL && counting.blocks == 0);
    free(block);
}

static void without_one_it_is_the_heap(void **state) {
    (void)state;
    void *blocks[] = {memory_allocate(1), memory_zeroed(2, 2), memory_resize(NULL, 3),
                      memory_resize_array(NULL, 2, 2), memory_duplicate("x")};
    for (int block = 0; block < 5; block++) {
        free(blocks[block]); // which takes no other
    }
    memory_free(malloc(1));
}

#define STORY(function) cmocka_unit_test_setup_teardown(function, use_it, use_none)

int main(void) {
    const struct CMUnitTest tests[] = {
        STORY(blocks_come_from_it_and_go_back),   STORY(zeroed_memory_is_zero),
        STORY(a_block_grows_with_what_is_in_it),  STORY(no_bytes_are_a_block_too),
        STORY(where_there_is_none_errno_says_so), STORY(more_than_fits_a_size_is_refused),
        STORY(another_thread_has_the_heap),       cmocka_unit_test(without_one_it_is_the_heap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
