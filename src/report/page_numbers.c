#include "report/page.h"

#include <inttypes.h>
#include <stdlib.h>

enum { SIDE = 100, CLASSES = 5, LISTED = 10 };

// The counts of one class: from `from` to the next one's; class 0 is those that nobody bet.
struct classes {
    uint64_t from[CLASSES + 2];
};

// Of equal width, from 1 to the most.
static struct classes make_classes(uint64_t least, uint64_t most) {
    struct classes classes = {.from = {0}};
    uint64_t low = least == 0 ? 1 : least;
    for (uint64_t i = 0; i <= CLASSES; i++) {
        classes.from[i + 1] = low + i * (most + 1 - low) / CLASSES;
    }
    return classes;
}

static bool is_of(const struct classes *classes, int class, uint64_t count) {
    return count >= classes->from[class] && count < classes->from[class + 1];
}

// A row of the map after the other: runs of one class are one line.
static void write_class(const struct page *page, const struct classes *classes, int class) {
    const uint64_t *numbers = page->report->facts.numbers;
    fprintf(page->out, "<path class=\"heat h%d\" d=\"", class);
    for (int row = 0; row < SIDE; row++) {
        for (int column = 0, length; column < SIDE; column += length + 1) {
            for (length = 0;
                 column + length < SIDE && is_of(classes, class, numbers[row * SIDE + column + length]);
                 length++) {
            }
            if (length > 0) {
                fprintf(page->out, "M%d %d.5h%d", column, row, length);
            }
        }
    }
    fputs("\"/>\n", page->out);
}

static void write_legend(const struct page *page, const struct classes *classes, bool has_never) {
    fputs("<div class=legend>\n", page->out);
    if (has_never) {
        fputs(
            "<span><svg viewBox=\"0 0 24 12\"><rect class=none x=1 y=1 width=22 height=10 /></svg>0</span>\n",
            page->out);
    }
    for (int class = 1; class <= CLASSES; class ++) {
        uint64_t from = classes->from[class], to = classes->from[class + 1];
        if (to > from) {
            fprintf(page->out,
                    "<span><svg viewBox=\"0 0 24 12\"><path class=h%d stroke-width=10 d=\"M1 6h22\"/></svg>",
                    class);
            page_count(page, from);
            if (to - from > 1) {
                fputs("–", page->out);
                page_count(page, to - 1);
            }
            fputs("</span>\n", page->out);
        }
    }
    fputs("</div>\n", page->out);
}

static void write_map(const struct page *page, uint64_t least, uint64_t most) {
    const struct facts *facts = &page->report->facts;
    const struct classes classes = make_classes(least, most);
    int row = facts->draw.winning_number / SIDE, column = facts->draw.winning_number % SIDE;
    fprintf(page->out, "<figure class=map>\n<svg viewBox=\"-6 -4 107 105\" role=img aria-label=\"%s\">\n",
            page_words(page, TEXT_NUMBERS));
    for (int i = 0; i < SIDE; i += 10) {
        fprintf(
            page->out,
            "<text x=-1 y=%d.6 text-anchor=end>%02d</text><text x=%d.5 y=-1 text-anchor=middle>%02d</text>\n",
            i + 1, i, i, i);
    }
    for (int class = 1; class <= CLASSES; class ++) {
        write_class(page, &classes, class);
    }
    fprintf(page->out, "<rect class=chosen x=%.2f y=%.2f width=1.5 height=1.5 />\n", column - 0.25,
            row - 0.25);
    fputs("</svg>\n<figcaption>", page->out);
    page_say(page, TEXT_NUMBERS_MAP, NULL, NULL);
    write_legend(page, &classes, least == 0);
    fputs("</figcaption>\n</figure>\n", page->out);
}

// The extremes --------------------------------------------------------------------------------------------

struct ranked {
    uint64_t count;
    unsigned number;
};

static int compare_counts(const struct ranked *one, const struct ranked *other) {
    return (one->count > other->count) - (one->count < other->count);
}

static int compare_numbers(const struct ranked *one, const struct ranked *other) {
    return (one->number > other->number) - (one->number < other->number);
}

static int most_first(const void *one, const void *other) {
    int order = -compare_counts(one, other);
    return order != 0 ? order : compare_numbers(one, other);
}

static int least_first(const void *one, const void *other) {
    int order = compare_counts(one, other);
    return order != 0 ? order : compare_numbers(one, other);
}

static void write_ranked(const struct page *page, const struct ranked *ranked, enum text title) {
    const enum text heads[] = {TEXT_NUMBER, TEXT_BETS};
    fprintf(page->out, "<div>\n<h3>%s</h3>\n", page_words(page, title));
    page_begin_table(page, heads, 2, 1);
    for (int i = 0; i < LISTED; i++) {
        fprintf(page->out, "<tr><td>%04u</td><td>", ranked[i].number);
        page_count(page, ranked[i].count);
        fputs("</td></tr>\n", page->out);
    }
    page_end_table(page);
    fputs("</div>\n", page->out);
}

static void write_winner(const struct page *page) {
    const struct facts *facts = &page->report->facts;
    char times[PAGE_NUMBER_BYTES], average[PAGE_NUMBER_BYTES];
    uint64_t tenths = (facts->bets + FACTS_NUMBERS / 20) / (FACTS_NUMBERS / 10);
    snprintf(average, sizeof average, "%" PRIu64 "%s%u", tenths / 10, page_words(page, TEXT_DECIMAL),
             (unsigned)(tenths % 10));
    page_paragraph(page, TEXT_WINNER_WAS_BET,
                   page_number(page, facts->numbers[facts->draw.winning_number], times), average);
}

static void write_numbers(const struct page *page) {
    static struct ranked ranked[FACTS_NUMBERS];
    char text[PAGE_NUMBER_BYTES];
    uint64_t never = 0;
    for (unsigned i = 0; i < FACTS_NUMBERS; i++) {
        ranked[i] = (struct ranked){page->report->facts.numbers[i], i};
        never += ranked[i].count == 0;
    }
    write_winner(page);
    if (never > 0) {
        page_paragraph(page, TEXT_NEVER_BET, page_number(page, never, text), NULL);
    }
    qsort(ranked, FACTS_NUMBERS, sizeof ranked[0], most_first);
    fputs("<div class=spread>\n", page->out);
    write_map(page, ranked[FACTS_NUMBERS - 1].count, ranked[0].count);
    fputs("<div class=pair>\n", page->out);
    write_ranked(page, ranked, TEXT_MOST_BET);
    qsort(ranked, FACTS_NUMBERS, sizeof ranked[0], least_first);
    write_ranked(page, ranked, TEXT_LEAST_BET);
    fputs("</div>\n</div>\n", page->out);
}

void page_numbers(const struct page *page) {
    const struct facts *facts = &page->report->facts;
    page_begin_part(page, TEXT_NUMBERS);
    if (facts->has_numbers) {
        write_numbers(page);
    } else {
        page_paragraph(page, facts_is_drawn(facts) ? TEXT_NUMBERS_ERASED : TEXT_NUMBERS_LATER, NULL, NULL);
    }
    page_end_part(page);
}
