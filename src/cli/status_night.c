#include "cli/status_night.h"

#include "cli/ago.h"
#include "cli/status_advice.h"
#include "ledger/survey.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

__attribute__((format(printf, 2, 3))) static void print_line(const char *what, const char *format, ...) {
    va_list arguments;
    printf("  %-15s ", what);
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    putchar('\n');
}

// The draw ------------------------------------------------------------------------------------------------

static void print_cutoff(const struct status *status) {
    const struct stored_draw *draw = &status->draw;
    char text[AGO_MOMENT_BYTES];
    time_t at;
    if (!ago_parse(draw->closes_at, &at)) {
        return;
    }
    bool is_open = draw->state == DRAW_OPEN;
    ago_moment_text(draw->closes_at, is_open ? status->now : at, text); // it is over once the draw is closed
    print_line("cut-off", "%s%s", text, is_open && at <= status->now ? ", now" : "");
}

static void print_number(const struct stored_draw *draw) {
    bool is_manual = draw->number_mode == NUMBER_MANUAL;
    print_line("number", "%s",
               !is_manual         ? "set at the opening"
               : draw->has_number ? "given by hand"
                                  : "by hand, once the draw is sealed");
}

static void print_ends(const struct status *status) {
    const struct status_end *first = &status->first_end, *last = &status->last_end;
    if (last->agency != 0) {
        print_line("finished", "first agency %" PRIu32 " at %s, last agency %" PRIu32 " at %s", first->agency,
                   first->at, last->agency, last->at);
    }
}

static void print_draw(const struct status *status) {
    const struct stored_draw *draw = &status->draw;
    char missing[ORDER_TEXT_BYTES];
    survey_missing_text(&status->missing, 0, missing, sizeof missing);
    print_line("missing", "%s", missing);
    print_ends(status);
    print_number(draw);
    print_cutoff(status);
    if (draw->closed_at[0] != '\0') {
        print_line("closed", "%s", draw->closed_at);
    }
    if (draw->voided > 0) {
        print_line("voided", "%" PRIu64 " bets of agencies that were reset", draw->voided);
    }
    if (draw->erased_at[0] != '\0') {
        print_line("erased", "%s", draw->erased_at);
    }
}

// The server ----------------------------------------------------------------------------------------------

static void print_server(const struct status *status) {
    const struct status_live *live = &status->live;
    char text[AGO_BYTES];
    if (!live->is_there) {
        print_line("server", "%s; this is what the store says", live->trouble);
        return;
    }
    ago_text(live->up_s, text);
    print_line("server", "process %" PRIu64 ", for %s%s", live->pid, text,
               live->store_fails ? "; ITS STORE FAILS" : "");
    print_line("connections", "%" PRIu64, live->connections);
    print_line("rate", "%.1f bets/s in the last 10 s, %.1f in the last minute", status_live_rate(live, 10),
               status_live_rate(live, 60));
}

static void print_backup(const struct status *status) {
    const struct backup_note *note = &status->backup;
    char text[AGO_BYTES];
    if (!status->has_backup) {
        if (status->is_in_file) {
            print_line("last backup", "none");
        }
        return;
    }
    ago_text(ago_seconds(note->at, status->now), text);
    print_line("last backup", "%s, %s ago: %s", note->at, text, note->path);
}

static void print_silent(const struct status *status) {
    const struct status_live *live = &status->live;
    char text[AGO_BYTES];
    if (live->silent_count == 0) {
        return;
    }
    printf("\n%8s  %12s  %s\n", "missing", "bets", "silent");
    for (size_t i = 0; i < live->silent_count; i++) {
        const struct status_silent *silent = &live->silent[i];
        printf("%8" PRIu32 "  %12" PRIu64 "  ", silent->agency, silent->bets);
        if (silent->is_heard) {
            ago_text(silent->silent_s, text);
            printf("for %s, since %s\n", text, silent->heard_at);
        } else {
            printf("since the server's start, at %s\n", live->since);
        }
    }
    if (status_missing(status) > live->silent_count) {
        printf("%8s  and %" PRIu64 " more\n", "", status_missing(status) - live->silent_count);
    }
}

void status_night_print(const struct status *status) {
    struct status_advice advice;
    putchar('\n');
    print_draw(status);
    print_server(status);
    if (status->store == NULL) {
        print_line("store", "%s; this is what the server last counted", status->no_store);
    }
    print_backup(status);
    print_silent(status);
    status_advise(status, &advice);
    printf("\nnext: %s\n", advice.text);
}
