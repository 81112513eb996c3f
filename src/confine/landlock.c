// Landlock: which files the process may still open; it may bind no ports. The kernel's header may be older
// than the kernel, so definitions missing from it are made here. What the kernel does not know is left out.
#include "confine/landlock.h"

#include "confine/sanitized.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

// struct landlock_net_port_attr, and its rule type.
struct port_rule {
    uint64_t allowed, port;
};
enum { RULE_NET_PORT = 2 };

// The versions of Landlock that introduced the rights and scopes below.
enum {
    ABI_REFER = 2,
    ABI_TRUNCATE = 3,
    ABI_NET = 4,
    ABI_DEVICES = 5,
    ABI_SCOPES = 6,
};

#define RIGHT_REFER (1ULL << 13)
#define RIGHT_TRUNCATE (1ULL << 14)
#define RIGHT_DEVICES (1ULL << 15)
#define RIGHT_BIND_TCP (1ULL << 0)
#define RIGHT_CONNECT_TCP (1ULL << 1)
#define SCOPE_ABSTRACT_SOCKETS (1ULL << 0)
#define SCOPE_SIGNALS (1ULL << 1)

// struct landlock_ruleset_attr in version 6.
struct ruleset {
    uint64_t files, net, scoped;
};

static const uint64_t READS = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
static const uint64_t WRITES = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR |
                               LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG |
                               LANDLOCK_ACCESS_FS_REMOVE_FILE | RIGHT_TRUNCATE;
// The rights that a rule for a single file may grant.
static const uint64_t OF_A_FILE =
    LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | RIGHT_TRUNCATE;

// What the program and its libraries may read at any time: random numbers, the time zone, the number of
// processors, OpenSSL's configuration.
static const char *const always_readable[] = {
    "/dev/urandom",
    "/etc/localtime",
    "/usr/share/zoneinfo",
    "/sys/devices/system/cpu",
    "/etc/ssl/openssl.cnf",
    "/usr/lib/ssl",
#if CONFINE_SANITIZED
    "/proc",
#endif
};

// What connecting reads: the resolver's modules, hosts, services, the name server's address (also where
// another program rewrites it), the order of addresses, users and groups, and the system's trusted
// authorities.
static const char *const readable_to_connect[] = {
    "/etc/nsswitch.conf",  "/etc/hosts",
    "/etc/services",       "/etc/protocols",
    "/etc/resolv.conf",    "/run/systemd/resolve",
    "/etc/gai.conf",       "/etc/host.conf",
    "/etc/passwd",         "/etc/group",
    "/run/NetworkManager", "/run/resolvconf",
    "/etc/ssl/certs",      "/usr/share/ca-certificates",
};

enum { PORT_OF_NAME_SERVERS = 53 }; // they are asked over TCP when an answer is long

static int create_ruleset(const struct ruleset *ruleset, size_t size, unsigned flags) {
    return (int)syscall(SYS_landlock_create_ruleset, ruleset, size, flags);
}

static int version(void) {
    int abi = create_ruleset(NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    return abi < 0 ? 0 : abi;
}

static bool connects_anywhere(const struct confine_options *options) {
    return options->connects && options->port_count == 0;
}

// Everything that this version can forbid, except what the options ask for.
static struct ruleset everything(const struct confine_options *options, int abi) {
    struct ruleset ruleset = {.files = (1ULL << 13) - 1}; // all of version 1
    ruleset.files |= abi >= ABI_REFER ? RIGHT_REFER : 0;
    ruleset.files |= abi >= ABI_TRUNCATE ? RIGHT_TRUNCATE : 0;
    ruleset.files |= abi >= ABI_DEVICES ? RIGHT_DEVICES : 0;
    if (abi >= ABI_NET) {
        ruleset.net = RIGHT_BIND_TCP | (connects_anywhere(options) ? 0 : RIGHT_CONNECT_TCP);
    }
    if (abi >= ABI_SCOPES) {
        ruleset.scoped = SCOPE_SIGNALS | (options->abstract_sockets ? 0 : SCOPE_ABSTRACT_SOCKETS);
    }
    return ruleset;
}

// The size that a kernel of this version knows; it refuses a larger one.
static size_t size_of_ruleset(int abi) {
    return abi >= ABI_SCOPES ? sizeof(struct ruleset)
           : abi >= ABI_NET  ? offsetof(struct ruleset, scoped)
                             : offsetof(struct ruleset, net);
}

// Allows `rights` beneath the path. A path that does not exist, or cannot be reached, needs no rule.
static bool allow(int rules, const char *path, uint64_t rights, struct error *error) {
    int file = open(path, O_PATH | O_CLOEXEC);
    if (file < 0) {
        return errno == ENOENT || errno == ENOTDIR || errno == EACCES ||
               error_set_system(error, errno, "%.150s", path);
    }
    struct stat status;
    bool is_folder = fstat(file, &status) == 0 && S_ISDIR(status.st_mode);
    struct landlock_path_beneath_attr rule = {.allowed_access = is_folder ? rights : rights & OF_A_FILE,
                                              .parent_fd = file};
    bool added = syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == 0 ||
                 error_set_system(error, errno, "no rule for %.150s", path);
    close(file);
    return added;
}

static bool allow_all(int rules, const char *const *paths, size_t count, uint64_t rights,
                      struct error *error) {
    for (size_t i = 0; i < count; i++) {
        if (!allow(rules, paths[i], rights, error)) {
            return false;
        }
    }
    return true;
}

static bool allow_port(int rules, uint16_t port, struct error *error) {
    struct port_rule rule = {.allowed = RIGHT_CONNECT_TCP, .port = port};
    return syscall(SYS_landlock_add_rule, rules, RULE_NET_PORT, &rule, 0) == 0 ||
           error_set_system(error, errno, "no rule for port %u", port);
}

static bool allow_ports(int rules, const struct confine_options *options, struct error *error) {
    for (size_t i = 0; i < options->port_count; i++) {
        if (!allow_port(rules, options->ports[i], error)) {
            return false;
        }
    }
    return allow_port(rules, PORT_OF_NAME_SERVERS, error);
}

#define COUNT(paths) (sizeof(paths) / sizeof *(paths))

static bool allow_paths(int rules, const struct confine_options *options, uint64_t known,
                        struct error *error) {
#ifdef CONFINE_BUILD_FOLDER // where sanitizers read debug information, and coverage is written
    if (!allow(rules, CONFINE_BUILD_FOLDER, WRITES & known, error)) {
        return false;
    }
#endif
    return (options->removes_in == NULL ||
            allow(rules, options->removes_in, LANDLOCK_ACCESS_FS_REMOVE_FILE, error)) &&
           allow_all(rules, options->writable, options->writable_count, WRITES & known, error) &&
           allow_all(rules, options->readable, options->readable_count, READS, error) &&
           allow_all(rules, always_readable, COUNT(always_readable), READS, error) &&
           (!options->connects ||
            allow_all(rules, readable_to_connect, COUNT(readable_to_connect), READS, error));
}

bool landlock_confine(const struct confine_options *options, int *abi, bool *ports_limited,
                      struct error *error) {
    *abi = version();
    *ports_limited = false;
    if (*abi == 0) {
        return true;
    }
    struct ruleset ruleset = everything(options, *abi);
    bool limits_ports = options->connects && (ruleset.net & RIGHT_CONNECT_TCP) != 0;
    int rules = create_ruleset(&ruleset, size_of_ruleset(*abi), 0);
    if (rules < 0) {
        return error_set_system(error, errno, "the rules for files cannot be created");
    }
    bool confined = allow_paths(rules, options, ruleset.files, error) &&
                    (!limits_ports || allow_ports(rules, options, error)) &&
                    (syscall(SYS_landlock_restrict_self, rules, 0) == 0 ||
                     error_set_system(error, errno, "the rules for files cannot be applied"));
    close(rules);
    *ports_limited = confined && limits_ports;
    return confined;
}
