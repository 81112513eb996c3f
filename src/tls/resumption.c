#include "tls/resumption.h"

#include "base/memory.h"

#include <string.h>

enum { UNHEARD_MAX = 2 };

// The index at which an SSL keeps its host, since SSL_get_servername does not know numeric addresses.
static int host_index;
static pthread_once_t host_index_once = PTHREAD_ONCE_INIT;

static void make_host_index(void) {
    host_index = SSL_get_ex_new_index(0, NULL, NULL, NULL, NULL);
}

void tls_resumption_begin(struct tls_resumption *resumption) {
    pthread_mutex_init(&resumption->mutex, NULL);
    pthread_once(&host_index_once, make_host_index);
}

void tls_resumption_end(struct tls_resumption *resumption) {
    SSL_SESSION_free(resumption->session);
    pthread_mutex_destroy(&resumption->mutex);
    memory_free(resumption->host);
}

// Takes over both, in place of what was kept; the mutex is held. NULL: keeps none.
static void keep(struct tls_resumption *resumption, SSL_SESSION *session, char *host) {
    SSL_SESSION_free(resumption->session);
    memory_free(resumption->host);
    resumption->session = session;
    resumption->host = host;
}

static int on_new_session(SSL *ssl, SSL_SESSION *session) {
    struct tls_resumption *resumption = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));
    const char *host = SSL_get_ex_data(ssl, host_index);
    char *copy = host == NULL ? NULL : memory_duplicate(host);
    if (copy == NULL) {
        return 0; // not kept
    }
    pthread_mutex_lock(&resumption->mutex);
    keep(resumption, session, copy);
    pthread_mutex_unlock(&resumption->mutex);
    return 1;
}

void tls_resumption_keep(struct tls_resumption *resumption, SSL_CTX *ssl) {
    SSL_CTX_set_app_data(ssl, resumption);
    SSL_CTX_set_session_cache_mode(ssl, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(ssl, on_new_session);
}

static void drop(struct tls_resumption *resumption) {
    pthread_mutex_lock(&resumption->mutex);
    keep(resumption, NULL, NULL);
    pthread_mutex_unlock(&resumption->mutex);
}

// No certificate is looked at in a handshake that resumes a session, and what was good when the session began
// may have expired since.
static bool is_good(const struct tls_peer_rules *rules, const SSL *ssl) {
    struct tls_verdict verdict;
    tls_peer_judge_now(rules, SSL_get0_peer_certificate(ssl), SSL_get_peer_cert_chain(ssl), &verdict);
    return verdict.failure == TLS_NO_FAILURE;
}

bool tls_resumption_use(struct tls_resumption *resumption, const struct tls_peer_rules *rules, SSL *ssl,
                        const char *host) {
    bool good = SSL_set_ex_data(ssl, host_index, (void *)host) == 1, has_session = false;
    pthread_mutex_lock(&resumption->mutex);
    if (resumption->session != NULL && strcmp(resumption->host, host) == 0 &&
        SSL_SESSION_is_resumable(resumption->session)) {
        has_session = SSL_set_session(ssl, resumption->session) == 1;
        good = good && has_session;
    }
    pthread_mutex_unlock(&resumption->mutex);
    if (has_session && !is_good(rules, ssl)) {
        drop(resumption);
        good = SSL_set_session(ssl, NULL) == 1 && good;
    }
    return good;
}

// An agency that waits for the draw hears nothing on that connection, perhaps for hours; but before it waits
// again it is answered on another one.
void tls_resumption_note(struct tls_resumption *resumption, bool has_heard) {
    pthread_mutex_lock(&resumption->mutex);
    resumption->unheard = has_heard ? 0 : resumption->unheard + 1;
    if (resumption->unheard == UNHEARD_MAX) {
        keep(resumption, NULL, NULL);
        resumption->unheard = 0;
    }
    pthread_mutex_unlock(&resumption->mutex);
}
