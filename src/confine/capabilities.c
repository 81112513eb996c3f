// Root's powers (capabilities(7)): a process that stays root keeps them. They go beyond files: raw packets,
// other processes, the clock. When they are dropped, ports are already bound and limits are set.
#include "confine/capabilities.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { WORDS = _LINUX_CAPABILITY_U32S_3 };

static bool set(const struct __user_cap_data_struct data[WORDS], struct error *error) {
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    return syscall(SYS_capset, &header, data) == 0 ||
           error_set_system(error, errno, "root's capabilities cannot be given up");
}

static bool get(struct __user_cap_data_struct data[WORDS], struct error *error) {
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    return syscall(SYS_capget, &header, data) == 0 ||
           error_set_system(error, errno, "root's capabilities cannot be read");
}

// Whether every path can be used by its permissions alone. Missing ones do not count.
static bool may_use_all(const char *const *paths, size_t count, int how) {
    for (size_t i = 0; i < count; i++) {
        if (faccessat(AT_FDCWD, paths[i], how, AT_EACCESS) != 0 && (errno == EACCES || errno == EPERM)) {
            return false;
        }
    }
    return true;
}

// Whether all files to be written are our own. If a store belongs to another user, SQLite gives its log and
// index to that user (sqlite.org/src/file/src/os_unix.c, robustFchown). Otherwise that user could not open
// them.
static bool owns_all(const char *const *paths, size_t count) {
    struct stat status;
    for (size_t i = 0; i < count; i++) {
        if (stat(paths[i], &status) == 0 && S_ISREG(status.st_mode) &&
            (status.st_uid != geteuid() || status.st_gid != getegid())) {
            return false;
        }
    }
    return true;
}

static const struct {
    uint32_t set;
    const char *name;
} kept_sets[] = {
    {0, "none"},
    {1U << CAP_CHOWN, "chown"},
    {1U << CAP_DAC_OVERRIDE, "dac_override"},
    {1U << CAP_DAC_OVERRIDE | 1U << CAP_CHOWN, "dac_override, chown"},
    {1U << CAP_DAC_READ_SEARCH, "dac_read_search"},
    {1U << CAP_DAC_READ_SEARCH | 1U << CAP_CHOWN, "dac_read_search, chown"},
};

static const char *name_of(uint32_t set) {
    size_t i = 0;
    while (kept_sets[i].set != set) {
        i++; // no others are kept
    }
    return kept_sets[i].name;
}

// For files and folders of another user, root still needs what overrides their permissions.
static uint32_t needed_to_use(const struct confine_options *options) {
    if (!may_use_all(options->writable, options->writable_count, R_OK | W_OK)) {
        return 1U << CAP_DAC_OVERRIDE;
    }
    return may_use_all(options->readable, options->readable_count, R_OK) ? 0 : 1U << CAP_DAC_READ_SEARCH;
}

// The bounding set: the capabilities that a program run by us could regain. If we may not change the set,
// nothing could be regained anyway.
static void drop_bounding_set(void) {
    for (int capability = 0; prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0; capability++) {
        (void)prctl(PR_CAPBSET_DROP, capability, 0, 0, 0);
    }
}

bool capabilities_drop(const struct confine_options *options, const char **kept, struct error *error) {
    struct __user_cap_data_struct before[WORDS], none[WORDS] = {{0}};
    *kept = "none";
    if (!get(before, error)) {
        return false;
    }
    bool had_any = before[0].permitted != 0 || before[1].permitted != 0;
    if (!had_any) {
        return true;
    }
    drop_bounding_set();
    // Checked while we have all capabilities: without them we may not be able to enter the folder.
    uint32_t to_give = owns_all(options->writable, options->writable_count) ? 0 : 1U << CAP_CHOWN;
    // Drops them temporarily first, to see whether the files can be used without them.
    struct __user_cap_data_struct later[WORDS];
    memcpy(later, before, sizeof later);
    later[0].effective = later[1].effective = 0;
    if (!set(later, error)) {
        return false;
    }
    uint32_t kept_set = (to_give | needed_to_use(options)) & before[0].permitted;
    none[0].permitted = none[0].effective = kept_set;
    *kept = name_of(kept_set);
    return set(none, error);
}
