// `quiniela verify`: whether what was recorded is still what was recorded.
#include "cli/cli.h"

#include "audit/audit.h"
#include "base/settings.h"
#include "cli/command.h"
#include "cli/settings_table.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static bool verify(const struct settings *settings, struct error *error) {
    const char *path = settings_text(settings, "AUDIT"), *head = settings_text(settings, "HEAD");
    struct chain chain;
    bool head_found;
    if (path == NULL) {
        return error_set(error, ERROR_BAD_SETTING, "--audit: is missing: which file?");
    }
    if (head != NULL &&
        (strlen(head) != CHAIN_HASH_BYTES - 1 || head[strspn(head, "0123456789abcdef")] != '\0')) {
        return error_set(error, ERROR_BAD_SETTING, "--head: \"%.80s\" is no hash: 64 hexadecimal digits",
                         head);
    }
    if (!audit_verify(path, head, &chain, &head_found, error)) {
        return false;
    }
    if (head != NULL && !head_found) {
        return error_set(error, ERROR_BAD_MESSAGE,
                         "%.100s: no line has the hash %s: it was cut off, or is another chain", path, head);
    }
    printf("%s: %" PRIu64 " records, first %s, last %s, %" PRIu64 " recovered, chain intact, last hash %s\n",
           path, chain.records, chain.records > 0 ? chain.first_at : "-",
           chain.records > 0 ? chain.last_at : "-", chain.torn, chain.hash);
    return true;
}

int cli_verify(int argc, char **argv) {
    struct settings *settings;
    struct error error;
    int status;
    if (!command_begin(&verify_command, argc, argv, &settings, &status)) {
        return status;
    }
    bool good = verify(settings, &error);
    settings_free(settings);
    return good ? EXIT_DONE : command_fail(&verify_command, &error);
}
