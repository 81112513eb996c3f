// What others send makes the ledger's work grow no faster than what they sent.
// The work is counted in bytes that are looked through for the ends of rows, and in chunks that are read.
#include "ledger_story.h"

#include "ledger/row_cache.h"

enum { MANY_BETS = 4000 };

static const char row[] = "Ana,Paz,30904465,2000-01-01,7574";

// All calls of memchr in the program come here (tests/CMakeLists.txt).
static size_t scanned;
void *__real_memchr(const void *bytes, int byte, size_t length);
void *__wrap_memchr(const void *bytes, int byte, size_t length);

void *__wrap_memchr(const void *bytes, int byte, size_t length) {
    const char *found = __real_memchr(bytes, byte, length);
    scanned += found == NULL ? length : (size_t)(found - (const char *)bytes) + 1;
    return (void *)(uintptr_t)found;
}

// A chunk of winning bets.
static struct ledger_request *winning(enum ledger_request_type type, uint32_t agency, int64_t first,
                                      int count) {
    struct chunk *chunk = chunk_new((uint32_t)count, (size_t)count * sizeof row);
    struct error error;
    for (int i = 0; i < count; i++) {
        assert_true(chunk_add(chunk, row, sizeof row - 1, &error));
    }
    struct ledger_request *made = request(.type = LEDGER_PASS, .agency = agency, .first = first);
    made->input.type = type;
    made->input.chunk = chunk;
    assert_true(
        chunk_digest(chunk->numbers, chunk->count, chunk->rows, chunk->rows_length, made->input.digest));
    return made;
}

static void the_draw_goes_through_the_rows_once(void **state) {
    (void)state;
    int64_t next;
    open_ledger(2);
    assert_code(ask(winning(LEDGER_CHUNK, 1, 0, MANY_BETS), &next), ERROR_NONE);
    assert_code(ask(winning(LEDGER_LAST_CHUNK, 1, MANY_BETS, 10), &next), ERROR_NONE);
    assert_code(ask(winning(LEDGER_LAST_CHUNK, 2, 0, MANY_BETS), &next), ERROR_NONE);
    scanned = 0;
    work_do(story.ledger);
    assert_int_equal(story.drawn, 1);
    assert_int_equal(winners_count(story.winners), 2 * MANY_BETS + 10);
    // Each row's end is looked for, and in each row those of its fields.
    assert_in_range(scanned, 1, 3 * (2 * MANY_BETS + 10) * sizeof row);
}

static const struct error_code *ask_alone(struct ledger_request *request) {
    int64_t next;
    return ask(request, &next);
}

// Asks, and returns what that cost: nothing is read, and no more is looked through than was sent.
static const struct error_code *ask_cheaply(struct ledger_request *request) {
    int calls = story.calls;
    scanned = 0;
    size_t sent = request->input.chunk->rows_length;
    const struct error_code *code = ask_alone(request);
    assert_int_equal(story.calls, calls);
    assert_in_range(scanned, 0, 4 * sent);
    return code;
}

static void a_resend_into_a_huge_chunk_costs_what_was_sent(void **state) {
    (void)state;
    open_ledger(2);
    assert_code(ask_alone(winning(LEDGER_CHUNK, 1, 0, MANY_BETS)), ERROR_NONE);
    assert_code(ask_alone(winning(LEDGER_CHUNK, 1, MANY_BETS, MANY_BETS)), ERROR_NONE);
    for (int64_t first = 0; first < 2 * MANY_BETS; first += MANY_BETS) { // which reads each once
        assert_code(ask_alone(winning(LEDGER_CHUNK, 1, first, 1)), ERROR_NONE);
    }
    static const int64_t places[] = {0, 1, MANY_BETS - 2, MANY_BETS - 1, MANY_BETS, 2 * MANY_BETS - 3};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        assert_code(ask_cheaply(winning(LEDGER_CHUNK, 1, places[i], 3)), ERROR_NONE);
        assert_code(ask_cheaply(request(.first = places[i], .count = 3)), ERROR_CONFLICT);
    }
}

// An agency's resends do not make the others' dear: several chunks are kept.
static void some_chunks_are_kept_at_once(void **state) {
    (void)state;
    open_ledger(ROW_CACHE_CHUNKS);
    for (uint32_t agency = 1; agency <= ROW_CACHE_CHUNKS; agency++) {
        assert_code(ask_alone(winning(LEDGER_CHUNK, agency, 0, 100)), ERROR_NONE);
        assert_code(ask_alone(winning(LEDGER_CHUNK, agency, 50, 1)), ERROR_NONE);
    }
    for (uint32_t agency = 1; agency <= ROW_CACHE_CHUNKS; agency++) {
        assert_code(ask_cheaply(winning(LEDGER_CHUNK, agency, 51, 2)), ERROR_NONE);
    }
}

// Over small chunks, and large ones that are kept or not, in any order.
static void a_resend_over_many_chunks(void **state) {
    (void)state;
    static const int sizes[] = {1, 40, 2, 1, 30, 5, 60};
    static const int kept[] = {1, 43, 44, 79};
    int64_t end = 0;
    open_ledger(2);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; end += sizes[i++]) {
        assert_stored(.first = end, .count = sizes[i], .next = end + sizes[i]);
    }
    for (size_t i = 0; i <= sizeof kept / sizeof *kept; i++) {
        for (int64_t first = 0; first < end; first += 7) {
            assert_stored(.first = first, .count = (int)(end - first), .next = end);
            struct ledger_request *other = request(.first = first, .count = (int)(end - first));
            other->input.chunk->rows[other->input.chunk->rows_length - 2] = '9';
            assert_code(ask_alone(other), ERROR_CONFLICT);
        }
        if (i < sizeof kept / sizeof *kept) {
            assert_stored(.first = kept[i], .count = 1, .next = end);
        }
    }
    assert_bets((int)end);
}

// What was compared with a chunk that was not stored in the end is not compared with it again.
static void a_group_that_failed_is_forgotten(void **state) {
    (void)state;
    open_ledger(2);
    struct ledger_request *stored = winning(LEDGER_CHUNK, 1, 0, 100);
    struct ledger_request *again = winning(LEDGER_CHUNK, 1, 50, 1);
    stored->node.next = &again->node;
    story.count = 0;
    story.fault = FAIL_BEFORE;
    group_process(story.ledger, &stored->node);
    assert_error(&stored->answer.error, ERROR_STORE_FAILED);
    assert_error(&again->answer.error, ERROR_STORE_FAILED);
    discard_request(stored);
    discard_request(again);
    assert_stored(.first = 0, .count = 100, .next = 100);
    assert_stored(.first = 50, .count = 1, .next = 100);
    assert_code(ask_alone(winning(LEDGER_CHUNK, 1, 50, 1)), ERROR_CONFLICT);
}

// What is kept was looked at: a damaged chunk is found although the bet that is compared is whole.
static void a_damaged_chunk_is_not_kept(void **state) {
    (void)state;
    open_ledger(2);
    assert_stored(.last = true, .first = 0, .count = 100, .next = 100);
    ledger_close(&story.ledger);
    sqlite3 *database;
    assert_int_equal(sqlite3_open(story.path, &database), SQLITE_OK);
    assert_int_equal(sqlite3_exec(database, "UPDATE chunks SET rows = replace(rows, 'Paz,7,', 'Paz,8,')",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    sqlite3_close(database);
    open_ledger(2);
    assert_refused(ERROR_STORE_FAILED, .first = 50, .count = 1);
    assert_refused(ERROR_STORE_FAILED, .first = 50, .count = 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        LEDGER_TEST(a_resend_into_a_huge_chunk_costs_what_was_sent),
        LEDGER_TEST(some_chunks_are_kept_at_once),
        LEDGER_TEST(a_resend_over_many_chunks),
        LEDGER_TEST(a_group_that_failed_is_forgotten),
        LEDGER_TEST(a_damaged_chunk_is_not_kept),
        LEDGER_TEST(the_draw_goes_through_the_rows_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
