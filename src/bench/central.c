#include "bench/central.h"

#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <inttypes.h>
#include <limits.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { START_MS_MAX = 60000, LOOK_EVERY_MS = 5, REMOVE_DESCRIPTORS = 8 };

static char *path_in(const struct central *central, const char *name) {
    char *path;
    return asprintf(&path, "%s/%s", central->directory, name) < 0 ? NULL : path;
}

// Starting ------------------------------------------------------------------------------------------------

// Through the environment, because there are enough arguments already.
static bool set_certificates(const char *folder) {
    static const char *const names[][2] = {
        {"TLS_CERT", "server.crt"}, {"TLS_KEY", "server.key"}, {"TLS_CA", "ca.crt"}};
    for (size_t i = 0; folder != NULL && i < sizeof names / sizeof names[0]; i++) {
        char path[PATH_MAX];
        snprintf(path, sizeof path, "%s/%s", folder, names[i][1]);
        if (setenv(names[i][0], path, 1) != 0) {
            return false;
        }
    }
    return true;
}

// In the child: becomes the central. Returns only on failure.
static void become_central(const struct central_options *options, const struct central *central,
                           const char *store, const char *log) {
    char agencies[16], port[8], consult_port[8];
    snprintf(agencies, sizeof agencies, "%" PRIu32, options->agencies);
    snprintf(port, sizeof port, "%u", central->port);
    snprintf(consult_port, sizeof consult_port, "%u", central->consult_port);
    const char *arguments[] = {"quiniela",
                               "server",
                               "--server-ip",
                               "127.0.0.1",
                               "--server-port",
                               port,
                               "--consult-server-port",
                               consult_port,
                               "--server-listen-backlog",
                               "4096",
                               "--winning-number",
                               "7574",
                               "--draw",
                               "bench",
                               "--agencies",
                               agencies,
                               "--logging-level",
                               options->log_level,
                               options->loops != NULL ? "--loops" : NULL,
                               options->loops,
                               NULL};
    // Through the environment, because it may contain a password.
    if (setenv("STORE", options->store != NULL ? options->store : store, 1) != 0 ||
        !set_certificates(options->certificates)) {
        return;
    }
    int output = open(log, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0666);
    // The central does not outlive the bench, however the bench ends.
    if (output < 0 || dup2(output, STDOUT_FILENO) < 0 || dup2(output, STDERR_FILENO) < 0 ||
        prctl(PR_SET_PDEATHSIG, SIGTERM) != 0) {
        return;
    }
    execv(options->program != NULL ? options->program : "/proc/self/exe",
          (char *const *)(uintptr_t)arguments);
}

// Reads the ports from the log line `action: listen`. Returns false if it is not there yet.
static bool find_ports(const char *log, struct central *central) {
    FILE *file = fopen(log, "r");
    if (file == NULL) {
        return false;
    }
    char *line = NULL;
    size_t room = 0;
    bool found = false;
    while (!found && getline(&line, &room, file) > 0) {
        const char *ports = strstr(line, "action: listen ") == NULL ? NULL : strstr(line, "| port: ");
        found = ports != NULL && strchr(ports, '\n') != NULL &&
                sscanf(ports, "| port: %" SCNu16 " | consult_port: %" SCNu16, &central->port,
                       &central->consult_port) == 2;
    }
    free(line);
    fclose(file);
    return found;
}

static struct sockaddr_in loopback(uint16_t port) {
    return (struct sockaddr_in){
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

// Finds two free ports, for a central whose log level hides which ones it has. Another program may take them
// first: the central then fails to start, and says so.
static bool choose_ports(struct central *central) {
    int sockets[2];
    uint16_t ports[2] = {0, 0};
    for (int i = 0; i < 2; i++) {
        struct sockaddr_in address = loopback(0);
        socklen_t length = sizeof address;
        sockets[i] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (sockets[i] >= 0 && bind(sockets[i], (struct sockaddr *)&address, length) == 0 &&
            getsockname(sockets[i], (struct sockaddr *)&address, &length) == 0) {
            ports[i] = ntohs(address.sin_port);
        }
    }
    for (int i = 0; i < 2; i++) {
        if (sockets[i] >= 0) {
            close(sockets[i]);
        }
    }
    central->port = ports[0];
    central->consult_port = ports[1];
    return ports[0] != 0 && ports[1] != 0;
}

static bool answers(uint16_t port) {
    struct sockaddr_in address = loopback(port);
    int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0) {
        return false;
    }
    bool connected = connect(descriptor, (struct sockaddr *)&address, sizeof address) == 0;
    close(descriptor);
    return connected;
}

static bool is_listening(struct central *central, const char *log, bool logs_ports) {
    return logs_ports ? find_ports(log, central) : answers(central->port) && answers(central->consult_port);
}

static bool wait_until_it_listens(struct central *central, const char *log, bool logs_ports,
                                  struct error *error) {
    for (int waited_ms = 0; waited_ms < START_MS_MAX; waited_ms += LOOK_EVERY_MS) {
        if (is_listening(central, log, logs_ports)) {
            return true;
        }
        if (waitpid(central->pid, NULL, WNOHANG) == central->pid) {
            central->pid = 0;
            return error_set(error, ERROR_SYSTEM, "the central did not start; see %.150s", log);
        }
        nanosleep(&(struct timespec){.tv_nsec = LOOK_EVERY_MS * 1000000L}, NULL);
    }
    kill(central->pid, SIGKILL);
    waitpid(central->pid, NULL, 0);
    central->pid = 0;
    return error_set(error, ERROR_SYSTEM, "the central is not listening after %d s; see %.150s",
                     START_MS_MAX / 1000, log);
}

static bool start(const struct central_options *options, struct central *central, const char *store,
                  const char *log, struct error *error) {
    enum log_level level = LOG_LEVEL_INFO;
    bool logs_ports = log_level_parse(options->log_level, &level) && level <= LOG_LEVEL_INFO;
    if (!logs_ports && !choose_ports(central)) {
        return error_set_system(error, errno, "cannot find a free port");
    }
    central->pid = fork();
    if (central->pid < 0) {
        central->pid = 0;
        return error_set_system(error, errno, "cannot start a central");
    }
    if (central->pid == 0) {
        become_central(options, central, store, log);
        _exit(1);
    }
    return wait_until_it_listens(central, log, logs_ports, error);
}

bool central_start(const struct central_options *options, struct central *central, struct error *error) {
    *central = (struct central){0};
    if (asprintf(&central->directory, "%s/quiniela-bench-XXXXXX", options->parent_directory) < 0) {
        central->directory = NULL;
        return error_set(error, ERROR_NO_MEMORY, "no memory for a path");
    }
    if (mkdtemp(central->directory) == NULL) {
        error_set_system(error, errno, "%.150s: cannot create a directory in it", options->parent_directory);
        free(central->directory);
        central->directory = NULL;
        return false;
    }
    char *store = path_in(central, "quiniela.db");
    char *log = path_in(central, "server.log");
    bool started = store != NULL && log != NULL ? start(options, central, store, log, error)
                                                : error_set(error, ERROR_NO_MEMORY, "no memory for a path");
    free(store);
    free(log);
    if (!started) {
        free(central->directory);
        central->directory = NULL;
    }
    return started;
}

// Observing ------------------------------------------------------------------------------------------------

uint64_t central_memory_kib(const struct central *central) {
    char path[64];
    snprintf(path, sizeof path, "/proc/%ld/status", (long)central->pid);
    FILE *file = fopen(path, "r");
    uint64_t kib = 0;
    if (file == NULL) {
        return 0;
    }
    char line[256];
    while (fgets(line, sizeof line, file) != NULL && sscanf(line, "VmRSS: %" SCNu64, &kib) != 1) {
    }
    fclose(file);
    return kib;
}

// The fields utime and stime, 14 and 15, in clock ticks. The second field is a name in parentheses that may
// contain anything.
static bool read_ticks(const struct central *central, uint64_t *user, uint64_t *system) {
    char path[64], line[1024];
    snprintf(path, sizeof path, "/proc/%ld/stat", (long)central->pid);
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        return false;
    }
    size_t length = fread(line, 1, sizeof line - 1, file);
    fclose(file);
    line[length] = '\0';
    const char *after_name = strrchr(line, ')');
    return after_name != NULL &&
           sscanf(after_name + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %" SCNu64 " %" SCNu64, user,
                  system) == 2;
}

struct central_time central_processor_time(const struct central *central) {
    struct central_time time = {0};
    struct timespec used;
    clockid_t clock;
    uint64_t user, system;
    if (clock_getcpuclockid(central->pid, &clock) != 0 || clock_gettime(clock, &used) != 0 ||
        !read_ticks(central, &user, &system)) {
        return time;
    }
    uint64_t all_ns = (uint64_t)used.tv_sec * 1000000000 + (uint64_t)used.tv_nsec;
    double share =
        user + system == 0 ? 0 : (double)system / (double)(user + system); // 0: less than a tick of each
    time.system_ns = (uint64_t)((double)all_ns * share);
    time.user_ns = all_ns - time.system_ns;
    return time;
}

struct central_time central_time_between(struct central_time before, struct central_time after) {
    uint64_t all_before_ns = before.user_ns + before.system_ns,
             all_after_ns = after.user_ns + after.system_ns;
    struct central_time spent = {0};
    if (all_after_ns <= all_before_ns) {
        return spent;
    }
    uint64_t all_ns = all_after_ns - all_before_ns;
    spent.system_ns = after.system_ns > before.system_ns ? after.system_ns - before.system_ns : 0;
    spent.system_ns = spent.system_ns < all_ns ? spent.system_ns : all_ns;
    spent.user_ns = all_ns - spent.system_ns;
    return spent;
}

// Ending --------------------------------------------------------------------------------------------------

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *place) {
    (void)status;
    (void)type;
    (void)place;
    return remove(path);
}

bool central_stop(struct central *central, bool keep, struct error *error) {
    int status = 0;
    bool ended = true;
    if (central->pid > 0) {
        kill(central->pid, SIGTERM);
        while (waitpid(central->pid, &status, 0) < 0 && errno == EINTR) {
        }
        central->pid = 0;
        if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
            ended = error_set(error, ERROR_SYSTEM, "the central did not end cleanly (%s %d)",
                              WIFEXITED(status) ? "status" : "signal",
                              WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
        }
    }
    if (central->directory != NULL && !keep) {
        (void)nftw(central->directory, remove_one, REMOVE_DESCRIPTORS, FTW_DEPTH | FTW_PHYS);
    }
    free(central->directory);
    central->directory = NULL;
    return ended;
}
