#include "cli/top_map.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    LABEL_COLUMNS = 6,
    LISTED = 8, // numbers that were bet most, and least
    LIST_COLUMNS = 22,
    MAP_BYTES = LABEL_COLUMNS + 4 * 100 + 1
};

// How the numbers are shared out: a row of so many cells, each of so many numbers.
struct grid {
    unsigned rows, cells, numbers;
};

// From the finest on. Each has all 10,000 of them.
static const struct grid grids[] = {
    {100, 100, 1}, {50, 100, 2}, {25, 100, 4}, {20, 100, 5}, {20, 50, 10}, {10, 50, 20}, {5, 50, 40},
};

enum { GRIDS = sizeof grids / sizeof *grids };

enum { LEGEND_ROWS = 2, LIST_ROWS = 2 };

// Whether there is room for the lists beside the map, so that they need no rows of their own.
static bool has_beside(const struct grid *grid, unsigned columns) {
    return LABEL_COLUMNS + grid->cells + LIST_COLUMNS <= columns && grid->rows >= 2 * LISTED + 4;
}

// The last one where none fits.
static struct grid choose(unsigned rows, unsigned columns) {
    for (size_t i = 0; i < GRIDS; i++) {
        unsigned others = LEGEND_ROWS + (has_beside(&grids[i], columns) ? 0 : LIST_ROWS);
        if (grids[i].rows + others <= rows && LABEL_COLUMNS + grids[i].cells <= columns) {
            return grids[i];
        }
    }
    return grids[GRIDS - 1];
}

static uint64_t sum_of(const struct top_numbers *numbers, const struct grid *grid, unsigned cell) {
    uint64_t sum = 0;
    for (unsigned i = cell * grid->numbers; i < (cell + 1) * grid->numbers; i++) {
        sum += numbers->counts[i];
    }
    return sum;
}

static void find_range(const struct top_numbers *numbers, const struct grid *grid, uint64_t *least,
                       uint64_t *most) {
    *least = UINT64_MAX;
    *most = 0;
    for (unsigned cell = 0; cell < grid->rows * grid->cells; cell++) {
        uint64_t sum = sum_of(numbers, grid, cell);
        *least = sum < *least ? sum : *least;
        *most = sum > *most ? sum : *most;
    }
}

static const char *shade(const struct top_screen *screen, uint64_t sum, uint64_t least, uint64_t most) {
    static const char *const blocks[] = {" ", "░", "▒", "▓", "█"}, *const plain[] = {" ", ".", "-", "+", "#"};
    enum { LEVELS = sizeof blocks / sizeof *blocks };
    double part = most > least ? (double)(sum - least) / (double)(most - least) : 0;
    int level = (int)(part * (LEVELS - 1) + 0.5);
    return screen->is_utf8 ? blocks[level] : plain[level];
}

// The most and least bet ------------------------------------------------------------------------------------

struct extremes {
    unsigned most[LISTED], least[LISTED]; // numbers, the first one first
};

// Those that were bet as often are in the order of their numbers.
static int compare(uint64_t count, uint64_t other_count, unsigned number, unsigned other) {
    return count != other_count ? (count > other_count) - (count < other_count)
                                : (number > other) - (number < other);
}

static int most_first(const void *one, const void *other, void *context) {
    const struct top_numbers *numbers = context;
    unsigned a = *(const unsigned *)one, b = *(const unsigned *)other;
    return compare(numbers->counts[b], numbers->counts[a], a, b);
}

static int least_first(const void *one, const void *other, void *context) {
    const struct top_numbers *numbers = context;
    unsigned a = *(const unsigned *)one, b = *(const unsigned *)other;
    return compare(numbers->counts[a], numbers->counts[b], a, b);
}

static void find_extremes(const struct top_numbers *numbers, struct extremes *extremes) {
    unsigned order[NUMBER_COUNTS];
    struct top_numbers *context = (struct top_numbers *)(uintptr_t)numbers; // which is only read
    for (unsigned i = 0; i < NUMBER_COUNTS; i++) {
        order[i] = i;
    }
    qsort_r(order, NUMBER_COUNTS, sizeof *order, most_first, context);
    memcpy(extremes->most, order, sizeof extremes->most);
    qsort_r(order, NUMBER_COUNTS, sizeof *order, least_first, context);
    memcpy(extremes->least, order, sizeof extremes->least);
}

// What stands beside a row of the map: a list of each, under its name.
static void write_beside(const struct top_numbers *numbers, const struct extremes *extremes, unsigned row,
                         char text[LIST_COLUMNS + 16]) {
    enum { SECOND = LISTED + 2 };
    bool is_most = row < SECOND;
    unsigned place = is_most ? row : row - SECOND;
    text[0] = '\0';
    if (place == 0 || place > LISTED) {
        snprintf(text, LIST_COLUMNS + 16, "%s", place == 0 ? is_most ? "most bet" : "least bet" : "");
        return;
    }
    unsigned number = is_most ? extremes->most[place - 1] : extremes->least[place - 1];
    snprintf(text, LIST_COLUMNS + 16, "%04u %12" PRIu64, number, numbers->counts[number]);
}

static void add_list(const char *what, const unsigned list[LISTED], const struct top_numbers *numbers,
                     struct top_screen *screen) {
    char text[512];
    size_t length = (size_t)snprintf(text, sizeof text, "%s:", what);
    for (unsigned i = 0; i < LISTED; i++) {
        length += (size_t)snprintf(text + length, sizeof text - length, " %04u %" PRIu64 "%s", list[i],
                                   numbers->counts[list[i]], i + 1 < LISTED ? "," : "");
    }
    top_screen_add(screen, TOP_PLAIN, "%s", text);
}

// The map ---------------------------------------------------------------------------------------------------

static void add_legend(const struct top_numbers *numbers, const struct grid *grid, uint64_t least,
                       uint64_t most, struct top_screen *screen) {
    unsigned never = 0;
    for (unsigned i = 0; i < NUMBER_COUNTS; i++) {
        never += numbers->counts[i] == 0;
    }
    top_screen_add(screen, TOP_PLAIN, "%" PRIu64 " bets, %" PRIu32 " s ago; %u numbers were never bet",
                   numbers->bets, numbers->age_s, never);
    top_screen_add(screen, TOP_PLAIN, "a cell is %u number%s: '%s' %" PRIu64 " bets, '%s' %" PRIu64,
                   grid->numbers, grid->numbers == 1 ? "" : "s", shade(screen, 0, 0, 1), least,
                   shade(screen, 1, 0, 1), most);
}

static void add_row(const struct top_numbers *numbers, const struct grid *grid, unsigned row, uint64_t least,
                    uint64_t most, const char *beside, struct top_screen *screen) {
    char text[MAP_BYTES];
    size_t length = (size_t)snprintf(text, sizeof text, "%04u  ", row * grid->cells * grid->numbers);
    for (unsigned cell = row * grid->cells; cell < (row + 1) * grid->cells; cell++) {
        const char *block = shade(screen, sum_of(numbers, grid, cell), least, most);
        size_t bytes = strlen(block);
        memcpy(text + length, block, bytes);
        length += bytes;
    }
    text[length] = '\0';
    top_screen_add(screen, TOP_PLAIN, "%s%s%s", text, beside[0] == '\0' ? "" : "   ", beside);
}

void top_map_add(const struct top_numbers *numbers, unsigned rows, struct top_screen *screen) {
    struct extremes extremes;
    uint64_t least, most;
    struct grid grid = choose(rows, screen->columns);
    bool is_beside = has_beside(&grid, screen->columns);
    find_extremes(numbers, &extremes);
    find_range(numbers, &grid, &least, &most);
    add_legend(numbers, &grid, least, most, screen);
    for (unsigned row = 0; row < grid.rows; row++) {
        char beside[LIST_COLUMNS + 16] = "";
        if (is_beside) {
            write_beside(numbers, &extremes, row, beside);
        }
        add_row(numbers, &grid, row, least, most, beside, screen);
    }
    if (!is_beside) {
        add_list("most", extremes.most, numbers, screen);
        add_list("least", extremes.least, numbers, screen);
    }
}
