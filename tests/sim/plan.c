#include "plan.h"

#include "world.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { WINNING_NUMBER = 7574 };

struct plan plan;

// `mark` distinguishes the documents of one list from those of the other.
static void make_bet(struct planned_agency *agency, uint32_t number, char mark, uint32_t index) {
    struct planned_bet *bet = &agency->bets[index];
    bet->number = world_chance(12) ? plan.winning_number : (uint16_t)world_below(10000);
    snprintf(bet->document, sizeof bet->document, "%" PRIu32 "%c%" PRIu32, number, mark, index);
    snprintf(bet->text, sizeof bet->text, "Ana,%s,%" PRIu32 "%c%" PRIu32 ",1990-02-%02" PRIu32 ",%u",
             world_chance(10) ? "Ñandú" : "Gil", number, mark, index, 1 + index % 28, bet->number);
}

static void write_file(struct planned_agency *agency) {
    agency->file = memfd_create("bets", MFD_CLOEXEC);
    FILE *file = agency->file < 0 ? NULL : fdopen(dup(agency->file), "w");
    if (file == NULL) {
        abort();
    }
    for (uint32_t i = 0; i < agency->count; i++) {
        fprintf(file, "%s\n", agency->bets[i].text);
    }
    if (fclose(file) != 0) {
        abort();
    }
    snprintf(agency->file_path, sizeof agency->file_path, "/proc/self/fd/%d", agency->file);
}

static uint32_t how_many_bets(void) {
    switch (world_below(8)) {
    case 0:
        return 0;
    case 1:
        return 1;
    case 2:
        return world_between(0, PLAN_BETS_MAX);
    default:
        return world_between(1, 40);
    }
}

static void make_agency(struct planned_agency *agency, uint32_t number, char mark) {
    agency->count = how_many_bets();
    for (uint32_t i = 0; i < agency->count; i++) {
        make_bet(agency, number, mark, i);
    }
    write_file(agency);
}

void plan_make(void) {
    static const uint32_t delays_ms[] = {0, 3, 20, 200, 2000};
    plan.agencies = world_between(1, PLAN_AGENCIES_MAX);
    plan.winning_number = WINNING_NUMBER;
    plan.loops = world_between(1, 3);
    plan.delay_ms_max = delays_ms[world_below(5)];
    plan.faults = world_chance(10) ? 0 : world_between(1, 20);
    plan.single_bytes = world_chance(5);
    plan.opened_agencies = plan.agencies;
    plan.is_manual = false;
    plan.closes_s = 0;
    for (uint32_t number = 1; number <= plan.agencies; number++) {
        make_agency(&plan.of[number], number, 'x');
        plan.of[number].classic = world_chance(20);
        plan.contested[number] = !plan.of[number].classic && world_chance(8);
        if (plan.contested[number]) {
            make_agency(&plan.other[number], number, 'y');
        }
    }
}

void plan_end(void) {
    for (uint32_t number = 1; number <= plan.agencies; number++) {
        close(plan.of[number].file);
        if (plan.contested[number]) {
            close(plan.other[number].file);
        }
    }
}

uint32_t plan_winners(const struct planned_agency *bets, uint64_t count, uint16_t number,
                      char text[PLAN_WINNERS_BYTES]) {
    uint32_t winners = 0;
    size_t length = 0;
    text[0] = '\0';
    for (uint64_t i = 0; i < count; i++) {
        if (bets->bets[i].number == number) {
            length += (size_t)snprintf(text + length, PLAN_WINNERS_BYTES - length, "%s%s",
                                       winners > 0 ? "," : "", bets->bets[i].document);
            winners++;
        }
    }
    return winners;
}

bool plan_has_bets(const struct planned_agency *bets, uint64_t first, uint32_t count, const char *rows,
                   size_t rows_length) {
    const char *row = rows, *end = rows + rows_length;
    for (uint32_t i = 0; i < count; i++) {
        const char *text = bets->bets[first + i].text;
        size_t length = strlen(text);
        if ((size_t)(end - row) <= length || memcmp(row, text, length) != 0 || row[length] != '\n') {
            return false;
        }
        row += length + 1;
    }
    return row == end;
}

bool plan_has_piece(const struct planned_agency *bets, const struct piece *piece) {
    char rows[PLAN_BETS_MAX * PLAN_BET_BYTES];
    uint8_t numbers[PLAN_BETS_MAX * 2], digest[CHUNK_DIGEST_BYTES];
    size_t length = 0;
    for (uint32_t i = 0; i < piece->count; i++) {
        const struct planned_bet *bet = &bets->bets[piece->first + i];
        numbers[2 * i] = (uint8_t)bet->number;
        numbers[2 * i + 1] = (uint8_t)(bet->number >> 8);
        length += (size_t)snprintf(rows + length, sizeof rows - length, "%s\n", bet->text);
    }
    return chunk_digest(numbers, piece->count, rows, length, digest) &&
           memcmp(digest, piece->digest, sizeof digest) == 0;
}
