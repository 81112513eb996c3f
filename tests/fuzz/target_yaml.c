// Nothing in a configuration file breaks the agency.
#include "fuzz.h"

#include "base/config_yaml.h"

#include <string.h>

static bool entry(void *context, const char *key, const char *value, int line, struct error *error) {
    (void)error;
    size_t *seen = context;
    must_hold(line >= 1 && strlen(key) + strlen(value) < SIZE_MAX, "keys and values are texts with a line");
    ++*seen;
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    size_t seen = 0;
    struct error error;
    if (!config_read_yaml(file_of(bytes, length), entry, &seen, &error)) {
        must_hold(error.code == ERROR_BAD_SETTING && error.text[0] != '\0', "a refusal says why");
    }
    return 0;
}
