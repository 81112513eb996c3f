#include "doctor/papers.h"

#include "base/clock.h"
#include "base/translate.h"
#include "tls/own.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char check[] = N_("own certificate");

static int64_t now_s(int64_t offset_ms) {
    return ((int64_t)clock_epoch_ms() + offset_ms) / 1000;
}

static void own(const struct papers *papers, int64_t offset_ms, struct tls_own *own) {
    tls_own_check(papers->tls, papers->prefix, now_s(offset_ms), own);
}

static bool is_of_agency(const struct papers *papers, const struct tls_own *own) {
    char number[16];
    snprintf(number, sizeof number, "%" PRIu32, papers->agency);
    return strcmp(own->identity, number) == 0;
}

void papers_read(struct papers *papers, const struct tls_options *options, const char *prefix,
                 uint32_t agency) {
    *papers = (struct papers){.options = options, .prefix = prefix, .agency = agency, .may_ask = true};
    error_clear(&papers->error);
    if (options == NULL) {
        return;
    }
    struct tls_options others = *options;
    struct error ignored;
    if (!tls_context_new(TLS_CLIENT, &others, &papers->tls, &papers->error)) {
        papers->may_ask = false;
        others.certificate = others.key = NULL;
        (void)!tls_context_new(TLS_CLIENT, &others, &papers->tls, &ignored);
        return;
    }
    others.any_date = true;
    (void)!tls_context_new(TLS_CLIENT, &others, &papers->undated, &ignored);
    struct tls_own found;
    own(papers, 0, &found);
    papers->may_ask = is_of_agency(papers, &found);
}

void papers_free(struct papers *papers) {
    tls_context_release(papers->tls);
    tls_context_release(papers->undated);
}

static const char *own_todo(enum tls_failure failure) {
    switch (failure) {
    case TLS_UNKNOWN_AUTHORITY:
        return N_("Ask the operator for a certificate that the authority in --tls-ca has signed, or for the "
                  "authority "
                  "that has signed this one");
    case TLS_NOT_YET_VALID:
        return N_("Ask the operator for a certificate that is good already");
    case TLS_REVOCATIONS_EXPIRED:
        return N_("Ask the operator for a new revocation list (--tls-crl)");
    case TLS_AUTHORITY_EXPIRED:
        return N_("Ask the operator for the new authority (--tls-ca), and a certificate that it has signed");
    default:
        return N_("Ask the operator for a new certificate");
    }
}

static const struct look *find_unwelcome(const struct look *looks, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (looks[i].is_unwelcome) {
            return &looks[i];
        }
    }
    return NULL;
}

static bool is_accepted(const struct look *looks, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (looks[i].has_reply) {
            return true;
        }
    }
    return false;
}

static void report_other_agency(const struct papers *papers, const struct tls_own *found,
                                struct findings *findings) {
    if (found->identity[0] == '\0') {
        findings_add(findings, FINDING_WRONG, check, "Ask the operator for the agency's certificate",
                     "%.150s: it is of no agency (%s)", papers->options->certificate, found->described);
    } else {
        findings_add(findings, FINDING_WRONG, check,
                     "Give this agency's own certificate, or its number, --id: one of the two is wrong",
                     "%.150s: it is of agency %s, and this is agency %" PRIu32, papers->options->certificate,
                     found->identity, papers->agency);
    }
}

void papers_report(const struct papers *papers, int64_t offset_ms, const struct look *looks, size_t count,
                   struct findings *findings) {
    const struct look *unwelcome = find_unwelcome(looks, count);
    struct tls_own found;
    if (papers->options == NULL) {
        findings_add(findings, FINDING_SKIPPED, check, NULL, "plain text needs none");
        return;
    }
    if (papers->error.code != ERROR_NONE) {
        findings_add(
            findings, FINDING_WRONG, check,
            "Ask the operator for the three files again, or mend their paths (--tls-cert, --tls-key, "
            "--tls-ca)",
            "%s", papers->error.text);
        return;
    }
    own(papers, offset_ms, &found);
    if (found.failure != TLS_NO_FAILURE) {
        findings_add(findings, FINDING_WRONG, check, own_todo(found.failure), "%.150s: %s",
                     papers->options->certificate, found.reason);
    } else if (!is_of_agency(papers, &found)) {
        report_other_agency(papers, &found, findings);
    } else if (unwelcome != NULL) {
        findings_add(findings, FINDING_WRONG, check, "Ask the operator why, or for a new certificate", "%s",
                     unwelcome->reason);
    } else {
        findings_add(findings, FINDING_OK, check, NULL, "%s, of agency %s%s", found.described, found.identity,
                     is_accepted(looks, count) ? _("; the central accepts it") : "");
    }
}
