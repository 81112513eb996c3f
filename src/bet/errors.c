#include "bet/errors.h"

#include <string.h>

#define DEFINED(code, name, retryable) const struct error_code code[1] = {{name, retryable}};
LOTTERY_ERRORS(DEFINED)

#define LISTED(code, name, retryable) code,
static const struct error_code *const codes[] = {LOTTERY_ERRORS(LISTED)};

const struct error_code *lottery_error_named(const char *name) {
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        if (strcmp(codes[i]->name, name) == 0) {
            return codes[i];
        }
    }
    return error_code_named(name);
}
