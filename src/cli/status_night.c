#include "cli/status_night.h"

#include "cli/ago.h"
#include "cli/status_advice.h"
#include "ledger/survey.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

enum { CUT_BYTES = 512 }; // of a list of agencies

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
    bool is_open = draw->state == DRAW_OPEN, has_come = is_open && at <= status->now;
    ago_moment_text(draw->closes_at, is_open ? status->now : at, text); // it is over once the draw is closed
    print_line("cut-off", "%s%s", text,
               !has_come               ? ""
               : status->live.is_there ? ", now"
               : status->is_in_file    ? ", which has passed: the next start closes the draw"
                                       : ", which has passed");
}

static void print_number(const struct stored_draw *draw) {
    bool is_manual = draw->number_mode == NUMBER_MANUAL;
    if (draw->number_mode == NUMBER_BEACON) {
        print_line("number", "%s",
                   draw->has_number ? "from a beacon's pulse"
                                    : "from a beacon's pulse, once the draw is sealed");
        return;
    }
    print_line("number", "%s",
               !is_manual         ? "set at the opening"
               : draw->has_number ? "given by hand"
                                  : "by hand, once the draw is sealed");
}

static void print_signer(const struct status *status) {
    const struct signed_status *is_signed = &status->is_signed;
    if (is_signed->by[0] == '\0') {
        print_line("rules", "unsigned");
        return;
    }
    print_line("rules", "signed by %s", is_signed->by);
    if (is_signed->pulse_at[0] != '\0') {
        print_line("pulse", "of %s%s", is_signed->pulse_at, is_signed->has_pulse ? ", here" : "");
        print_line("seen", "%" PRIu32 " cosignatures and time stamps; one must be of %s or before",
                   is_signed->seen, is_signed->see_by);
    }
    if (is_signed->approvals_wanted > 0) {
        print_line("approvals", "%" PRIu32 " wanted; here: %s", is_signed->approvals_wanted,
                   is_signed->approvals == 0 ? "none" : is_signed->approvals_text);
    }
}

static void print_ends(const struct status *status) {
    const struct status_end *first = &status->first_end, *last = &status->last_end;
    if (last->agency != 0) {
        print_line("finished", "first agency %" PRIu32 " at %s, last agency %" PRIu32 " at %s", first->agency,
                   first->at, last->agency, last->at);
    }
}

// Whom the close, or an order, has ended, with what it had sent.
static void print_cut(const struct status *status) {
    char cut[CUT_BYTES], ended[CUT_BYTES];
    bool any_cut = status->cut.missing_count > 0, any_ended = status->ended.missing_count > 0;
    survey_missing_text(&status->cut, 0, cut, sizeof cut);
    survey_missing_text(&status->ended, 0, ended, sizeof ended);
    if (any_cut || any_ended) {
        print_line("cut off", "%s%s%s%s%s", any_cut ? "by the close: " : "", any_cut ? cut : "",
                   any_cut && any_ended ? "; " : "", any_ended ? "by finish: " : "", any_ended ? ended : "");
    }
}

static void print_missing(const struct status *status) {
    char missing[ORDER_TEXT_BYTES];
    if (status->store == NULL && status->missing.missing_count == 0 && status->missing.more_missing) {
        print_line("missing", "%" PRIu64 " of the agencies; which ones only the database knows",
                   status_missing(status));
        return;
    }
    survey_missing_text(&status->missing, 0, missing, sizeof missing);
    print_line("missing", "%s", missing);
}

static void print_draw(const struct status *status) {
    const struct stored_draw *draw = &status->draw;
    print_missing(status);
    print_ends(status);
    print_cut(status);
    print_number(draw);
    print_signer(status);
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

static void print_others(const struct status *status) {
    if (!status->is_in_file) {
        print_line("others", "%s",
                   status->live.is_named ? "only this server was asked, as --control names it"
                                         : "servers on other machines are not heard here");
    }
}

static void print_server(const struct status *status) {
    const struct status_live *live = &status->live;
    char text[AGO_BYTES];
    if (!live->is_there) {
        print_line("server", "%s; this is what the store says", live->trouble);
        print_others(status);
        return;
    }
    for (size_t i = 0; i < live->server_count && i < STATUS_SERVERS_MAX; i++) {
        const struct status_server *server = &live->servers[i];
        ago_text(server->up_s, text);
        print_line("server", "process %" PRIu64 ", for %s%s%s", server->pid, text,
                   server->store_fails ? "; ITS STORE FAILS" : "",
                   server->seal_fails[0] != '\0' ? "; ITS SEAL FAILS" : "");
    }
    if (live->server_count > STATUS_SERVERS_MAX) {
        print_line("server", "and %zu more", live->server_count - STATUS_SERVERS_MAX);
    }
    if (live->no_answer[0] != '\0') {
        print_line("server", "one here has not answered, and its agencies count as silent: %s",
                   live->no_answer);
    }
    print_others(status);
    print_line("connections", "%" PRIu64, live->all.connections);
    print_line("rate", "%.1f bets/s in the last 10 s, %.1f in the last minute", live->all.rate_10s,
               live->all.rate_60s);
}

static void print_store(const struct status *status) {
    if (status->store == NULL) {
        print_line("store", "%s; this is what the server counted at %s, and what it has stored since",
                   status->no_store, status->counted_at[0] == '\0' ? "this moment" : status->counted_at);
    }
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
            printf("since the %s start, at %s\n", live->server_count > 1 ? "last server's" : "server's",
                   live->all.since);
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
    print_store(status);
    print_backup(status);
    print_silent(status);
    status_advise(status, &advice);
    printf("\nnext: %s\n", advice.text);
}
