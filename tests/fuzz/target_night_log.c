// Whatever a log says, a report is made of it, and has no markup but its own.
#include "fuzz.h"

#include "report/report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { OPENED = 1795726800, AGENCIES = 3, SILENCE_S = 300 }; // 2026-11-26T21:00:00Z

static struct agency_facts agencies[AGENCIES] = {
    {.agency = 1, .ending = AGENCY_FINISHED, .bets = 20, .finished_at = OPENED + 1000},
    {.agency = 2, .ending = AGENCY_CUT, .finished_at = OPENED + 3600},
    {.agency = 9},
};

static void check_stretch(const struct stretch *stretch) {
    int64_t last = stretch->first;
    for (size_t i = 0; i < stretch->spell_count; i++) {
        const struct silent_spell *spell = &stretch->spells[i];
        must_hold(spell->from >= last && spell->to - spell->from >= SILENCE_S, "silences are in order");
        last = spell->to;
    }
    must_hold(stretch->first <= stretch->last, "the first bet comes first");
}

// Of all tags that the page may have, none is a script's, or loads anything.
static void check_page(const char *page) {
    static const char *const never[] = {"<script", "<img", "<iframe", "<link", "<object", "<base", "<form"};
    for (size_t i = 0; i < sizeof never / sizeof never[0]; i++) {
        must_hold(strcasestr(page, never[i]) == NULL, "a log has no markup");
    }
    must_hold(strstr(page, "</html>\n") != NULL, "the page is whole");
}

static void write_page(const struct report *report) {
    char *page = NULL;
    size_t length;
    FILE *out = open_memstream(&page, &length);
    must_hold(out != NULL, "memory");
    report_write(report, out);
    must_hold(fclose(out) == 0, "the page is written");
    check_page(page);
    free(page);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    static struct night_log night;
    static struct report report = {.draw = "1", .version = "0", .place = "s.db", .now = OPENED + 9000};
    struct error error;
    setenv("TZ", "UTC", 1);
    tzset();
    report.facts.draw = (struct stored_draw){.state = DRAW_SEALED, .agencies = AGENCIES};
    report.facts.opened_at = OPENED;
    report.facts.sealed_at = OPENED + 3600;
    report.facts.agencies = agencies;
    report.facts.count = AGENCIES;
    report.log = &night;
    FILE *stream = length == 0 ? tmpfile() : fmemopen((void *)bytes, length, "r");
    must_hold(stream != NULL && night_log_begin(&night, &report.facts, "1", OPENED + 9000, SILENCE_S, &error),
              "memory");
    must_hold(night_log_read(&night, stream, &error), "every log can be read");
    must_hold(night_log_settle(&night, &error), "memory");
    fclose(stream);
    for (size_t i = 0; i < AGENCIES; i++) {
        check_stretch(&night.agencies[i]);
    }
    write_page(&report);
    night_log_end(&night);
    return 0;
}
