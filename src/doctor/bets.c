#include "doctor/bets.h"

#include "agency/file_check.h"
#include "base/clock.h"
#include "base/translate.h"
#include "doctor/limits.h"

#include <inttypes.h>
#include <sys/stat.h>

static const char check[] = N_("file");

static void report_bad(const struct file_findings *found, const struct error *error,
                       struct findings *findings) {
    const char *todo =
        N_("Mend it: nothing of a file with a bad line is sent. quiniela client --check lists them");
    if (found->bad > 1 && !found->is_other) {
        findings_add(findings, FINDING_WRONG, check, todo,
                     translate_count("%s; and %" PRIu64 " more bad line",
                                     "%s; and %" PRIu64 " more bad lines", found->bad - 1),
                     error->text, found->bad - 1);
    } else {
        findings_add(findings, FINDING_WRONG, check, found->bad > 0 ? todo : NULL, "%s", error->text);
    }
}

static void look_at(struct bets *bets, uint32_t agency, struct findings *findings) {
    struct file_findings found;
    struct error error;
    bets->is_good = file_check_until(bets->reader, agency, clock_steady_ms() + FILE_MS_MAX, &found, &error);
    bets->count = found.lines;
    bets->is_whole = !found.was_stopped;
    if (!bets->is_good) {
        report_bad(&found, &error, findings);
    } else if (found.was_stopped) {
        findings_add(findings, FINDING_OK, check, NULL,
                     "%s: its first %" PRIu64 " bets are good; there was no time for the others", bets->path,
                     found.lines);
    } else if (found.lines == 0) {
        findings_add(findings, FINDING_OK, check, NULL,
                     "%s: it has no bets, and sending it ends agency %" PRIu32 " without any", bets->path,
                     agency);
    } else {
        findings_add(findings, FINDING_OK, check, NULL, "%s: %" PRIu64 " bets", bets->path, found.lines);
    }
}

void bets_check(struct bets *bets, const char *path, uint32_t agency, bool strict,
                struct findings *findings) {
    struct stat status;
    struct error error;
    *bets = (struct bets){.path = path};
    if (path == NULL) {
        bets->is_good = true;
        bets->count = 1;
        findings_add(findings, FINDING_OK, check, NULL, "none: there is one bet, given by settings");
        return;
    }
    if (stat(path, &status) == 0 && S_ISFIFO(status.st_mode)) { // whoever reads it takes it from the client
        findings_add(findings, FINDING_SKIPPED, check, NULL,
                     "%s: it is a pipe and cannot be read twice, so each line is checked as it is sent",
                     path);
        return;
    }
    if (!reader_open(path, &bets->reader, &error)) {
        findings_add(findings, FINDING_WRONG, check,
                     "Put the agency's file there, or say with --data-dir in which folder it is", "%s",
                     error.text);
        return;
    }
    if (strict) {
        reader_set_strict(bets->reader);
    }
    look_at(bets, agency, findings);
}

void bets_close(struct bets *bets) {
    if (bets->reader != NULL) {
        reader_close(&bets->reader);
    }
}
