#include "story.h"

#include "base/random.h"
#include "bet/errors.h"
#include "check.h"
#include "checkpointer.h"
#include "ledger/group.h"
#include "ledger/ledger.h"
#include "ledger/request.h"
#include "ledger/winners.h"
#include "ledger/work.h"
#include "store/store.h"
#include "vfs.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { GROUP_MAX = 24 };

struct client {
    uint32_t position; // how many bets it has sent that, as far as it knows, will be stored
    bool finished;
};

struct story {
    const char *path;
    struct story_plan plan;
    struct promise *promise;
    uint64_t random;
    struct ledger *ledger;
    struct client clients[LOTTERY_AGENCIES + 1];
    struct ledger_request group[GROUP_MAX];
    size_t count;
    unsigned failures; // in a row
    bool group_failed, drawn, all_told;
    struct store *reader; // with an old snapshot
    sqlite3 *idle;        // a connection that does nothing
};

static struct story story; // `complete` has no context of its own

static uint32_t chance(uint32_t bound) {
    return random_below(&story.random, bound);
}

static void note(enum history_event event, uint32_t agency, uint32_t bets, bool last) {
    struct history_entry entry = {.event = event, .agency = agency, .bets = bets, .last = last};
    vfs_note(&entry);
    promise_apply(story.promise, &entry);
}

// Readers of the store ------------------------------------------------------------------------------------

static void part_from_readers(void) {
    if (story.reader != NULL) {
        store_close(&story.reader);
    }
    sqlite3_close(story.idle);
    story.idle = NULL;
}

static void meet_reader(void) {
    struct error error;
    struct stored_draw draw;
    bool found;
    if (store_open(story.path, "1", STORE_READ, &story.reader, &error) &&
        !store_get_draw(story.reader, &draw, &found, &error)) { // takes its snapshot
        store_close(&story.reader);
    }
}

static void meet_idler(void) {
    if (sqlite3_open(story.path, &story.idle) == SQLITE_OK) {
        sqlite3_exec(story.idle, "SELECT count(*) FROM sqlite_schema", NULL, NULL, NULL);
    }
}

static bool has_company(void) {
    return story.reader != NULL || story.idle != NULL;
}

// A failure while readers are open may be their fault: they leave, and the story tries again. Any other
// failure needs a fault as its cause.
static bool may_try_again(const char *what, const struct error *error) {
    if (has_company()) {
        part_from_readers();
        return true;
    }
    if (story.plan.failures == 0) {
        check_fail("%s failed without a fault: %s", what, error->text);
    }
    return ++story.failures <= story.plan.failures;
}

// The ledger ----------------------------------------------------------------------------------------------

// The store reads the beginning of its file before SQLite does, and not through the VFS.
static void show_file(const char *ending) {
    char name[DISK_NAME_BYTES];
    uint8_t bytes[64];
    snprintf(name, sizeof name, "%s%s", story.path, ending);
    int length = vfs_peek(name, bytes, sizeof bytes);
    if (length < 0) {
        unlink(name);
        return;
    }
    int file = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (file < 0 || write(file, bytes, (size_t)length) != length) {
        check_fail("%s cannot be written", name);
    }
    close(file);
}

static bool open_store(void *context, struct store **store, struct error *error) {
    (void)context;
    show_file("");
    show_file("-journal");
    show_file("-wal");
    return store_open(story.path, "1", STORE_SERVE, store, error);
}

static void on_drawn(void *context, const struct winners *winners) {
    (void)context;
    check_winners(winners);
    story.drawn = true;
    note(HISTORY_DRAWN, 0, 0, false);
}

static void on_all_told(void *context) {
    (void)context;
    story.all_told = true;
}

static bool open_ledger(void) {
    static const struct ledger_options options = {.draw = "1",
                                                  .agencies = LOTTERY_AGENCIES,
                                                  .winning_number = LOTTERY_WINNING_NUMBER,
                                                  .open_store = open_store,
                                                  .drawn = on_drawn,
                                                  .all_told = on_all_told};
    struct error error;
    story.drawn = story.all_told = false;
    while (!ledger_open(&options, &story.ledger, &error)) {
        if (error.code == ERROR_NONE || error.text[0] == '\0' || story.ledger != NULL) {
            check_fail("the ledger did not open and does not say why");
        }
        if (!may_try_again("opening", &error)) {
            return false;
        }
    }
    story.failures = 0;
    return true;
}

static void on_complete(struct ledger_request *request) {
    uint32_t agency = request->input.agency;
    if (request->answer.error.code == ERROR_STORE_FAILED) {
        story.group_failed = true;
        return;
    }
    if (request->answer.error.code != ERROR_NONE) {
        check_fail("agency %u: answered with %s: %s", agency, error_name(request->answer.error.code),
                   request->answer.error.text);
    }
    if (request->input.type == LEDGER_TOLD) {
        note(HISTORY_TOLD, agency, 0, false);
        return;
    }
    if (request->answer.next < request->input.first + (int64_t)request->input.chunk->count ||
        request->answer.next > lottery_bets(agency)) {
        check_fail("agency %u: acknowledged, with next %lld", agency, (long long)request->answer.next);
    }
    bool last = request->input.type == LEDGER_LAST_CHUNK;
    story.clients[agency].finished = story.clients[agency].finished || last;
    note(HISTORY_ACKNOWLEDGED, agency, (uint32_t)request->answer.next, last);
}

// Groups --------------------------------------------------------------------------------------------------

static struct ledger_request *add_request(enum ledger_request_type type, uint32_t agency) {
    struct ledger_request *request = &story.group[story.count++];
    memset(request, 0, sizeof *request);
    error_clear(&request->answer.error);
    request->input.type = type;
    request->input.agency = agency;
    request->answer.next = -1;
    request->complete = on_complete;
    return request;
}

static void add_chunk(uint32_t agency, uint32_t first, uint32_t end, bool last) {
    struct ledger_request *request = add_request(last ? LEDGER_LAST_CHUNK : LEDGER_CHUNK, agency);
    struct chunk *chunk = chunk_new(end - first, (size_t)(end - first) * LOTTERY_TEXT_BYTES);
    struct error error;
    for (uint32_t bet = first; bet < end; bet++) {
        char text[LOTTERY_TEXT_BYTES];
        size_t length = lottery_bet(agency, bet, text);
        if (!chunk_add(chunk, text, length, &error)) {
            check_fail("%s is no bet: %s", text, error.text);
        }
    }
    if (!chunk_digest(chunk->numbers, chunk->count, chunk->rows, chunk->rows_length, request->input.digest)) {
        check_fail("no memory for a digest");
    }
    request->input.first = first;
    request->input.chunk = chunk;
    note(HISTORY_SENT, agency, end, last);
}

// Adds up to three chunks in a row. Now and then, some of their bets have been sent before.
static void add_chunks(uint32_t agency) {
    struct client *client = &story.clients[agency];
    uint32_t bets = lottery_bets(agency), longest = agency == 3 ? 215 : 16;
    bool last = false;
    for (uint32_t wanted = 1 + chance(3); wanted > 0 && !last; wanted--) {
        uint32_t first = client->position;
        if (chance(6) == 0) {
            first -= chance(first + 1);
        }
        uint32_t end = first + 1 + chance(longest);
        end = end < bets ? end : bets;
        last = end == bets && (first == end || chance(2) == 0);
        add_chunk(agency, first, end, last);
        client->position = end > client->position ? end : client->position;
    }
}

// Returns whether to go on. After a failure the clients go back to what was acknowledged.
static bool process_group(void) {
    for (size_t i = 0; i < story.count; i++) {
        story.group[i].node.next = i + 1 < story.count ? &story.group[i + 1].node : NULL;
    }
    story.group_failed = false;
    if (story.count > 0) {
        group_process(story.ledger, &story.group[0].node);
    }
    for (size_t i = 0; i < story.count; i++) {
        chunk_free((struct chunk *)(uintptr_t)story.group[i].input.chunk);
    }
    struct error error;
    error_set(&error, ERROR_STORE_FAILED, "a group");
    bool go_on = !story.group_failed || may_try_again("storing", &error);
    if (!story.group_failed) {
        story.failures = 0;
    }
    for (uint32_t agency = 1; story.group_failed && agency <= LOTTERY_AGENCIES; agency++) {
        story.clients[agency].position = story.promise->agencies[agency].acknowledged;
    }
    story.count = 0;
    if (story.plan.steady) {
        checkpointer_wait();
    }
    return go_on;
}

static bool keep_company(void) {
    if (!story.plan.company) {
        return true;
    }
    if (has_company()) {
        if (chance(5) == 0) {
            part_from_readers();
        }
    } else if (chance(5) == 0) {
        meet_reader();
    } else if (chance(8) == 0) {
        meet_idler();
    }
    if (chance(12) == 0) {
        ledger_close(&story.ledger);
        return open_ledger();
    }
    return true;
}

static bool send_everything(void) {
    for (;;) {
        bool finished = true;
        for (uint32_t agency = 1; agency <= LOTTERY_AGENCIES; agency++) {
            if (!story.clients[agency].finished) {
                finished = false;
                if (chance(3) > 0) {
                    add_chunks(agency);
                }
            }
        }
        if (finished) {
            return true;
        }
        if (!process_group() || !keep_company()) {
            return false;
        }
    }
}

static bool make_draw(void) {
    struct error error;
    error_set(&error, ERROR_STORE_FAILED, "the draw");
    while (work_is_due(story.ledger)) {
        work_do(story.ledger);
        if (work_is_due(story.ledger) && !may_try_again("the draw", &error)) {
            return false;
        }
    }
    story.failures = 0;
    if (!story.drawn) {
        check_fail("all agencies have finished, and nobody has won");
    }
    return keep_company();
}

static bool tell_everybody(void) {
    for (uint32_t agency = 1; agency <= LOTTERY_AGENCIES;) {
        if (story.promise->agencies[agency].told && chance(2) == 0) {
            agency++;
            continue;
        }
        note(HISTORY_TOLD_SENT, agency, 0, false);
        add_request(LEDGER_TOLD, agency);
        if (!process_group()) {
            return false;
        }
        agency += !story.group_failed;
    }
    return true;
}

static bool play(void) {
    if (!open_ledger()) {
        return false;
    }
    if (story.plan.check) {
        check_store(story.path, story.promise, false);
    }
    if (story.plan.only_open) {
        return true;
    }
    if (!send_everything() || !make_draw() || !tell_everybody()) {
        return false;
    }
    if (!story.all_told) {
        check_fail("everybody was told, and that is not said");
    }
    if (story.plan.check) {
        check_store(story.path, story.promise, true);
    }
    return true;
}

bool story_play(const char *path, const struct story_plan *plan, struct promise *promise) {
    memset(&story, 0, sizeof story);
    story.path = path;
    story.plan = *plan;
    story.promise = promise;
    story.random = plan->seed;
    bool from_the_start = chance(4) == 0; // a client that was started again knows nothing
    for (uint32_t agency = 1; agency <= LOTTERY_AGENCIES; agency++) {
        story.clients[agency].position = from_the_start ? 0 : promise->agencies[agency].acknowledged;
    }
    bool done = play();
    if (story.ledger != NULL && chance(2) == 0) { // sometimes the ledger closes before the readers
        ledger_close(&story.ledger);
    }
    part_from_readers();
    if (story.ledger != NULL) {
        ledger_close(&story.ledger);
    }
    return done;
}
