#include "doctor/doctor.h"

#include "base/clock.h"
#include "base/translate.h"
#include "bet/errors.h"
#include "doctor/bets.h"
#include "doctor/look.h"
#include "doctor/papers.h"
#include "doctor/signing.h"
#include "doctor/speech.h"
#include "doctor/stored.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct doctor {
    const struct doctor_options *options;
    struct findings *findings;
    struct bets bets;
    struct papers papers;
    struct look_options how;
    struct targets targets;
    struct look looks[TARGETS_MAX];
};

static uint64_t wait_ms(const struct doctor_options *options) {
    return options->wait_ms > 0 && options->wait_ms < WAIT_MS_MAX ? options->wait_ms : WAIT_MS_MAX;
}

// The clock -----------------------------------------------------------------------------------------------

// The first look that can say what the central's clock says, or NULL.
static const struct look *find_clock(const struct doctor *doctor) {
    for (size_t i = 0; i < doctor->targets.count; i++) {
        if (doctor->looks[i].has_offset) {
            return &doctor->looks[i];
        }
    }
    return NULL;
}

static bool is_far(int64_t offset_ms) {
    return offset_ms < -CLOCK_MS_MAX || offset_ms > CLOCK_MS_MAX;
}

static bool has_reply(const struct doctor *doctor) {
    for (size_t i = 0; i < doctor->targets.count; i++) {
        if (doctor->looks[i].has_reply) {
            return true;
        }
    }
    return false;
}

// "3 days", "2 hours", "40 s": enough to see what it is.
static void write_span(int64_t ms, char span[32]) {
    const int64_t hour = 3600, day = 24 * hour;
    int64_t s = ms / 1000;
    if (s >= 2 * day) {
        snprintf(span, 32, _("%" PRId64 " days"), s / day);
    } else if (s >= 2 * hour) {
        snprintf(span, 32, _("%" PRId64 " hours"), s / hour);
    } else if (s >= 2) {
        snprintf(span, 32, "%" PRId64 " s", s);
    } else {
        snprintf(span, 32, "%" PRId64 " ms", ms);
    }
}

static void report_clock(const struct doctor *doctor, const struct look *clock) {
    static const char check[] = N_("clock");
    char span[32], now[CLOCK_TEXT_BYTES];
    if (clock == NULL && has_reply(doctor)) {
        findings_add(doctor->findings, FINDING_NOT_TOLD, check, NULL, "what the central's clock says");
        return;
    }
    if (clock == NULL) {
        findings_add(doctor->findings, FINDING_SKIPPED, check, NULL,
                     "the central was not asked, or has not answered");
        return;
    }
    write_span(clock->offset_ms < 0 ? -clock->offset_ms : clock->offset_ms, span);
    const char *direction = clock->offset_ms < 0 ? _("ahead of") : _("behind");
    clock_utc_text(now);
    if (is_far(clock->offset_ms)) {
        findings_add(
            doctor->findings, FINDING_WRONG, check,
            "Set this machine's clock (timedatectl set-ntp true); if it is right, tell the operator that "
            "the central's is not",
            "this machine's says %s, and is %s %s the central's", now, span, direction);
    } else {
        findings_add(doctor->findings, FINDING_OK, check, NULL, "%s %s the central's", span, direction);
    }
}

// The agency ----------------------------------------------------------------------------------------------

// The first target for bets that has answered as such, or the number of targets.
static size_t find_answer(const struct doctor *doctor) {
    for (size_t i = 0; i < doctor->targets.count; i++) {
        const struct look *look = &doctor->looks[i];
        if (!doctor->targets.list[i].is_consult && look->has_reply && !look_is_error(look, "tls_required") &&
            !look_is_error(look, "bad_message")) {
            return i;
        }
    }
    return doctor->targets.count;
}

// Why nobody was asked for more; `at` is find_answer's.
static const char *not_asked_because(const struct doctor *doctor, size_t at) {
    if (at < doctor->targets.count) {
        return N_("not asked, as the central does not take this agency's question (see above)");
    }
    return has_reply(doctor) ? N_("not asked, as no target has answered as the port of bets does")
                             : N_("the central was not asked, or has not answered");
}

// Writes what the central says of an error: its most frequent one in the reader's language, which the central
// does not know.
static void write_said(const struct reply *reply, uint32_t agency, char said[ERROR_TEXT_BYTES]) {
    char beginning[64];
    int length = snprintf(beginning, sizeof beginning, "agency: %" PRIu32 " is not from 1 to ", agency);
    const char *agencies = reply->error.text + length;
    if (strncmp(reply->error.text, beginning, (size_t)length) == 0 && agencies[0] != '\0' &&
        agencies[strspn(agencies, "0123456789")] == '\0') {
        snprintf(said, ERROR_TEXT_BYTES, _("agency: %" PRIu32 " is not from 1 to %s"), agency, agencies);
    } else {
        snprintf(said, ERROR_TEXT_BYTES, "%s", reply->error.text);
    }
}

static void report_refusal(const struct doctor *doctor, const struct reply *reply) {
    char said[ERROR_TEXT_BYTES];
    const char *todo = reply->retryable ? N_("Try again in a while; if it stays so, tell the operator")
                                        : N_("Tell the operator what it says");
    if (reply->error.code == lottery_error_named("unknown_agency")) {
        todo = N_("Is --id right? If it is, ask the operator: the draw is open to fewer agencies");
    }
    write_said(reply, doctor->options->agency, said);
    findings_add(doctor->findings, FINDING_WRONG, "agency", todo, "%s: %s", reply->error_name, said);
}

// What becomes of more bets.
static const char *refusal_text(const struct error_code *refuses) {
    if (refuses == NULL) {
        return "";
    }
    return refuses == ERROR_DRAW_CLOSED ? _("; the draw is closed to it, and takes no more")
                                        : _("; it has sent its last one, and no more are taken");
}

// Returns how many of its bets are stored, or -1 if that is not known.
static int64_t report_agency(const struct doctor *doctor, size_t at) {
    static const char check[] = N_("agency");
    if (at == doctor->targets.count) {
        findings_add(doctor->findings, FINDING_SKIPPED, check, NULL, "%s",
                     translate(not_asked_because(doctor, at)));
        return -1;
    }
    const struct reply *reply = &doctor->looks[at].reply;
    if (reply->type != REPLY_CHUNK_PROCESSED) {
        report_refusal(doctor, reply);
        return -1;
    }
    if (reply->next < 0) {
        findings_add(doctor->findings, FINDING_NOT_TOLD, check, NULL,
                     "how many bets of agency %" PRIu32 " are stored", doctor->options->agency);
    } else {
        findings_add(doctor->findings, FINDING_OK, check, NULL,
                     "agency %" PRIu32 " is known, and %" PRId64 " of its bets are stored%s",
                     doctor->options->agency, reply->next, refusal_text(reply->refuses));
    }
    return reply->next;
}

// Nothing is stored.
static void report_nothing(const struct bets *bets, const struct error_code *refuses,
                           struct findings *findings) {
    if (refuses == NULL || bets->count == 0) {
        findings_add(findings, FINDING_OK, "what is stored", NULL, "%s",
                     refuses == NULL ? _("nothing yet") : _("nothing"));
    } else {
        stored_report_rest(_("nothing"), bets->count, refuses, findings);
    }
}

static void report_stored(struct doctor *doctor, size_t at, int64_t stored) {
    static const char check[] = N_("what is stored");
    struct bets *bets = &doctor->bets;
    struct findings *findings = doctor->findings;
    if (stored < 0) {
        findings_add(findings, FINDING_SKIPPED, check, NULL, "it is not known how many bets are stored");
    } else if (stored == 0) {
        report_nothing(bets, doctor->looks[at].reply.refuses, findings);
    } else if (bets->path == NULL) {
        findings_add(findings, stored == 1 ? FINDING_OK : FINDING_WRONG, check,
                     stored == 1 ? NULL : N_("Is --id right? This agency has sent other bets before"),
                     "there is one bet, and %" PRId64 " stored: they were not compared", stored);
    } else if (!bets->is_good) {
        findings_add(findings, FINDING_SKIPPED, check, NULL, "the file cannot be compared with it");
    } else {
        stored_compare(bets, &doctor->targets.list[at], (uint64_t)stored, doctor->looks[at].reply.refuses,
                       &doctor->how, findings);
    }
}

// Everything ----------------------------------------------------------------------------------------------

static void look_at_targets(struct doctor *doctor) {
    const struct doctor_options *options = doctor->options;
    targets_find(&doctor->targets, options->bets, options->consult, doctor->how.wait_ms, doctor->findings);
    targets_connect(&doctor->targets, doctor->how.wait_ms, doctor->findings);
    bool cannot_speak = options->tls != NULL && doctor->how.tls == NULL; // our files are no good
    looks_take(doctor->looks, &doctor->targets, &doctor->how,
               cannot_speak ? 0 : clock_steady_ms() + TALKS_MS_MAX);
}

static void report_targets(const struct doctor *doctor, bool clock_is_wrong) {
    const struct tls_options *tls = doctor->options->tls;
    for (size_t i = 0; i < doctor->targets.count; i++) {
        speech_report(&doctor->targets.list[i], &doctor->looks[i], tls != NULL, doctor->findings);
    }
    for (size_t i = 0; tls != NULL && i < doctor->targets.count; i++) {
        speech_report_certificate(&doctor->targets.list[i], &doctor->looks[i], tls->revocations,
                                  clock_is_wrong, doctor->findings);
    }
    if (doctor->targets.count == 0) {
        findings_add(doctor->findings, FINDING_SKIPPED, "plain text or TLS", NULL, "not connected");
    }
    if (doctor->targets.count == 0 || tls == NULL) {
        findings_add(doctor->findings, FINDING_SKIPPED, "central's certificate", NULL, "%s",
                     tls == NULL ? _("plain text has none") : _("not connected"));
    }
}

static void examine(struct doctor *doctor) {
    const struct doctor_options *options = doctor->options;
    bets_check(&doctor->bets, options->path, options->agency, options->strict, doctor->findings);
    signing_report_place(options->promises, doctor->findings);
    look_at_targets(doctor);
    const struct look *clock = find_clock(doctor);
    bool clock_is_wrong = clock != NULL && is_far(clock->offset_ms);
    report_targets(doctor, clock_is_wrong);
    papers_report(&doctor->papers, clock == NULL ? 0 : clock->offset_ms, doctor->looks, doctor->targets.count,
                  doctor->findings);
    report_clock(doctor, clock);
    size_t at = find_answer(doctor);
    report_stored(doctor, at, report_agency(doctor, at));
    bool is_known = at < doctor->targets.count && doctor->looks[at].reply.type == REPLY_CHUNK_PROCESSED;
    if (is_known) {
        signing_report_key(options->promises, &doctor->targets.list[at], &doctor->how, doctor->findings);
    } else {
        signing_report_not_asked(not_asked_because(doctor, at), doctor->findings);
    }
}

bool doctor_examine(const struct doctor_options *options, struct findings *findings, struct error *error) {
    struct doctor *doctor = calloc(1, sizeof *doctor);
    struct message_decoder *decoder = message_decoder_new();
    bool has_memory = doctor != NULL && decoder != NULL;
    if (has_memory) {
        doctor->options = options;
        doctor->findings = findings;
        papers_read(&doctor->papers, options->tls, options->identity_prefix, options->agency);
        doctor->how = (struct look_options){.agency = options->agency,
                                            .tls = doctor->papers.tls,
                                            .undated = doctor->papers.undated,
                                            .asks = doctor->papers.may_ask,
                                            .wait_ms = wait_ms(options),
                                            .decoder = decoder};
        examine(doctor);
        bets_close(&doctor->bets);
        papers_free(&doctor->papers);
    }
    message_decoder_free(decoder);
    free(doctor);
    return has_memory || error_set(error, ERROR_NO_MEMORY, "no memory");
}
