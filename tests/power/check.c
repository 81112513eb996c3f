#include "check.h"

#include "bet/chunk.h"
#include "store/store.h"

#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char context[512] = "at the beginning";

void check_set_context(const char *format, ...) {
    va_list values;
    va_start(values, format);
    vsnprintf(context, sizeof context, format, values);
    va_end(values);
}

static const struct history *cut_history;
static size_t cut_at;

void check_set_history(const struct history *history, size_t end) {
    cut_history = history;
    cut_at = end;
}

void check_fail(const char *format, ...) {
    va_list values;
    va_start(values, format);
    if (cut_history != NULL) {
        history_print(cut_history, cut_at, stderr);
    }
    fprintf(stderr, "FAILED: %s\n  ", context);
    vfprintf(stderr, format, values);
    fprintf(stderr, "\n");
    va_end(values);
    exit(EXIT_FAILURE);
}

struct found {
    const struct promise *promise;
    struct found_agency {
        uint32_t in_chunks, bets;
        bool finished, told;
    } agencies[LOTTERY_AGENCIES + 1];
    uint32_t winners[LOTTERY_AGENCIES + 1]; // how many
    uint32_t next[LOTTERY_AGENCIES + 1];    // where the next winner is looked for
};

static void check_agency_number(uint32_t agency) {
    if (agency < 1 || agency > LOTTERY_AGENCIES) {
        check_fail("something of agency %u is stored, which is none", agency);
    }
}

static bool take_agency(void *given, const struct stored_agency *stored, struct error *error) {
    (void)error;
    check_agency_number(stored->agency);
    struct found_agency *agency = &((struct found *)given)->agencies[stored->agency];
    agency->bets = (uint32_t)stored->bets;
    agency->finished = stored->finished_at[0] != '\0';
    agency->told = stored->told_at[0] != '\0';
    return true;
}

static bool take_chunk(void *given, const struct stored_chunk *chunk, struct error *error) {
    (void)error;
    check_agency_number(chunk->agency);
    struct found_agency *agency = &((struct found *)given)->agencies[chunk->agency];
    if (chunk->first != agency->in_chunks || chunk->first + chunk->count > lottery_bets(chunk->agency)) {
        check_fail("agency %u: a chunk from bet %u on, of %u bets, where bet %u is expected", chunk->agency,
                   (unsigned)chunk->first, chunk->count, agency->in_chunks);
    }
    size_t at = 0;
    for (uint32_t i = 0; i < chunk->count; i++) {
        char text[LOTTERY_TEXT_BYTES + 1];
        uint32_t bet = agency->in_chunks++;
        size_t length = lottery_bet(chunk->agency, bet, text);
        text[length++] = '\n';
        if (chunk->rows_length - at < length || memcmp(chunk->rows + at, text, length) != 0 ||
            chunk_number(chunk->numbers, i) != lottery_number(chunk->agency, bet)) {
            check_fail("agency %u: bet %u is not the one that was sent", chunk->agency, bet);
        }
        at += length;
    }
    bool same;
    if (at != chunk->rows_length ||
        !chunk_compare_digest(chunk->numbers, chunk->count, chunk->rows, at, chunk->digest, &same)) {
        check_fail("agency %u: the chunk that ends at %u has more than its bets", chunk->agency,
                   agency->in_chunks);
    }
    if (!same) {
        check_fail("agency %u: a digest does not fit", chunk->agency);
    }
    return true;
}

static bool take_winner(void *given, const struct stored_winner *winner, struct error *error) {
    (void)error;
    struct found *found = given;
    check_agency_number(winner->agency);
    uint32_t agency = winner->agency, bet = found->next[agency];
    while (bet < lottery_bets(agency) && lottery_number(agency, bet) != LOTTERY_WINNING_NUMBER) {
        bet++;
    }
    char document[32];
    snprintf(document, sizeof document, "%u", agency * 1000 + bet);
    if (bet != winner->bet || strcmp(winner->document, document) != 0) {
        check_fail("agency %u: bet %u (%s) has won and should not have", agency, (unsigned)winner->bet,
                   winner->document);
    }
    found->next[agency] = bet + 1;
    found->winners[agency]++;
    return true;
}

static uint32_t expected_winners(uint32_t agency) {
    uint32_t count = 0;
    for (uint32_t bet = 0; bet < lottery_bets(agency); bet++) {
        count += lottery_number(agency, bet) == LOTTERY_WINNING_NUMBER;
    }
    return count;
}

static void check_agency(const struct found *found, uint32_t number, bool complete) {
    const struct promised_agency *promised = &found->promise->agencies[number];
    const struct found_agency *agency = &found->agencies[number];
    if (agency->in_chunks != agency->bets) {
        check_fail("agency %u: %u bets in its row, %u in its chunks", number, agency->bets,
                   agency->in_chunks);
    }
    if (agency->bets < promised->acknowledged) {
        check_fail("agency %u: %u bets were acknowledged, %u are stored", number, promised->acknowledged,
                   agency->bets);
    }
    if (agency->bets > 0 && !promised->ends[agency->bets]) {
        check_fail("agency %u: %u bets are stored, and no chunk that was sent ends there", number,
                   agency->bets);
    }
    if ((promised->finished && !agency->finished) ||
        (agency->finished && (!promised->last_sent || agency->bets != lottery_bets(number)))) {
        check_fail("agency %u: finished: %d; its last chunk: sent %d, acknowledged %d", number,
                   agency->finished, promised->last_sent, promised->finished);
    }
    if ((promised->told && !agency->told) || (agency->told && !promised->told_sent)) {
        check_fail("agency %u: told: %d, and this was acknowledged: %d", number, agency->told,
                   promised->told);
    }
    if (complete && (!agency->finished || !agency->told)) {
        check_fail("agency %u: not everything is stored", number);
    }
}

static void check_draw(const struct found *found, const struct stored_draw *draw, bool complete) {
    bool all_finished = true;
    for (uint32_t agency = 1; agency <= LOTTERY_AGENCIES; agency++) {
        all_finished = all_finished && found->agencies[agency].finished;
        uint32_t winners = draw->state == DRAW_DRAWN ? expected_winners(agency) : 0;
        if (found->winners[agency] != winners) {
            check_fail("agency %u: %u winners are stored and not %u; the draw is %s", agency,
                       found->winners[agency], winners, draw_state_name(draw->state));
        }
    }
    if ((draw->state != DRAW_OPEN) != all_finished) {
        check_fail("the draw is %s; all agencies finished: %d", draw_state_name(draw->state), all_finished);
    }
    if ((found->promise->drawn || complete) && draw->state != DRAW_DRAWN) {
        check_fail("the winners were told, and the draw is %s", draw_state_name(draw->state));
    }
}

static int take_text(void *given, int columns, char **texts, char **names) {
    (void)columns;
    (void)names;
    snprintf(given, 128, "%s", texts[0]);
    return 0;
}

static void check_integrity(const char *path) {
    sqlite3 *database;
    char text[128] = "";
    if (sqlite3_open(path, &database) != SQLITE_OK ||
        sqlite3_exec(database, "PRAGMA integrity_check", take_text, text, NULL) != SQLITE_OK ||
        strcmp(text, "ok") != 0) {
        check_fail("the database is damaged: %s, %s", sqlite3_errmsg(database), text);
    }
    sqlite3_close(database);
}

void check_store(const char *path, const struct promise *promise, bool complete) {
    struct store *store;
    struct error error;
    struct stored_draw draw;
    struct found found = {.promise = promise};
    bool there;
    check_integrity(path);
    if (!store_open(path, "1", STORE_READ, &store, &error) || !store_get_draw(store, &draw, &there, &error) ||
        !store_agencies(store, take_agency, &found, &error) ||
        !store_chunks(store, 0, 0, UINT64_MAX, take_chunk, &found, &error) ||
        !store_winners(store, take_winner, &found, &error)) {
        check_fail("the store cannot be read: %s", error.text);
    }
    store_close(&store);
    if (!there) {
        check_fail("the draw is gone");
    }
    for (uint32_t agency = 1; agency <= LOTTERY_AGENCIES; agency++) {
        check_agency(&found, agency, complete);
    }
    check_draw(&found, &draw, complete);
}

void check_winners(const struct winners *winners) {
    for (uint32_t agency = 1; agency <= LOTTERY_AGENCIES; agency++) {
        char expected[2048] = "";
        size_t length = 0, said;
        for (uint32_t bet = 0; bet < lottery_bets(agency); bet++) {
            if (lottery_number(agency, bet) == LOTTERY_WINNING_NUMBER) {
                length += (size_t)snprintf(expected + length, sizeof expected - length, "%s%u",
                                           length > 0 ? "," : "", agency * 1000 + bet);
            }
        }
        const char *documents = winners_of(winners, agency, &said);
        if (said != length || memcmp(documents, expected, length) != 0) {
            check_fail("agency %u: told the winners %.*s and not %s", agency, (int)said, documents, expected);
        }
    }
}
