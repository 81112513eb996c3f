// The table of winners has each agency's own documents and nobody else's.
#include "cmocka_all.h"

#include "guarded.h"

#include "bet/limits.h"
#include "ledger/winners.h"

#include <stdio.h>
#include <string.h>

static void assert_winners(const struct winners *winners, uint32_t agency, const char *expected) {
    size_t length = 999;
    const char *documents = winners_of(winners, agency, &length);
    assert_int_equal(length, strlen(expected));
    assert_memory_equal(documents, expected, length);
}

static void nobody_won(void **state) {
    (void)state;
    struct winners *winners = winners_new(3);
    for (uint32_t agency = 1; agency <= 3; agency++) {
        assert_winners(winners, agency, "");
    }
    assert_int_equal(winners_count(winners), 0);
    winners_free(winners);
    winners_free(NULL);
}

static void each_agency_has_its_own(void **state) {
    (void)state;
    struct winners *winners = winners_new(7);
    assert_true(winners_add(winners, 2, "30904465"));
    assert_winners(winners, 2, "30904465"); // also while more are to come
    assert_winners(winners, 7, "");
    assert_true(winners_add(winners, 2, "A1"));
    assert_true(winners_add(winners, 3, "7"));
    assert_true(winners_add(winners, 6, "30904465")); // one person may have bet in several agencies
    assert_true(winners_add(winners, 6, "30904465")); // and twice in one
    assert_winners(winners, 1, "");
    assert_winners(winners, 2, "30904465,A1");
    assert_winners(winners, 3, "7");
    assert_winners(winners, 4, "");
    assert_winners(winners, 5, "");
    assert_winners(winners, 6, "30904465,30904465");
    assert_winners(winners, 7, "");
    assert_int_equal(winners_count(winners), 5);
    winners_free(winners);
}

static void the_first_and_the_last_agency(void **state) {
    (void)state;
    struct winners *winners = winners_new(2);
    assert_true(winners_add(winners, 1, "1"));
    assert_true(winners_add(winners, 2, "2"));
    assert_winners(winners, 1, "1");
    assert_winners(winners, 2, "2");
    winners_free(winners);
}

static void it_grows(void **state) {
    (void)state;
    enum { AGENCIES = 500, WINNERS_EACH = 40 };
    struct winners *winners = winners_new(AGENCIES);
    char document[24], expected[WINNERS_EACH * sizeof document];
    for (uint32_t agency = 1; agency <= AGENCIES; agency += 2) {
        for (int i = 0; i < WINNERS_EACH; i++) {
            snprintf(document, sizeof document, "%u%010d", agency, i);
            assert_true(winners_add(winners, agency, document));
        }
    }
    for (uint32_t agency = 1; agency <= AGENCIES; agency++) {
        size_t length = 0;
        for (int i = 0; agency % 2 == 1 && i < WINNERS_EACH; i++) {
            length += (size_t)sprintf(expected + length, "%s%u%010d", i == 0 ? "" : ",", agency, i);
        }
        expected[length] = '\0';
        assert_winners(winners, agency, expected);
    }
    assert_int_equal(winners_count(winners), AGENCIES / 2 * WINNERS_EACH);
    winners_free(winners);
}

// Whichever allocation fails, what was there before stays.
static void without_memory_it_says_so(void **state) {
    (void)state;
    for (int failing = 1; failing <= 2; failing++) {
        guarded.fails_in = failing;
        assert_null(winners_new(3));
    }
    struct winners *winners = winners_new(3);
    assert_true(winners_add(winners, 1, "1"));
    guarded.fails_in = 1;
    assert_false(winners_add(winners, 1, "a document that is longer than what there was room for"));
    assert_int_equal(guarded.fails_in, 0);
    assert_winners(winners, 1, "1");
    assert_int_equal(winners_count(winners), 1);
    assert_true(winners_add(winners, 2, "22"));
    assert_winners(winners, 2, "22");
    winners_free(winners);
}

// Documents of every length, one behind the other: each ends just within the room that there is, some time.
static void documents_of_every_length(void **state) {
    (void)state;
    for (size_t first = 1; first <= DOCUMENT_BYTES_MAX; first++) {
        struct winners *winners = winners_new(2);
        char document[DOCUMENT_BYTES_MAX + 1];
        memset(document, '7', sizeof document);
        document[first] = '\0';
        assert_true(winners_add(winners, 1, document));
        for (int i = 0; i < 8; i++) {
            assert_true(winners_add(winners, 2, document));
        }
        size_t length;
        (void)winners_of(winners, 2, &length);
        assert_int_equal(length, 8 * (first + 1) - 1);
        winners_free(winners);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nobody_won),
        cmocka_unit_test(each_agency_has_its_own),
        cmocka_unit_test(the_first_and_the_last_agency),
        cmocka_unit_test(it_grows),
        cmocka_unit_test(without_memory_it_says_so),
        cmocka_unit_test(documents_of_every_length),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
