// A small message for which much is read waits for others like it, in no group with the rest.
// Who has the ledger's thread next.
#include "ledger_story.h"

#include "base/container.h"
#include "bet/limits.h"
#include "ledger/cost.h"
#include "ledger/row_cache.h"
#include "ledger/turn.h"

enum {
    HUGE_CHUNKS = ROW_CACHE_CHUNKS + 4, // so that not all of them can be kept
    HUGE_BETS = 5000,
    RESENDS = 4 * HUGE_CHUNKS,
    HONEST_BETS = 3,
};

static const char row[] = "Ana,Paz,30904465,2000-01-01,7574";

static struct ledger_request *bets(uint32_t agency, int64_t first, int count) {
    struct chunk *chunk = chunk_new((uint32_t)count, (size_t)count * sizeof row);
    struct error error;
    for (int i = 0; i < count; i++) {
        assert_true(chunk_add(chunk, row, sizeof row - 1, &error));
    }
    struct ledger_request *made = request(.type = LEDGER_PASS, .agency = agency, .first = first);
    made->input.type = LEDGER_CHUNK;
    made->input.chunk = chunk;
    made->input.turn_agency = agency;
    assert_true(
        chunk_digest(chunk->numbers, chunk->count, chunk->rows, chunk->rows_length, made->input.digest));
    return made;
}

static void store_huge_chunks(void) {
    int64_t next;
    open_ledger(2);
    for (int i = 0; i < HUGE_CHUNKS; i++) {
        assert_code(ask(bets(1, (int64_t)i * HUGE_BETS, HUGE_BETS), &next), ERROR_NONE);
    }
}

// One bet, into each of them in turn.
static struct ledger_request *resend(int number) {
    return bets(1, (int64_t)(number % HUGE_CHUNKS) * HUGE_BETS + number / HUGE_CHUNKS, 1);
}

static sem_t happened, may_go_on;
static struct ledger_request *honest;
static int completed, reads_before_honest;

static void on_one(struct ledger_request *request) {
    if (completed++ == 0) { // until all the others wait
        sem_post(&happened);
        sem_wait(&may_go_on);
        story.calls = 0;
    } else if (request == honest) {
        reads_before_honest = story.calls;
    }
    if (completed == RESENDS + 2) {
        sem_post(&happened);
    }
    assert_error(&request->answer.error, ERROR_NONE);
    discard_request(request);
}

static void submit(struct worker *worker, struct ledger_request *request) {
    request->complete = on_one;
    assert_true(worker_submit(worker, request));
}

// Whoever sends a chunk waits for few of them, in however many chunks they have the ledger look.
static void resends_into_many_huge_chunks(void **state) {
    (void)state;
    struct worker *worker;
    struct error error;
    store_huge_chunks();
    completed = reads_before_honest = 0;
    sem_init(&happened, 0, 0);
    sem_init(&may_go_on, 0, 0);
    assert_true(worker_start(story.ledger, &worker, &error));
    submit(worker, request(.type = LEDGER_PASS, .first = NO_FIRST));
    sem_wait(&happened);
    for (int i = 0; i < RESENDS; i++) {
        submit(worker, resend(i));
    }
    honest = bets(2, 0, HONEST_BETS);
    submit(worker, honest);
    sem_post(&may_go_on);
    sem_wait(&happened);
    worker_stop(worker);
    worker_free(&worker);
    assert_int_equal(completed, RESENDS + 2);
    assert_in_range(reads_before_honest, 1, 8); // its own commit is some of those
    sem_destroy(&happened);
    sem_destroy(&may_go_on);
}

static void add(struct turns *turns, struct ledger_request *request) {
    request->node.next = NULL;
    turns_add(turns, &request->node);
}

// Takes a group, and processes it. Returns how many were in it, all of that agency.
static int process_group(struct turns *turns, uint32_t *agency) {
    struct queue_node *group = turns_take_group(turns);
    int count = 0;
    story.count = 0;
    if (group != NULL) {
        *agency = CONTAINER_OF(group, struct ledger_request, node)->input.agency;
        group_process(story.ledger, group);
    }
    for (; count < story.count; count++) {
        assert_int_equal(story.completed[count]->input.agency, *agency);
        assert_error(&story.completed[count]->answer.error, ERROR_NONE);
    }
    return count;
}

static void discard_completed(void) {
    for (int i = 0; i < story.count; i++) {
        discard_request(story.completed[i]);
    }
}

// Also what is cheap, and comes behind what is not: its answer may not overtake the other one.
static void what_is_dear_has_groups_of_its_own(void **state) {
    (void)state;
    uint32_t agency = 0;
    store_huge_chunks();
    struct turns *turns = turns_new(story.ledger);
    struct ledger_request *order[RESENDS + 1];
    for (int i = 0; i < RESENDS; i++) {
        add(turns, order[i] = resend(i));
    }
    add(turns, bets(2, 0, HONEST_BETS));
    assert_int_equal(process_group(turns, &agency), 1);
    assert_int_equal(agency, 2);
    discard_completed();
    order[RESENDS] = request(.type = LEDGER_PASS, .first = NO_FIRST);
    order[RESENDS]->input.turn_agency = 1;
    add(turns, order[RESENDS]);
    for (int done = 0, sent = 1; done < RESENDS + 1;) {
        add(turns, bets(2, HONEST_BETS * sent++, HONEST_BETS));
        int count = process_group(turns, &agency);
        for (int i = 0; i < count && agency == 1; i++) {
            assert_ptr_equal(story.completed[i], order[done]);
            done++;
        }
        discard_completed();
    }
    while (turns_wait_ms(turns) >= 0) {
        assert_true(process_group(turns, &agency) > 0);
        discard_completed();
    }
    turns_free(turns);
}

static void what_is_kept_costs_nothing_more(void **state) {
    (void)state;
    int64_t next;
    store_huge_chunks();
    struct ledger_request *new_bets = bets(1, (int64_t)HUGE_CHUNKS * HUGE_BETS, 1), *one = resend(0);
    assert_int_equal(cost_beyond(story.ledger, new_bets), 0);
    assert_int_equal(cost_beyond(story.ledger, one), (size_t)HUGE_BETS * sizeof row);
    assert_code(ask(resend(HUGE_CHUNKS), &next), ERROR_NONE); // which reads the chunk
    assert_int_equal(cost_beyond(story.ledger, one), 0);
    discard_request(new_bets);
    discard_request(one);
    enum { LIST_BYTES = 512 * 1024 }; // what a list counts for
    struct ledger_request *list = bets(1, 0, 1);
    list->input.wants_list = true;
    assert_int_equal(cost_beyond(story.ledger, list), LIST_BYTES);
    ledger_close(&story.ledger);
    open_ledger(2); // nothing is known of how large they are
    assert_int_equal(cost_beyond(story.ledger, list), LIST_BYTES + (size_t)CHUNK_BYTES_MAX);
    discard_request(list);
}

// Whoever sends bets one by one may have them read as one large chunk.
static void small_chunks_may_have_been_joined(void **state) {
    (void)state;
    int64_t next;
    open_ledger(2);
    for (int first = 0; first < 2; first++) {
        assert_code(ask(bets(1, first, 1), &next), ERROR_NONE);
    }
    struct ledger_request *one = bets(1, 0, 1);
    assert_int_equal(cost_beyond(story.ledger, one), STORE_JOINED_BYTES_MAX);
    discard_request(one);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        LEDGER_TEST(resends_into_many_huge_chunks),
        LEDGER_TEST(what_is_dear_has_groups_of_its_own),
        LEDGER_TEST(what_is_kept_costs_nothing_more),
        LEDGER_TEST(small_chunks_may_have_been_joined),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
