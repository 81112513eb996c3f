// The server's starts, backups, and what the report is made of.
#include "report/page.h"

enum { LISTED_MAX = 50, SAME_S = 5 }; // lines of one server; between the times of one start in both logs

static void write_more(const struct page *page, size_t count, size_t most) {
    char more[PAGE_NUMBER_BYTES];
    if (count > most) {
        fputs("<li>", page->out);
        page_say(page, TEXT_AND_MORE, page_number(page, count - most, more), NULL);
        fputs("</li>\n", page->out);
    }
}

static void write_event(const struct page *page, int64_t at, enum text what, const char *value) {
    fputs("<li>", page->out);
    page_time(page, at);
    fputs(": ", page->out);
    page_say(page, what, value, NULL);
    fputs("</li>\n", page->out);
}

// By the log ----------------------------------------------------------------------------------------------

const char *page_server_name(const struct page *page, const struct server_run *run) {
    const char *name = page->report->log->servers.list[run->server].name;
    return name[0] == '\0' ? "?" : name;
}

static void write_run(const struct page *page, const struct server_run *run) {
    static const enum text ends[] = {[SERVER_HAS_NO_END] = TEXT_RUN_HAS_NO_END,
                                     [SERVER_ENDED] = TEXT_RUN_ENDED,
                                     [SERVER_KILLED] = TEXT_RUN_WAS_KILLED};
    const struct server_run *before = servers_run_before(&page->report->log->servers, run);
    char later[MOMENTS_BYTES];
    if (run->from != 0 && before == NULL) {
        write_event(page, run->from, TEXT_STARTED, NULL);
    } else if (run->from != 0) {
        moments_duration(run->from > before->last ? run->from - before->last : 0, later);
        write_event(page, run->from, TEXT_STARTED_LATER, later);
    }
    write_event(page, run->last, ends[run->end], NULL);
}

static void write_server(const struct page *page, size_t server) {
    const struct servers *servers = &page->report->log->servers;
    size_t count = 0;
    for (size_t i = 0; i < servers_kept(servers); i++) {
        const struct server_run *run = &servers->runs[i];
        if (run->server != server) {
            continue;
        }
        if (count++ == 0) {
            fputs("<h3>", page->out);
            page_quote(page, page_server_name(page, run));
            fputs("</h3>\n<ul>\n", page->out);
        }
        if (count <= LISTED_MAX / 2) {
            write_run(page, run);
        }
    }
    if (count > 0) {
        write_more(page, count, LISTED_MAX / 2);
        fputs("</ul>\n", page->out);
    }
}

static void write_servers(const struct page *page) {
    const struct servers *servers = &page->report->log->servers;
    for (size_t i = 0; i < servers->count; i++) {
        write_server(page, i);
    }
    if (servers->run_count > SERVERS_RUNS_MAX || servers->has_left_out) {
        page_paragraph(page, TEXT_RUNS_LEFT_OUT, NULL, NULL);
    }
}

// By the audit log ----------------------------------------------------------------------------------------

bool page_start_is_logged(const struct page *page, const struct order_start *start) {
    const struct night_log *log = page->report->log;
    if (!page_has_log(page)) {
        return false;
    }
    for (size_t i = 0; i < servers_kept(&log->servers); i++) {
        const struct server_run *run = &log->servers.runs[i],
                                *before = servers_run_before(&log->servers, run);
        bool is_same = run->from - start->at <= SAME_S && start->at - run->from <= SAME_S;
        if (is_same && (!start->was_killed || (before != NULL && before->end == SERVER_KILLED))) {
            return true;
        }
    }
    return false;
}

// What the log does not tell as well.
static void write_audited(const struct page *page) {
    const struct orders *orders = page->report->orders;
    size_t count = 0;
    for (size_t i = 0; i < orders->told.start_count && i < ORDERS_STARTS_MAX; i++) {
        const struct order_start *start = &orders->told.starts[i];
        if (page_start_is_logged(page, start)) {
            continue;
        }
        if (count++ == 0) {
            fprintf(page->out, "<h3>%s</h3>\n<ul>\n", page_words(page, TEXT_BY_THE_AUDIT_LOG));
        }
        write_event(page, start->at,
                    start->was_killed ? TEXT_STARTED_AFTER_KILL
                    : i == 0          ? TEXT_STARTED
                                      : TEXT_STARTED_AGAIN,
                    NULL);
    }
    if (count > 0) {
        write_more(page, orders->told.start_count, ORDERS_STARTS_MAX);
        fputs("</ul>\n", page->out);
    }
}

static void write_starts(const struct page *page) {
    const struct orders *orders = page->report->orders;
    if (!page_has_log(page) && (orders == NULL || orders->told.start_count == 0)) {
        page_paragraph(page, orders == NULL ? TEXT_NOT_KNOWN_AUDIT : TEXT_NOT_RECORDED, NULL, NULL);
    }
    if (page_has_log(page)) {
        write_servers(page);
    }
    if (orders != NULL) {
        write_audited(page);
    }
}

// Its backup ----------------------------------------------------------------------------------------------

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
