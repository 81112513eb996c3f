#include "cli/top_layout.h"

#include "cli/ago.h"
#include "cli/top_map.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    WIDE_COLUMNS = 78,        // from which on there is room for when an agency finished, and its winners
    HIGH_ROWS = 30,           // from which on there is room for more of what to do next
    CHART_LABEL_COLUMNS = 48, // around the cells of the chart
    TEXT_BYTES = 512,
    HERE_BYTES = 48,
    DAY_S = 24 * 3600
};

// The draw ------------------------------------------------------------------------------------------------

// Adds to a text that ends with a NUL, what there is room for.
__attribute__((format(printf, 2, 3))) static void append(char text[TEXT_BYTES], const char *format, ...) {
    size_t length = strlen(text);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text + length, TEXT_BYTES - length, format, arguments);
    va_end(arguments);
}

// The time here, in this form; "" where that is UTC.
static void write_here(time_t at, const char *form, char here[HERE_BYTES]) {
    struct tm local;
    here[0] = '\0';
    if (localtime_r(&at, &local) != NULL && local.tm_gmtoff != 0 &&
        strftime(here, HERE_BYTES, form, &local) == 0) {
        here[0] = '\0';
    }
}

static void add_title(const struct top_facts *facts, struct top_screen *screen) {
    static const char *const states[] = {
        [DRAW_OPEN] = "open", [DRAW_SEALED] = "sealed", [DRAW_DRAWN] = "drawn"};
    char time[STORE_TIME_BYTES], here[HERE_BYTES];
    struct tm utc;
    gmtime_r(&facts->now, &utc);
    (void)strftime(time, sizeof time, "%H:%M:%SZ", &utc);
    write_here(facts->now, " (%H:%M:%S here)", here);
    top_screen_add(screen, TOP_BAR, " draw %.30s: %s   %s%s   quiniela top", facts->draw,
                   states[facts->state], time, here);
}

static void add_agencies(const struct top_facts *facts, struct top_screen *screen) {
    char text[TEXT_BYTES] = "";
    for (int state = 0; state < TOP_STATES; state++) {
        if (facts->by_state[state] > 0) {
            append(text, "%s%" PRIu64 " %s", text[0] == '\0' ? ": " : ", ", facts->by_state[state],
                   top_state_name((enum top_state)state));
        }
    }
    top_screen_add(screen, facts->by_state[TOP_SILENT] > 0 ? TOP_BOLD : TOP_PLAIN, "agencies  %" PRIu32 "%s",
                   facts->expected, text);
}

static void add_bets(const struct top_facts *facts, struct top_screen *screen) {
    char text[TEXT_BYTES] = "";
    if (facts->live.is_there) {
        append(text, "   %.1f/s in 10 s, %.1f/s in a minute   connections %" PRIu64, facts->live.all.rate_10s,
               facts->live.all.rate_60s, facts->live.all.connections);
    }
    top_screen_add(screen, TOP_PLAIN, "bets      %" PRIu64 "%s", facts->bets, text);
}

static const char *chart_cell(const struct top_screen *screen, double rate, double most) {
    static const char *const blocks[] = {" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    static const char *const plain[] = {" ", ".", ":", "-", "=", "+", "*", "#", "@"};
    enum { LEVELS = sizeof blocks / sizeof *blocks };
    int level = most <= 0 || rate <= 0 ? 0 : 1 + (int)(rate / most * (LEVELS - 2) + 0.5);
    level = level < LEVELS ? level : LEVELS - 1;
    return screen->is_utf8 ? blocks[level] : plain[level];
}

static void add_chart(const struct top_facts *facts, struct top_screen *screen) {
    char cells[4 * TOP_STEPS_MAX] = "", text[AGO_BYTES];
    size_t room = screen->columns - CHART_LABEL_COLUMNS, count = facts->chart_count;
    size_t first = count > room ? count - room : 0, length = 0;
    double most = 0;
    for (size_t i = first; i < count; i++) {
        most = facts->chart[i] > most ? facts->chart[i] : most;
    }
    for (size_t i = first; i < count; i++) {
        length += (size_t)snprintf(cells + length, sizeof cells - length, "%s",
                                   chart_cell(screen, facts->chart[i], most));
    }
    ago_text((count - first) * TOP_STEP_S, text);
    top_screen_add(screen, TOP_PLAIN, "rate      %s%s%.1f/s at most, in %s", cells, length > 0 ? "  " : "",
                   most, text);
}

static void write_left(uint64_t seconds, char text[AGO_BYTES]) {
    if (seconds < DAY_S) {
        snprintf(text, AGO_BYTES, "%02u:%02u:%02u", (unsigned)(seconds / 3600), (unsigned)(seconds / 60 % 60),
                 (unsigned)(seconds % 60));
    } else {
        ago_text(seconds, text);
    }
}

static void add_end(const struct top_facts *facts, struct top_screen *screen) {
    char left[AGO_BYTES], here[HERE_BYTES] = "";
    time_t at;
    if (facts->has_number) {
        top_screen_add(screen, TOP_BOLD, "number    %04u   winners %" PRIu64, facts->number, facts->winners);
    } else if (facts->state == DRAW_OPEN && ago_parse(facts->closes_at, &at)) {
        bool is_ahead = at > facts->now;
        write_left(is_ahead ? (uint64_t)(at - facts->now) : 0, left);
        if (screen->columns >= WIDE_COLUMNS) {
            write_here(at, " (%Y-%m-%d %H:%M:%S here)", here);
        }
        top_screen_add(screen, at - facts->now < 600 ? TOP_BOLD : TOP_PLAIN, "cut-off   %s%s, at %s%s",
                       is_ahead ? "in " : "now", is_ahead ? left : "", facts->closes_at, here);
    } else {
        top_screen_add(screen, TOP_PLAIN, "missing   %" PRIu64 " %s", facts->missing,
                       facts->missing == 1 ? "agency" : "agencies");
    }
}

// In as many lines as it needs, within bounds: half of it may say the opposite.
static void add_alert(const char *what, const char *text, struct top_screen *screen) {
    char line[TEXT_BYTES];
    snprintf(line, sizeof line, "%-9s %s", what, text);
    top_screen_add_wrapped(screen, TOP_ALERT, screen->rows < HIGH_ROWS ? 3 : 5, line);
}

// What is wrong with servers and store.
static void add_troubles(const struct top_facts *facts, struct top_screen *screen) {
    const struct status_live *live = &facts->live;
    if (facts->store_trouble[0] != '\0') {
        add_alert("store", facts->store_trouble, screen);
    }
    if (facts->store_trouble[0] != '\0' && facts->agencies_at != 0) {
        char since[AGO_BYTES];
        ago_text(facts->now > facts->agencies_at ? (uint64_t)(facts->now - facts->agencies_at) : 0, since);
        top_screen_add(screen, TOP_ALERT, "          the agencies are as they were %s ago", since);
    }
    if (!live->is_there && live->trouble[0] != '\0') {
        add_alert("server", live->trouble, screen);
    }
    if (live->is_there && live->no_answer[0] != '\0') {
        add_alert("server", live->no_answer, screen);
    }
    if (live->is_there && live->all.store_fails) {
        top_screen_add(screen, TOP_ALERT, "server    ITS STORE FAILS");
    }
    if (live->is_there && live->all.seal_fails[0] != '\0') {
        char text[TEXT_BYTES];
        snprintf(text, sizeof text, "ITS SEAL FAILS: %.*s", ERROR_TEXT_BYTES, live->all.seal_fails);
        add_alert("server", text, screen);
    }
}

static void add_head(const struct top_facts *facts, struct top_screen *screen) {
    char next[STATUS_ADVICE_BYTES + 16];
    add_title(facts, screen);
    add_agencies(facts, screen);
    add_bets(facts, screen);
    add_chart(facts, screen);
    add_end(facts, screen);
    add_troubles(facts, screen);
    snprintf(next, sizeof next, "next      %s", facts->advice);
    top_screen_add_wrapped(screen, TOP_PLAIN, screen->rows < HIGH_ROWS ? 3 : 5, next);
}

// The agencies --------------------------------------------------------------------------------------------

static void write_heard(const struct top_agency *agency, char text[AGO_BYTES]) {
    if (agency->state >= TOP_CUT_OFF) {
        text[0] = '\0';
    } else if (agency->silent_s == TOP_NEVER) {
        snprintf(text, AGO_BYTES, "not heard");
    } else {
        ago_text(agency->silent_s, text);
    }
}

static void add_agency(const struct top_facts *facts, const struct top_agency *agency,
                       const struct top_view *view, struct top_screen *screen) {
    char heard[AGO_BYTES], more[64] = "";
    write_heard(agency, heard);
    if (screen->columns >= WIDE_COLUMNS && facts->has_number) {
        snprintf(more, sizeof more, "  %" PRIu64, agency->winners);
    } else if (screen->columns >= WIDE_COLUMNS) {
        snprintf(more, sizeof more, "  %s", agency->finished_at);
    }
    enum top_style style = agency->agency == view->found ? TOP_BAR
                           : agency->state == TOP_SILENT ? TOP_ALERT
                                                         : TOP_PLAIN;
    top_screen_add(screen, style, "%8" PRIu32 "  %-8s  %12" PRIu64 "  %9.1f  %-11s%s", agency->agency,
                   top_state_name(agency->state), agency->bets, agency->rate, heard, more);
}

static bool is_listed(const struct top_facts *facts, const struct top_view *view, const size_t *order) {
    for (size_t i = 0; i < view->listed; i++) {
        if (facts->agencies[order[i]].agency == view->found) {
            return true;
        }
    }
    return false;
}

static void add_foot(const struct top_facts *facts, const struct top_view *view, const size_t *order,
                     struct top_screen *screen) {
    size_t end = view->first + view->lines < view->listed ? view->first + view->lines : view->listed;
    if (view->is_finding) {
        top_screen_add(screen, TOP_BAR, " find agency: %s_   Enter, or Esc", view->digits);
        return;
    }
    if (view->found != 0 && !is_listed(facts, view, order)) {
        top_screen_add(screen, TOP_BAR, " there is no agency %s%s   Esc", view->digits,
                       view->only_missing ? " among the missing" : "");
        return;
    }
    char text[TEXT_BYTES] = "";
    static const char keys[] = "   m missing  s sort  / find  n numbers  ? help  q quit";
    append(text, " %zu-%zu of %zu%s %s", view->listed == 0 ? 0 : view->first + 1, end, view->listed,
           view->only_missing ? " missing" : "", top_sort_name(view->sort));
    bool has_room = strlen(text) + strlen(keys) <= screen->columns;
    top_screen_add(screen, TOP_BAR, "%s%s", text, has_room ? keys : "   m s / n  ? help  q quit");
}

static void lay_out_agencies(const struct top_facts *facts, struct top_view *view,
                             struct top_screen *screen) {
    size_t *order = top_view_order(view, facts);
    add_head(facts, screen);
    top_screen_add(screen, TOP_BOLD, "%8s  %-8s  %12s  %9s  %-11s%s", "agency", "state", "bets", "bets/s",
                   "heard ago",
                   screen->columns < WIDE_COLUMNS ? ""
                   : facts->has_number            ? "  winners"
                                                  : "  finished");
    size_t lines = screen->rows > screen->count + 1 ? screen->rows - screen->count - 1 : 0;
    if (order == NULL) {
        top_screen_add(screen, TOP_ALERT, "there is no memory to show the agencies");
        return;
    }
    top_view_scroll(view, facts, order, lines);
    for (size_t i = view->first; i < view->listed && i < view->first + lines; i++) {
        add_agency(facts, &facts->agencies[order[i]], view, screen);
    }
    top_screen_fill(screen, screen->rows - 1);
    add_foot(facts, view, order, screen);
    free(order);
}

// The other pages -----------------------------------------------------------------------------------------

static void lay_out_numbers(const struct top_facts *facts, const struct top_numbers *numbers,
                            struct top_screen *screen) {
    add_title(facts, screen);
    if (numbers->trouble[0] != '\0') {
        top_screen_add_wrapped(screen, TOP_ALERT, 3, numbers->trouble);
    }
    if (numbers->is_known) {
        top_map_add(numbers, screen->rows - screen->count - 1, screen);
    } else if (numbers->trouble[0] == '\0') {
        top_screen_add(screen, TOP_PLAIN, "The server counts how often each number was bet.");
    }
    top_screen_fill(screen, screen->rows - 1);
    top_screen_add(screen, TOP_BAR, " n agencies   ? help   q quit");
}

static void lay_out_help(const struct top_facts *facts, struct top_screen *screen) {
    static const char *const lines[] = {
        "up, down           an agency up or down",
        "space, b           a page down or up, as Page Down and Page Up do",
        "Home, End          to the first or the last agency",
        "m                  only the agencies that are missing, or all",
        "s                  another order: by need, number, bets, rate, silence",
        "/                  find an agency by its number",
        "n                  how often each number was bet, or the agencies",
        "?                  this help",
        "q                  quit",
        "",
        "silent   has stored bets, and was not heard of for a minute",
        "waiting  has stored nothing yet",
        "cut off  ended by the close, or by quiniela finish",
        "told     has been told its winners",
    };
    add_title(facts, screen);
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        top_screen_add(screen, TOP_PLAIN, " %s", lines[i]);
    }
    top_screen_fill(screen, screen->rows - 1);
    top_screen_add(screen, TOP_BAR, " any key: the agencies   q quit");
}

static void lay_out_small(const struct top_facts *facts, struct top_screen *screen) {
    add_title(facts, screen);
    add_agencies(facts, screen);
    add_bets(facts, screen);
    top_screen_add(screen, TOP_PLAIN, "%u x %u: too small, it is to be at least %d x %d", screen->columns,
                   screen->rows, TOP_COLUMNS_MIN, TOP_LINES_MIN);
}

void top_layout(const struct top_facts *facts, const struct top_numbers *numbers, struct top_view *view,
                struct top_screen *screen) {
    if (screen->columns < TOP_COLUMNS_MIN || screen->rows < TOP_LINES_MIN) {
        lay_out_small(facts, screen);
        return;
    }
    switch (view->page) {
    case TOP_AGENCIES:
        lay_out_agencies(facts, view, screen);
        break;
    case TOP_NUMBERS:
        lay_out_numbers(facts, numbers, screen);
        break;
    case TOP_HELP:
        lay_out_help(facts, screen);
        break;
    }
}
