// The server's starts, backups, and what the report is made of.
#include "report/page.h"

static void write_start(const struct page *page, int64_t at, bool is_first, bool was_killed) {
    fputs("<li>", page->out);
    page_time(page, at);
    fprintf(page->out, ": %s</li>\n",
            page_words(page, was_killed ? TEXT_STARTED_AFTER_KILL
                             : is_first ? TEXT_STARTED
                                        : TEXT_STARTED_AGAIN));
}

static void write_more(const struct page *page, size_t count, size_t most) {
    char more[PAGE_NUMBER_BYTES];
    if (count > most) {
        fputs("<li>", page->out);
        page_say(page, TEXT_AND_MORE, page_number(page, count - most, more), NULL);
        fputs("</li>\n", page->out);
    }
}

// The audit log knows them best, if it has any; else the log does.
static void write_starts(const struct page *page) {
    const struct orders *orders = page->report->orders;
    const struct night_log *log = page->report->log;
    bool has_orders = orders != NULL && orders->told.start_count > 0;
    if (!has_orders && !page_has_log(page)) {
        page_paragraph(page, orders == NULL ? TEXT_NOT_KNOWN_AUDIT : TEXT_NOT_RECORDED, NULL, NULL);
        return;
    }
    fputs("<ul>\n", page->out);
    if (has_orders) {
        for (size_t i = 0; i < orders->told.start_count && i < ORDERS_STARTS_MAX; i++) {
            write_start(page, orders->told.starts[i].at, i == 0, orders->told.starts[i].was_killed);
        }
        write_more(page, orders->told.start_count, ORDERS_STARTS_MAX);
    } else {
        for (size_t i = 0; i < log->start_count && i < NIGHT_LOG_STARTS_MAX; i++) {
            write_start(page, log->starts[i].at, i == 0, log->starts[i].was_killed);
        }
        write_more(page, log->start_count, NIGHT_LOG_STARTS_MAX);
    }
    fputs("</ul>\n", page->out);
}

static void write_backup(const struct page *page) {
    const struct report_backup *backup = &page->report->backup;
    char at[MOMENTS_BYTES], bytes[PAGE_NUMBER_BYTES];
    page_begin_list(page);
    page_term(page, TEXT_BACKUP);
    if (backup->at == 0) {
        page_say(page, backup->is_in_file ? TEXT_NO_BACKUP : TEXT_BACKUP_ELSEWHERE, NULL, NULL);
    } else {
        moments_time(backup->at, page->report->facts.opened_at, at);
        page_say(page, TEXT_BACKUP_IS, at, page_number(page, backup->bytes, bytes));
    }
    page_end_list(page);
}

void page_server(const struct page *page) {
    page_begin_part(page, TEXT_SERVERS);
    write_starts(page);
    write_backup(page);
    page_end_part(page);
}

// Sources -------------------------------------------------------------------------------------------------

static void write_log(const struct page *page) {
    const struct night_log *log = page->report->log;
    char one[MOMENTS_BYTES], other[MOMENTS_BYTES];
    if (log == NULL) {
        page_say(page, TEXT_NOT_KNOWN_LOG, NULL, NULL);
        return;
    }
    page_say(page, TEXT_LOG_LINES, page_number(page, log->lines, one),
             page_number(page, log->unknown, other));
    if (log->first_at != 0) {
        moments_time(log->first_at, page->report->facts.opened_at, one);
        moments_time(log->last_at, page->report->facts.opened_at, other);
        fputs("; ", page->out);
        page_say(page, TEXT_LOG_SPAN, one, other);
    }
    if (log->lost > 0 || log->left_out > 0) {
        fputs(". ", page->out);
        page_say(page, TEXT_LOG_LOST, page_number(page, log->lost, one),
                 page_number(page, log->left_out, other));
    }
}

static void write_audit_log(const struct page *page) {
    const struct orders *orders = page->report->orders;
    char text[PAGE_NUMBER_BYTES];
    if (orders == NULL) {
        page_say(page, TEXT_NOT_KNOWN_AUDIT, NULL, NULL);
    } else if (orders->broken[0] != '\0') {
        page_say(page, TEXT_CHAIN_BROKEN, orders->broken, NULL);
    } else {
        page_say(page, TEXT_CHAIN_HOLDS, page_number(page, orders->chain.records - orders->chain.older, text),
                 NULL);
        fputs(" SHA-256: <code>", page->out);
        page_quote(page, orders->chain.hash);
        fputs("</code>", page->out);
    }
}

void page_sources(const struct page *page) {
    page_begin_part(page, TEXT_SOURCES);
    page_begin_list(page);
    page_term(page, TEXT_STORE);
    page_quote(page, page->report->place);
    page_term(page, TEXT_LOG);
    write_log(page);
    page_term(page, TEXT_AUDIT_LOG);
    write_audit_log(page);
    page_end_list(page);
    fprintf(page->out, "<p class=soft>%s</p>\n", page_words(page, TEXT_NO_PERSONAL_DATA));
    page_end_part(page);
}
