#include "report/page.h"
#include "report/ranges.h"

#include <string.h>

// The chain -----------------------------------------------------------------------------------------------

static void write_chain(const struct page *page) {
    const struct orders *orders = page->report->orders;
    char text[PAGE_NUMBER_BYTES];
    if (orders->broken[0] != '\0') {
        fputs("<p class=warn>", page->out);
        page_say(page, TEXT_CHAIN_BROKEN, orders->broken, NULL);
        fputs("</p>\n", page->out);
    } else {
        page_paragraph(page, TEXT_CHAIN_HOLDS,
                       page_number(page, orders->chain.records - orders->chain.older, text), NULL);
        page_paragraph(page, TEXT_CHAIN_END, NULL, NULL);
    }
    if (orders->chain.older > 0) {
        page_paragraph(page, TEXT_CHAIN_OLDER, page_number(page, orders->chain.older, text), NULL);
    }
    if (orders->told.lost > 0) {
        page_paragraph(page, TEXT_CHAIN_LOST, page_number(page, orders->told.lost, text), NULL);
    }
}

// Against the store ---------------------------------------------------------------------------------------

static void write_ends(const struct page *page) {
    const struct orders *orders = page->report->orders;
    const struct facts *facts = &page->report->facts;
    struct ranges ranges = {.count = 0};
    for (size_t i = 0; i < facts->count; i++) {
        if (agreement_differs(&orders->agreement, i)) {
            ranges_add(&ranges, facts->agencies[i].agency, facts->agencies[i].agency);
        }
    }
    page_say(page, TEXT_DIFFERS_ENDS, ranges.text, NULL);
}

static void write_number(const struct page *page) {
    char given[16], stored[16];
    snprintf(given, sizeof given, "%04d", page->report->orders->agreement.given_number);
    snprintf(stored, sizeof stored, "%04u", (unsigned)page->report->facts.draw.winning_number);
    page_say(page, TEXT_DIFFERS_NUMBER, given, stored);
}

static void write_totals(const struct page *page) {
    char bets[PAGE_NUMBER_BYTES], winners[PAGE_NUMBER_BYTES];
    page_say(page, TEXT_DIFFERS_TOTALS, page_number(page, page->report->orders->agreement.bets, bets),
             page_number(page, page->report->orders->agreement.winners, winners));
}

static void write_drawn_at(const struct page *page) {
    char text[MOMENTS_BYTES];
    moments_time(page->report->orders->agreement.drawn_at, page->report->facts.opened_at, text);
    page_say(page, TEXT_DIFFERS_DRAWN_AT, text, NULL);
}

static void write_disagreement(const struct page *page, enum disagreement what) {
    fputs("<p class=warn>", page->out);
    if (what == DISAGREES_ENDS) {
        write_ends(page);
    } else if (what == DISAGREES_NUMBER) {
        write_number(page);
    } else if (what == DISAGREES_TOTALS) {
        write_totals(page);
    } else if (what == DISAGREES_DRAWN_AT) {
        write_drawn_at(page);
    } else {
        page_say(page,
                 what == DISAGREES_NOT_DRAWN      ? TEXT_DIFFERS_NOT_DRAWN
                 : what == DISAGREES_NUMBER_ORDER ? TEXT_DIFFERS_NO_ORDER
                                                  : TEXT_DIFFERS_MODE,
                 NULL, NULL);
    }
    fputs("</p>\n", page->out);
}

// Behind a break nothing was read. Of a log without any record of the draw there is just that to say.
static void write_agreement(const struct page *page) {
    const struct orders *orders = page->report->orders;
    if (orders->broken[0] != '\0') {
        return;
    }
    if (orders->told.records == 0) {
        fputs("<p class=warn>", page->out);
        page_say(page, TEXT_NO_RECORD, NULL, NULL);
        fputs("</p>\n", page->out);
        return;
    }
    unsigned found = agreement_find(&orders->agreement);
    for (unsigned bit = 1; bit <= DISAGREES_ENDS; bit *= 2) {
        if ((found & bit) != 0) {
            write_disagreement(page, (enum disagreement)bit);
        }
    }
    if (found != 0 && !page->report->backup.is_in_file) {
        page_paragraph(page, TEXT_SEVERAL_SERVERS, NULL, NULL);
    }
}

// Orders --------------------------------------------------------------------------------------------------

static void write_order(const struct page *page, const struct order_told *order) {
    fputs("<tr><td>", page->out);
    page_time(page, order->at);
    fputs("</td><td>", page->out);
    page_quote(page, order->user);
    fputs("</td><td class=long><code>", page->out);
    page_quote(page, order->text);
    fputs("</code></td><td>", page->out);
    if (strcmp(order->result, "done") == 0) { // others are names of errors
        fputs(page_words(page, TEXT_DONE), page->out);
    } else {
        page_quote(page, order->result);
    }
    fputs("</td></tr>\n", page->out);
}

static void write_orders(const struct page *page) {
    static const enum text heads[] = {TEXT_TIME, TEXT_WHO, TEXT_ORDER, TEXT_RESULT};
    const struct orders *orders = page->report->orders;
    char more[PAGE_NUMBER_BYTES];
    if (orders->told.count == 0) {
        page_paragraph(page, orders_are_whole(orders) ? TEXT_NO_ORDERS : TEXT_NO_ORDERS_THERE, NULL, NULL);
        return;
    }
    page_begin_table(page, heads, 4, 4);
    for (size_t i = 0; i < orders->told.count && i < ORDERS_MAX; i++) {
        write_order(page, &orders->list[i]);
    }
    page_end_table(page);
    if (orders->told.count > ORDERS_MAX) {
        page_paragraph(page, TEXT_AND_MORE, page_number(page, orders->told.count - ORDERS_MAX, more), NULL);
    }
}

// Refusals ------------------------------------------------------------------------------------------------

static void write_refusal(const struct page *page, const struct tally_row *row) {
    fputs("<tr><td>", page->out);
    page_quote(page, row->what);
    fputs("</td><td>", page->out);
    page_quote(page, row->reason);
    fputs("</td><td>", page->out);
    bool is_known = row->agency[0] != '\0' && strcmp(row->agency, "0") != 0; // the log has 0 for nobody's
    page_quote(page, is_known ? row->agency : "–");
    fputs("</td><td>", page->out);
    page_count(page, row->count);
    fputs("</td><td>", page->out);
    page_time(page, row->first);
    fputs("</td><td>", page->out);
    page_time(page, row->last);
    fputs("</td></tr>\n", page->out);
}

// `none`: what is said where there is nothing.
static void write_tally(const struct page *page, const struct tally *tally, uint64_t left_out,
                        enum text none) {
    static const enum text heads[] = {TEXT_WHAT, TEXT_REASON, TEXT_AGENCY, TEXT_TIMES, TEXT_FIRST, TEXT_LAST};
    char text[PAGE_NUMBER_BYTES];
    if (tally->count == 0) {
        page_paragraph(page, none, NULL, NULL);
    } else {
        page_begin_table(page, heads, 6, 3);
        for (size_t i = 0; i < tally->count; i++) {
            write_refusal(page, &tally->rows[i]);
        }
        page_end_table(page);
    }
    if (tally->more > 0) {
        page_paragraph(page, TEXT_AND_MORE, page_number(page, tally->more, text), NULL);
    }
    if (left_out > 0) {
        page_paragraph(page, TEXT_SUPPRESSED, page_number(page, left_out, text), NULL);
    }
}

// It begins with the opening, and says of no line that it is missing.
static bool log_is_whole(const struct night_log *log) {
    return log->servers.run_count > 0 && log->servers.runs[0].from != 0 &&
           log->servers.runs[0].from <= log->facts->opened_at + NIGHT_LOG_AFTER_S && log->lost == 0 &&
           log->left_out == 0;
}

static void write_refusals(const struct page *page) {
    const struct report *report = page->report;
    page_begin_part(page, TEXT_REFUSED);
    fprintf(page->out, "<h3>%s</h3>\n", page_words(page, TEXT_BY_THE_AUDIT_LOG));
    if (report->orders == NULL) {
        page_paragraph(page, TEXT_NOT_KNOWN_AUDIT, NULL, NULL);
    } else {
        write_tally(page, &report->orders->told.refused, report->orders->told.suppressed,
                    orders_are_whole(report->orders) ? TEXT_NOTHING_REFUSED : TEXT_NO_REFUSAL_THERE);
    }
    fprintf(page->out, "<h3>%s</h3>\n", page_words(page, TEXT_BY_THE_LOG));
    if (page_has_log(page)) {
        write_tally(page, &report->log->refused, report->log->left_out,
                    log_is_whole(report->log) ? TEXT_NOTHING_REFUSED : TEXT_NO_REFUSAL_THERE);
    } else {
        fputs("<p>", page->out);
        page_no_log(page);
        fputs("</p>\n", page->out);
    }
    page_end_part(page);
}

void page_orders(const struct page *page) {
    page_begin_part(page, TEXT_ORDERS);
    if (page->report->orders == NULL) {
        page_paragraph(page, TEXT_NOT_KNOWN_AUDIT, NULL, NULL);
    } else {
        write_chain(page);
        write_agreement(page);
        write_orders(page);
    }
    page_end_part(page);
    write_refusals(page);
}
