// What waits in the inbox takes at most three times its bytes in memory.
#include "filing_story.h"
#include "guarded.h"

enum { AGENCIES = 50, STEP = 25, GROUPS = 7 * STEP };

// The shortest bets, one a message, so that as much as can be is beside each. In a process of its own: an
// open store that is served has a thread.
static void store_groups(uint64_t from, uint64_t to) {
    int status;
    pid_t child = fork();
    if (child == 0) {
        struct store *store = open_draw("1", STORE_SERVE);
        need_draw(store);
        for (; from < to; from++) {
            begin(store);
            for (uint32_t agency = 1; agency <= AGENCIES; agency++) {
                add(store, agency, from, 1);
            }
            commit(store);
        }
        store_close(&store);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static size_t allocated(void) {
    size_t bytes = 0;
    for (size_t i = 0; i < guarded.count; i++) {
        bytes += guarded.blocks[i].length;
    }
    return bytes;
}

// At any time: what is in memory grows by leaps.
static void it_takes_at_most_three_times_its_bytes(void **state) {
    (void)state;
    struct error error;
    for (uint64_t groups = STEP; groups <= GROUPS; groups += STEP) {
        char text[1024] = "";
        store_groups(groups - STEP, groups);
        int64_t bytes = query("SELECT sum(length(CAST(lines AS BLOB))) FROM inbox");
        assert_int_equal(query("SELECT count(*) FROM inbox"), groups);
        struct store *store = open_draw("1", STORE_READ);
        size_t before = allocated();
        must(store_agencies(store, note_agency, text, &error), &error); // which reads all of it
        size_t taken = allocated() - before;
        if (taken > 3 * (size_t)bytes || taken < (size_t)bytes) {
            fail_msg(
                "expected: for %lld bytes that wait, at most three times as many in memory; there are %zu",
                (long long)bytes, taken);
        }
        store_close(&store);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {STORE_TEST(it_takes_at_most_three_times_its_bytes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
