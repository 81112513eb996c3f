#include "report/page.h"

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
    }
    if (orders->chain.older > 0) {
        page_paragraph(page, TEXT_CHAIN_OLDER, page_number(page, orders->chain.older, text), NULL);
    }
    if (orders->lost > 0) {
        page_paragraph(page, TEXT_CHAIN_LOST, page_number(page, orders->lost, text), NULL);
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
    page_quote(page, order->result);
    fputs("</td></tr>\n", page->out);
}

static void write_orders(const struct page *page) {
    static const enum text heads[] = {TEXT_TIME, TEXT_WHO, TEXT_ORDER, TEXT_RESULT};
    const struct orders *orders = page->report->orders;
    char more[PAGE_NUMBER_BYTES];
    if (orders->count == 0) {
        page_paragraph(page, TEXT_NO_ORDERS, NULL, NULL);
        return;
    }
    page_begin_table(page, heads, 4, 4);
    for (size_t i = 0; i < orders->count && i < ORDERS_MAX; i++) {
        write_order(page, &orders->list[i]);
    }
    page_end_table(page);
    if (orders->count > ORDERS_MAX) {
        page_paragraph(page, TEXT_AND_MORE, page_number(page, orders->count - ORDERS_MAX, more), NULL);
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

static void write_tally(const struct page *page, const struct tally *tally, uint64_t left_out) {
    static const enum text heads[] = {TEXT_WHAT, TEXT_REASON, TEXT_AGENCY, TEXT_TIMES, TEXT_FIRST, TEXT_LAST};
    char text[PAGE_NUMBER_BYTES];
    if (tally->count == 0) {
        page_paragraph(page, TEXT_NOTHING_REFUSED, NULL, NULL);
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

static void write_refusals(const struct page *page) {
    const struct report *report = page->report;
    page_begin_part(page, TEXT_REFUSED);
    fprintf(page->out, "<h3>%s</h3>\n", page_words(page, TEXT_BY_THE_AUDIT_LOG));
    if (report->orders == NULL) {
        page_paragraph(page, TEXT_NOT_KNOWN_AUDIT, NULL, NULL);
    } else {
        write_tally(page, &report->orders->refused, report->orders->suppressed);
    }
    fprintf(page->out, "<h3>%s</h3>\n", page_words(page, TEXT_BY_THE_LOG));
    if (page_has_log(page)) {
        write_tally(page, &report->log->refused, report->log->left_out);
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
        write_orders(page);
    }
    page_end_part(page);
    write_refusals(page);
}
