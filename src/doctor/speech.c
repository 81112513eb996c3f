#include "doctor/speech.h"

#include "base/translate.h"

static const char other_program[] =
    N_("Is this the central's address and port? Another program may listen there: ask the operator");
static const char exchanged[] = N_("Are the two addresses (--server-address, --server-consult-address) "
                                   "exchanged? Ask the operator for the ports");

// What a target speaks -------------------------------------------------------------------------------------

struct saying {
    const char *what, *todo;
};

static struct saying of_plain(const struct look *look) {
    static const char needs_tls[] =
        N_("Give this agency its certificates (--tls-cert, --tls-key, --tls-ca): the operator has them");
    switch (look->state) {
    case TALK_SPEAKS_TLS:
        return (struct saying){N_("it speaks TLS, and this agency was given no certificates"), needs_tls};
    case TALK_SPEAKS_HTTP:
        return (struct saying){N_("it speaks HTTP: it is no central"), other_program};
    case TALK_CLOSED:
        return (struct saying){
            N_("it closes the connection without an answer: it is no central, or an older one "
               "that speaks TLS"),
            N_("Ask the operator whether this is its port, and whether it speaks TLS")};
    default:
        return look_is_error(look, "tls_required")
                   ? (struct saying){N_("it speaks TLS, and this agency was given no certificates"),
                                     needs_tls}
                   : (struct saying){NULL, NULL};
    }
}

// Failures other than those of a certificate.
static struct saying of_tls(const struct look *look) {
    if (look->state == TALK_CLOSED && !look->is_shaken) {
        return (struct saying){N_("it closes the connection during the TLS handshake"), other_program};
    }
    if (look->state != TALK_TLS_FAILED || look->is_shaken) {
        return (struct saying){NULL, NULL};
    }
    switch (look->failure) {
    case TLS_NOT_TLS:
        return (struct saying){
            N_("it speaks plain text, and this agency was given certificates"),
            N_("Leave --tls-cert, --tls-key and --tls-ca out if the operator says that the "
               "central has no TLS; otherwise ask for the right port")};
    case TLS_UNSUPPORTED_VERSION:
    case TLS_REFUSED:
    case TLS_PROTOCOL:
    case TLS_CUT_OFF:
    case TLS_BROKEN:
        return (struct saying){look->reason, other_program};
    default:
        return (struct saying){NULL, NULL};
    }
}

// What is wrong with a target that speaks what it should.
static struct saying of_port(const struct target *target, const struct look *look) {
    switch (look->state) {
    case TALK_LATE:
        return (struct saying){
            N_("it accepts the connection and says nothing in time"),
            N_("Try again. If it stays so, it is no central, or one that hangs: tell the operator")};
    case TALK_BAD_ANSWER:
    case TALK_NO_MEMORY:
        return (struct saying){N_("what it answers is no message of a central"), other_program};
    default:
        break;
    }
    if (!target->is_consult && look_is_error(look, "bad_message")) {
        return (struct saying){N_("it takes no bets: it is the port for consultations"), exchanged};
    }
    if (target->is_consult && look_takes_bets(look)) {
        return (struct saying){N_("it takes bets: it is not the port for consultations"), exchanged};
    }
    return (struct saying){NULL, NULL};
}

void speech_report(const struct target *target, const struct look *look, bool tls,
                   struct findings *findings) {
    static const char check[] = N_("plain text or TLS");
    if (!look->has_happened) {
        findings_add(findings, FINDING_SKIPPED, check, NULL, "%s (%s): %s", target->shown,
                     target_port(target), target->failure != 0 ? _("not connected") : _("not looked at"));
        return;
    }
    struct saying saying = tls ? of_tls(look) : of_plain(look);
    if (saying.what == NULL) {
        saying = of_port(target, look);
    }
    if (saying.what != NULL) {
        findings_add(findings, FINDING_WRONG, check, saying.todo, "%s (%s): %s", target->shown,
                     target_port(target), translate(saying.what));
    } else {
        findings_add(findings, FINDING_OK, check, NULL, "%s (%s): %s, as this agency does", target->shown,
                     target_port(target), tls ? _("TLS") : _("plain text"));
    }
}

// Its certificate -----------------------------------------------------------------------------------------

static const char *certificate_todo(enum tls_failure failure) {
    switch (failure) {
    case TLS_EXPIRED:
        return N_("The operator has to renew the central's certificate");
    case TLS_NOT_YET_VALID:
        return N_("The operator has to look at the central's certificate, which is made for later");
    case TLS_REVOKED:
        return N_(
            "Do not connect there: the operator has withdrawn this certificate, and must put another in "
            "its "
            "place");
    case TLS_UNKNOWN_AUTHORITY:
        return N_(
            "Ask the operator for the authority that signs the central's certificate (--tls-ca). If this "
            "file "
            "is the right one, whoever answers there is not the central");
    case TLS_WRONG_NAME:
        return N_("Connect to a name that the certificate has, or have the operator make one with this name");
    case TLS_REVOCATIONS_EXPIRED:
        return N_("Ask the operator for a new revocation list (--tls-crl)");
    case TLS_AUTHORITY_EXPIRED:
        return N_("Ask the operator for the new authority (--tls-ca)");
    default:
        return N_("The operator has to give the central a certificate for servers, signed by the authority");
    }
}

// Whether there is a certificate to speak of.
static bool is_about_certificate(const struct look *look) {
    return look->is_shaken || (look->state == TALK_TLS_FAILED && of_tls(look).what == NULL);
}

void speech_report_certificate(const struct target *target, const struct look *look, const char *revocations,
                               bool clock_is_wrong, struct findings *findings) {
    static const char check[] = N_("central's certificate");
    if (!is_about_certificate(look)) {
        findings_add(findings, FINDING_SKIPPED, check, NULL, "%s: it has shown none", target->shown);
    } else if (look->is_shaken) {
        findings_add(findings, FINDING_OK, check, NULL, "%s: %s%s%.100s", target->shown, look->certificate,
                     revocations != NULL ? _("; not revoked by ")
                                         : _("; no revocation list is set (--tls-crl)"),
                     revocations != NULL ? revocations : "");
    } else if (look_failed_by_date(look) && clock_is_wrong) {
        findings_add(findings, FINDING_SKIPPED, check, NULL,
                     "%s: its dates cannot be judged, as this machine's clock is wrong (see below)",
                     target->shown);
    } else {
        findings_add(findings, FINDING_WRONG, check, certificate_todo(look->failure), "%s: %s", target->shown,
                     look->reason);
    }
}
