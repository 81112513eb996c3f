#include "net/trust.h"

void trust_begin(struct trust *trust, struct tls_context *context) {
    pthread_mutex_init(&trust->mutex, NULL);
    atomic_init(&trust->context, context == NULL ? NULL : tls_context_hold(context));
}

void trust_end(struct trust *trust) {
    tls_context_release(atomic_load(&trust->context));
    pthread_mutex_destroy(&trust->mutex);
}

void trust_replace(struct trust *trust, struct tls_context *context) {
    tls_context_hold(context);
    pthread_mutex_lock(&trust->mutex);
    struct tls_context *before = atomic_exchange(&trust->context, context);
    pthread_mutex_unlock(&trust->mutex);
    tls_context_release(before);
}

struct tls_context *trust_hold(struct trust *trust) {
    pthread_mutex_lock(&trust->mutex);
    struct tls_context *context = atomic_load(&trust->context);
    if (context != NULL) {
        tls_context_hold(context);
    }
    pthread_mutex_unlock(&trust->mutex);
    return context;
}

bool trust_is(struct trust *trust, const struct tls_context *context) {
    return atomic_load(&trust->context) == context;
}

bool trust_judges_good(struct trust *trust, struct tls_session *session) {
    if (tls_session_is_judged_by(session, atomic_load(&trust->context))) {
        return true;
    }
    struct tls_context *context = trust_hold(trust);
    bool good = tls_session_judge_again(session, context);
    tls_context_release(context);
    return good;
}
