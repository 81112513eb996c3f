#include "report/more_steps.h"

#include <string.h>

enum { SOON_S = 60, SAME_S = 5 }; // after the opening; of one thing, between the store and a log

// Changes -------------------------------------------------------------------------------------------------

static bool begins(const char *text, const char *with) {
    return strncmp(text, with, strlen(with)) == 0;
}

static bool is_change(const struct order_told *order) {
    bool is_word = begins(order->text, "change ") ||
                   (begins(order->text, "close ") && strstr(order->text, " at=") != NULL);
    return is_word && strcmp(order->result, "done") == 0 && strstr(order->text, " dry-run=") == NULL;
}

// "change draw=1 agencies=8 yes=1" as "change agencies=8".
static void shorten(const char *order, char *text, size_t size) {
    size_t length = 0;
    for (const char *word = order; *word != '\0';) {
        size_t bytes = strcspn(word, " ");
        bool is_said = !begins(word, "draw=") && !begins(word, "yes=");
        if (is_said && length + bytes + 2 < size) {
            length += (size_t)sprintf(text + length, "%s%.*s", length == 0 ? "" : " ", (int)bytes, word);
        }
        word += bytes + strspn(word + bytes, " ");
    }
    text[length] = '\0';
}

void change_steps(const struct page *page, struct steps *steps) {
    const struct orders *orders = page->report->orders;
    int64_t changed_at = facts_time(page->report->facts.draw.changed_at), last = 0;
    for (size_t i = 0; orders != NULL && i < orders->told.count && i < ORDERS_MAX; i++) {
        const struct order_told *order = &orders->list[i];
        char text[STEP_VALUE_BYTES];
        if (is_change(order)) {
            shorten(order->text, text, sizeof text);
            steps_add(steps, order->at, TEXT_CHANGED_BY, text, NULL);
            last = order->at;
        }
    }
    bool is_told = last != 0 && last - changed_at <= SAME_S && changed_at - last <= SAME_S;
    steps_add(steps, is_told ? 0 : changed_at, TEXT_CHANGED, NULL, NULL);
}

// Servers -------------------------------------------------------------------------------------------------

// When the last agency was told, or the draw was made; 0: not yet.
static int64_t end_of_telling(const struct facts *facts) {
    int64_t end = facts->drawn_at;
    for (size_t i = 0; i < facts->count; i++) {
        end = facts->agencies[i].told_at > end ? facts->agencies[i].told_at : end;
    }
    return end;
}

static void add_start(const struct page *page, struct steps *steps, const struct server_run *run) {
    const struct servers *servers = &page->report->log->servers;
    const struct server_run *before = servers_run_before(servers, run);
    const char *name = page_server_name(page, run);
    char later[MOMENTS_BYTES];
    if (run->from == 0) {
        return;
    }
    if (before != NULL) {
        moments_duration(run->from > before->last ? run->from - before->last : 0, later);
        steps_add_placed(steps, run->from, STEP_BEGINS, TEXT_SERVER_AGAIN, name, later);
    } else if (run->from - page->report->facts.opened_at > SOON_S) {
        steps_add_placed(steps, run->from, STEP_BEGINS, TEXT_SERVER_STARTED, name, NULL);
    }
}

// Whether its server was back in the second in which it ended.
static bool is_back_at_once(const struct servers *servers, const struct server_run *run) {
    const struct server_run *end = servers->runs + servers_kept(servers);
    for (const struct server_run *after = run + 1; after < end; after++) {
        if (after->server == run->server) {
            return after->from == run->last;
        }
    }
    return false;
}

// One that has no end may still work: it is told where others went on without it.
static void add_end(const struct page *page, struct steps *steps, const struct server_run *run) {
    static const enum text texts[] = {[SERVER_HAS_NO_END] = TEXT_SERVER_NO_END,
                                      [SERVER_ENDED] = TEXT_SERVER_ENDED,
                                      [SERVER_KILLED] = TEXT_SERVER_KILLED};
    int64_t sealed_at = page->report->facts.sealed_at;
    if (run->end != SERVER_HAS_NO_END || (sealed_at != 0 && run->last < sealed_at)) {
        bool is_back = is_back_at_once(&page->report->log->servers, run);
        steps_add_placed(steps, run->last, is_back ? STEP_BEGINS : STEP_ENDS, texts[run->end],
                         page_server_name(page, run), NULL);
    }
}

static void add_runs(const struct page *page, struct steps *steps) {
    const struct servers *servers = &page->report->log->servers;
    int64_t end = end_of_telling(&page->report->facts);
    for (size_t i = 0; i < servers_kept(servers); i++) {
        const struct server_run *run = &servers->runs[i];
        if (end == 0 || run->from <= end) {
            add_start(page, steps, run);
        }
        if (end == 0 || run->last <= end) {
            add_end(page, steps, run);
        }
    }
}

void server_steps(const struct page *page, struct steps *steps) {
    const struct orders *orders = page->report->orders;
    int64_t end = end_of_telling(&page->report->facts);
    if (page_has_log(page)) {
        add_runs(page, steps);
    }
    for (size_t i = 0; orders != NULL && i < orders->told.start_count && i < ORDERS_STARTS_MAX; i++) {
        const struct order_start *start = &orders->told.starts[i];
        if (start->was_killed && (end == 0 || start->at <= end) && !page_start_is_logged(page, start)) {
            steps_add_placed(steps, start->at, STEP_BEGINS, TEXT_SERVER_AFTER_KILL, NULL, NULL);
        }
    }
}
