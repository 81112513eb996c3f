#include "tls/ticket.h"

#include "tls/chain.h"

// A client may send many tickets at once, and has one for each session. When it is asked for a second hello
// (RFC 8446, section 4.1.4), that has the ticket again.
enum { JUDGED_MAX = 2 };

// Called when a ticket is made.
static int on_making(SSL *ssl, void *argument) {
    (void)argument;
    tls_chain_keep(ssl);
    return 1; // one that lacks what it should keep fails when it is judged
}

static bool is_good(const struct tls_peer_rules *rules, SSL_SESSION *session) {
    struct tls_verdict verdict;
    STACK_OF(X509) *others = tls_chain_kept(session);
    tls_peer_judge_now(rules, SSL_SESSION_get0_peer(session), others, &verdict);
    sk_X509_pop_free(others, X509_free);
    return verdict.failure == TLS_NO_FAILURE;
}

// Called when a ticket has come; `session` is what it has kept.
static SSL_TICKET_RETURN on_coming(SSL *ssl, SSL_SESSION *session, const unsigned char *key, size_t length,
                                   SSL_TICKET_STATUS status, void *rules) {
    (void)key, (void)length;
    struct tls_verdict *verdict = SSL_get_app_data(ssl);
    bool is_ours = status == SSL_TICKET_SUCCESS || status == SSL_TICKET_SUCCESS_RENEW;
    if (!is_ours || verdict->tickets_judged++ >= JUDGED_MAX || !is_good(rules, session)) {
        return SSL_TICKET_RETURN_IGNORE_RENEW; // with a handshake of its own, it gets a new one
    }
    return status == SSL_TICKET_SUCCESS ? SSL_TICKET_RETURN_USE : SSL_TICKET_RETURN_USE_RENEW;
}

bool tls_ticket_require(struct tls_peer_rules *rules) {
    return SSL_CTX_set_session_ticket_cb(rules->ssl, on_making, on_coming, rules) == 1;
}
