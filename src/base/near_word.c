#include "base/near_word.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

static bool is_same(char a, char b) {
    return tolower((unsigned char)a) == tolower((unsigned char)b);
}

bool near_word(const char *a, const char *b) {
    while (*a != '\0' && is_same(*a, *b)) {
        a++;
        b++;
    }
    if (*a == '\0' && *b == '\0') {
        return false;
    }
    // They differ from here on: the edit is here, and the rest must be equal.
    return (*a != '\0' && strcasecmp(a + 1, b) == 0) || (*b != '\0' && strcasecmp(a, b + 1) == 0) ||
           (*a != '\0' && *b != '\0' &&
            (strcasecmp(a + 1, b + 1) == 0 ||
             (is_same(a[0], b[1]) && is_same(a[1], b[0]) && a[1] != '\0' && strcasecmp(a + 2, b + 2) == 0)));
}
