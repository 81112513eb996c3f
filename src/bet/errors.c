#include "bet/errors.h"

#include <string.h>

#define DEFINED(code, name, retryable) const struct error_code code[1] = {{name, retryable}};
LOTTERY_ERRORS(DEFINED)

#define LISTED(code, name, retryable) code,
static const struct error_code *const codes[] = {LOTTERY_ERRORS(LISTED) NULL};

const struct error_code *lottery_error_named(const char *name) {
    const struct error_code *const *code = codes;
    while (*code != NULL && strcmp((*code)->name, name) != 0) {
        code++;
    }
    return *code != NULL ? *code : error_code_named(name);
}
