// The page of a report: what its parts have in common, and the parts. Whatever comes from elsewhere is
// written as text; only the program's own words (texts.h) are written as they are.
#ifndef QUINIELA_REPORT_PAGE_H
#define QUINIELA_REPORT_PAGE_H

#include "report/moments.h"
#include "report/night.h"
#include "report/svg.h"

#include <stdio.h>

struct page {
    FILE *out;
    const struct report *report;
};

// The words of a text.
const char *page_words(const struct page *page, enum text text);

// Writes a text, with values in its places; a value that is not needed is NULL.
void page_say(const struct page *page, enum text text, const char *one, const char *other);

// Writes the same as a paragraph.
void page_paragraph(const struct page *page, enum text text, const char *one, const char *other);

// Writes a text from elsewhere, escaped; the second within a title, where no markup is.
void page_quote(const struct page *page, const char *text);
void page_quote_plain(const struct page *page, const char *text);

// Writes a number with a sign between its thousands; the second gives it as text.
enum { PAGE_NUMBER_BYTES = 32 };
void page_count(const struct page *page, uint64_t number);
const char *page_number(const struct page *page, uint64_t number, char text[PAGE_NUMBER_BYTES]);

// Writes a time (seconds since 1970) beside that of the opening; a dash for 0.
void page_time(const struct page *page, int64_t at);

// Begins and ends a part, with its title.
void page_begin_part(const struct page *page, enum text title);
void page_end_part(const struct page *page);

// Begins a table with these heads, so many of them, and ends it. The first `left` columns are texts, the
// others numbers. What is wider than a screen can be scrolled, with keys, too.
void page_begin_table(const struct page *page, const enum text *heads, size_t count, size_t left);
void page_end_table(const struct page *page);

// A row of a list of terms: its name; then whatever the caller writes, up to the next one.
void page_begin_list(const struct page *page);
void page_term(const struct page *page, enum text name);
void page_end_list(const struct page *page);

// The end of the night for charts: when the last thing happened that moved a bet.
int64_t page_end_of_night(const struct page *page);

// Whether the log's times are there to be told. If not, the second writes why. The third: whether there is
// any agency of which it has other bets than the store.
bool page_has_log(const struct page *page);
void page_no_log(const struct page *page);
bool page_log_lacks(const struct page *page);

// Stands behind what may be false since the log has a hole.
#define PAGE_MARK "*"

// The address of a run's server, as its log has it. And whether the log has that start of the audit log.
const char *page_server_name(const struct page *page, const struct server_run *run);
bool page_start_is_logged(const struct page *page, const struct order_start *start);

// Shades in a chart when no server was up, as far as the log tells it; and writes what the shade means, in a
// legend. Nothing where there is no such time.
void page_outages(const struct page *page, const struct svg_chart *chart);
void page_outage_legend(const struct page *page);

// The parts, in their order.
void page_top(const struct page *page);
void page_timeline(const struct page *page);
void page_flow(const struct page *page);
void page_agencies(const struct page *page);
void page_agency_chart(const struct page *page);
void page_silences(const struct page *page);
void page_numbers(const struct page *page);
void page_seal(const struct page *page);
void page_orders(const struct page *page);
void page_server(const struct page *page);
void page_sources(const struct page *page);

#endif
