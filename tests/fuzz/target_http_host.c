// A host is ours only if it is written as a host may be, and its case and port do not matter.
// The input is the names, a line's end, and the host with its port.
#include "fuzz.h"

#include "http/host.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static char *text_of(const uint8_t *bytes, size_t length) {
    char *text = malloc(length + 1);
    must_hold(text != NULL, "memory");
    memcpy(text, bytes, length);
    text[length] = '\0';
    return text;
}

static bool is_plain(const char *text, size_t length) {
    for (size_t i = 0; i < length; i++) {
        if (!isalnum((unsigned char)text[i]) && memchr(".-_:[]", text[i], 6) == NULL) {
            return false;
        }
    }
    return length > 0;
}

static void check(const char *host, size_t length, const char *names) {
    bool is_ours = host_is_ours(host, length, names);
    must_hold(!is_ours || is_plain(host, length), "it has no characters that no host has");
    for (size_t i = 0; i < length; i++) {
        char *other = text_of((const uint8_t *)host, length);
        other[i] = (char)(isupper((unsigned char)other[i]) ? tolower((unsigned char)other[i])
                                                           : toupper((unsigned char)other[i]));
        must_hold(host_is_ours(other, length, names) == is_ours, "its case does not matter");
        free(other);
    }
    if (is_ours && memchr(host, ':', length) == NULL) {
        char *other = malloc(length + sizeof ":8080");
        must_hold(other != NULL, "memory");
        memcpy(other, host, length);
        memcpy(other + length, ":8080", sizeof ":8080");
        must_hold(host_is_ours(other, length + 5, names), "its port does not matter");
        free(other);
    }
    must_hold(!host_is_ours(host, length, NULL) || is_ours, "names take nothing away");
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    const uint8_t *end = length == 0 ? NULL : memchr(bytes, '\n', length);
    size_t names_length = end == NULL ? 0 : (size_t)(end - bytes);
    size_t before = end == NULL ? 0 : names_length + 1;
    char *names = text_of(bytes, names_length);
    char *host =
        malloc(length - before == 0 ? 1 : length - before); // without an end, so that nothing reads on
    struct error error;
    must_hold(host != NULL, "memory");
    memcpy(host, bytes + before, length - before);
    check(host, length - before, names);
    if (host_names_check(names, &error)) {
        must_hold(host_is_ours(names, strcspn(names, ","), names), "a name that is given is ours");
    } else {
        must_hold(error.code == ERROR_BAD_SETTING && error.text[0] != '\0', "a refusal has its reason");
    }
    free(host);
    free(names);
    return 0;
}
