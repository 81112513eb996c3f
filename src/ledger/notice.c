#include "ledger/notice.h"

#include "seal/limits.h"

#include <assert.h>
#include <openssl/crypto.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

struct text {
    char *bytes; // NULL: none
    size_t length;
};

struct notice {
    void (*sealed)(void *context); // NULL: nobody listens
    void *context;
    pthread_mutex_t mutex; // of all that follows
    struct text rules, seal, result;
    bool has_secret;
    uint8_t secret[SECRET_BYTES];
    char origin[ORIGIN_BYTES_MAX];
    size_t origin_length;
    char failure[ERROR_TEXT_BYTES];
    const char *cause; // NULL: nothing fails
};

struct notice *notice_new(void) {
    struct notice *notice = calloc(1, sizeof *notice);
    if (notice != NULL) {
        pthread_mutex_init(&notice->mutex, NULL);
    }
    return notice;
}

void notice_free(struct notice *notice) {
    if (notice == NULL) {
        return;
    }
    pthread_mutex_destroy(&notice->mutex);
    free(notice->rules.bytes);
    free(notice->seal.bytes);
    free(notice->result.bytes);
    OPENSSL_cleanse(notice->secret, sizeof notice->secret);
    free(notice);
}

// Texts -----------------------------------------------------------------------------------------------------

static char *copy_of(const char *bytes, size_t length) {
    char *copy = malloc(length + 1);
    if (copy != NULL) {
        memcpy(copy, bytes, length);
        copy[length] = '\0';
    }
    return copy;
}

static char *copy_out(struct notice *notice, const struct text *text, size_t *length, bool *no_memory) {
    pthread_mutex_lock(&notice->mutex);
    bool is_there = text->bytes != NULL;
    char *copy = is_there ? copy_of(text->bytes, text->length) : NULL;
    *length = copy == NULL ? 0 : text->length;
    pthread_mutex_unlock(&notice->mutex);
    *no_memory = is_there && copy == NULL;
    return copy;
}

static bool put(struct notice *notice, struct text *text, struct slice bytes) {
    char *copy = copy_of(bytes.text, bytes.length);
    if (copy == NULL) {
        return false;
    }
    pthread_mutex_lock(&notice->mutex);
    char *before = text->bytes;
    *text = (struct text){copy, bytes.length};
    pthread_mutex_unlock(&notice->mutex);
    free(before);
    return true;
}

bool notice_is_signed(struct notice *notice) {
    pthread_mutex_lock(&notice->mutex);
    bool is_signed = notice->rules.bytes != NULL;
    pthread_mutex_unlock(&notice->mutex);
    return is_signed;
}

size_t notice_rules_length(struct notice *notice) {
    pthread_mutex_lock(&notice->mutex);
    size_t length = notice->rules.length;
    pthread_mutex_unlock(&notice->mutex);
    return length;
}

bool notice_is_sealed(struct notice *notice) {
    pthread_mutex_lock(&notice->mutex);
    bool is_sealed = notice->seal.bytes != NULL;
    pthread_mutex_unlock(&notice->mutex);
    return is_sealed;
}

void notice_listen(struct notice *notice, void (*sealed)(void *context), void *context) {
    notice->sealed = sealed;
    notice->context = context;
}

char *notice_rules(struct notice *notice, size_t *length, bool *no_memory) {
    return copy_out(notice, &notice->rules, length, no_memory);
}

char *notice_seal(struct notice *notice, size_t *length, bool *no_memory) {
    return copy_out(notice, &notice->seal, length, no_memory);
}

char *notice_result(struct notice *notice, size_t *length, bool *no_memory) {
    return copy_out(notice, &notice->result, length, no_memory);
}

bool notice_put_rules(struct notice *notice, struct slice notes) {
    return put(notice, &notice->rules, notes);
}

bool notice_put_seal(struct notice *notice, struct slice note) {
    if (!put(notice, &notice->seal, note)) {
        return false;
    }
    if (notice->sealed != NULL) {
        notice->sealed(notice->context);
    }
    return true;
}

bool notice_put_result(struct notice *notice, struct slice note) {
    return put(notice, &notice->result, note);
}

// What fails -----------------------------------------------------------------------------------------------

void notice_failure(struct notice *notice, char text[ERROR_TEXT_BYTES]) {
    pthread_mutex_lock(&notice->mutex);
    memcpy(text, notice->failure, ERROR_TEXT_BYTES);
    pthread_mutex_unlock(&notice->mutex);
}

const char *notice_cause(struct notice *notice) {
    pthread_mutex_lock(&notice->mutex);
    const char *cause = notice->cause;
    pthread_mutex_unlock(&notice->mutex);
    return cause;
}

void notice_put_failure(struct notice *notice, const struct error *failure) {
    bool fails = failure != NULL;
    pthread_mutex_lock(&notice->mutex);
    snprintf(notice->failure, sizeof notice->failure, "%s", fails ? failure->text : "");
    notice->cause = fails ? error_cause(failure) : NULL;
    pthread_mutex_unlock(&notice->mutex);
}

// The secret ------------------------------------------------------------------------------------------------

bool notice_agency_key(struct notice *notice, uint32_t agency, uint8_t key[AGENCY_KEY_BYTES]) {
    pthread_mutex_lock(&notice->mutex);
    bool may = notice->has_secret && notice->seal.bytes != NULL;
    if (may) {
        agency_key_make(notice->secret, (struct slice){notice->origin, notice->origin_length}, agency, key);
    }
    pthread_mutex_unlock(&notice->mutex);
    return may;
}

void notice_put_secret(struct notice *notice, struct slice origin, const uint8_t secret[SECRET_BYTES]) {
    assert(origin.length <= sizeof notice->origin);
    pthread_mutex_lock(&notice->mutex);
    memcpy(notice->origin, origin.text, origin.length);
    notice->origin_length = origin.length;
    memcpy(notice->secret, secret, sizeof notice->secret);
    notice->has_secret = true;
    pthread_mutex_unlock(&notice->mutex);
}

void notice_remove_secret(struct notice *notice) {
    pthread_mutex_lock(&notice->mutex);
    notice->has_secret = false;
    OPENSSL_cleanse(notice->secret, sizeof notice->secret);
    pthread_mutex_unlock(&notice->mutex);
}
