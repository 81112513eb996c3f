// The order: steps that need root come first, the step that forbids everything else comes last.
#include "confine/confine.h"

#include "confine/capabilities.h"
#include "confine/landlock.h"
#include "confine/modules.h"
#include "confine/seccomp.h"
#include "confine/user.h"

#include <errno.h>
#include <sys/prctl.h>
#include <sys/resource.h>

// A core file would contain people's bets. Only root may trace the process or read its memory.
static bool forbid_cores(struct error *error) {
    struct rlimit none = {0, 0};
    if (setrlimit(RLIMIT_CORE, &none) != 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) {
        return error_set_system(error, errno, "core files cannot be forbidden");
    }
    return true;
}

static bool forbid_new_privileges(bool *done, struct error *error) {
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
        return error_set_system(error, errno, "new privileges cannot be forbidden");
    }
    *done = true;
    return true;
}

bool confine(const struct confine_options *options, struct confine_report *report, struct error *error) {
    *report = (struct confine_report){.capabilities = "as they were"};
    if (!user_become(options, error)) {
        return false;
    }
    if (!options->landlock && !options->seccomp) {
        return true;
    }
    if (options->connects) {
        modules_load();
    }
    return forbid_cores(error) && capabilities_drop(options, &report->capabilities, error) &&
           forbid_new_privileges(&report->no_new_privileges, error) &&
           (!options->landlock ||
            landlock_confine(options, &report->landlock_abi, &report->ports_limited, error)) &&
           (!options->seccomp || seccomp_confine(options, &report->seccomp, error));
}
