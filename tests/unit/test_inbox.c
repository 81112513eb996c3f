// Agencies of the inbox are found without a look at those behind.
#include "cmocka_all.h"

#include "store/inbox.h"

#include <sys/mman.h>
#include <unistd.h>

// The places of agencies in two pages of memory, of which the second must not be touched.
static struct inbox_place *guarded_places(size_t page) {
    void *pages = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(pages, MAP_FAILED);
    assert_int_equal(mprotect((char *)pages + page, page, PROT_NONE), 0);
    return pages;
}

// Whoever merges the inbox with a table asks once a row. Each question that ran to the next agency with bets
// would make that the square of the rows.
static void a_search_ends_where_it_is_told_to(void **state) {
    (void)state;
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    uint32_t readable = (uint32_t)(page / sizeof(struct inbox_place));
    struct inbox inbox = {.places = guarded_places(page), .places_end = 2 * readable};
    struct inbox_agency third = {.agency = 3};
    inbox.places[3].agency = &third;
    assert_ptr_equal(inbox_between(&inbox, 0, readable), &third);
    assert_ptr_equal(inbox_between(&inbox, 3, 4), &third);
    assert_null(inbox_between(&inbox, 0, 3));
    assert_null(inbox_between(&inbox, 4, readable));
    assert_null(inbox_between(&inbox, 9, 2));
    inbox.places_end = readable;
    assert_null(inbox_between(&inbox, 4, UINT32_MAX));
    assert_int_equal(munmap(inbox.places, 2 * page), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_search_ends_where_it_is_told_to)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
