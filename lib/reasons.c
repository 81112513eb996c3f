#include "lib/reasons.h"

#include <ctype.h>
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>

// Where libuv's words are not the C library's with a small letter in front.
static const struct {
    int error_number;
    const char *reason;
} words[] = {
    {EHOSTUNREACH, "host is unreachable"},
    {EADDRNOTAVAIL, "address not available"},
    {ENOMEM, "not enough memory"},
    {EAFNOSUPPORT, "address family not supported"},
    {ENOTSOCK, "socket operation on non-socket"},
};

void reason_of_errno(int error_number, char reason[REASON_BYTES]) {
    char text[128];
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (words[i].error_number == error_number) {
            snprintf(reason, REASON_BYTES, "%s", words[i].reason);
            return;
        }
    }
    // The GNU version of strerror_r: it returns the text, which need not be in the buffer.
    snprintf(reason, REASON_BYTES, "%s", strerror_r(error_number, text, sizeof text));
    reason[0] = (char)tolower((unsigned char)reason[0]);
}

static const char *lookup_words(int failure) {
    switch (failure) {
    case EAI_NONAME:
    case EAI_NODATA:
        return "it is not known; is it spelled right?";
    case EAI_AGAIN:
        return "temporary failure";
    case EAI_FAIL:
        return "permanent failure";
    case EAI_MEMORY:
        return "out of memory";
    default:
        return gai_strerror(failure);
    }
}

void reason_of_lookup(int failure, int error_number, const char *host, char reason[REASON_BYTES]) {
    char words_of_errno[REASON_BYTES];
    const char *why = lookup_words(failure);
    if (failure == EAI_SYSTEM && error_number != 0) {
        reason_of_errno(error_number, words_of_errno);
        why = words_of_errno;
    }
    snprintf(reason, REASON_BYTES, "the name \"%.300s\" cannot be resolved: %.100s", host, why);
}
