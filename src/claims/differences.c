#include "claims/differences.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

// "; agency 10000000 " before each.
static_assert(DIFFERENCES_NAMED_MAX * (DIFFERENCE_BYTES_MAX + 20) < DIFFERENCES_BYTES,
              "all that are named have room");

void differences_add(struct differences *differences, uint32_t agency, const char *format, ...) {
    if (differences->count++ >= DIFFERENCES_NAMED_MAX) {
        return;
    }
    char why[DIFFERENCE_BYTES_MAX];
    va_list values;
    va_start(values, format);
    vsnprintf(why, sizeof why, format, values);
    va_end(values);
    int length = snprintf(differences->text + differences->length, DIFFERENCES_BYTES - differences->length,
                          "%sagency %" PRIu32 " %s", differences->length == 0 ? "" : "; ", agency, why);
    differences->length += (size_t)length;
}

const char *differences_rest(const struct differences *differences) {
    return differences->count > DIFFERENCES_NAMED_MAX ? "; and more" : "";
}
