#include "control/socket.h"

#include "base/path.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum {
    BACKLOG = 16,
    LOCK_ATTEMPTS = 100,
    LOCK_PAUSE_MS = 20,
};

const struct error_code ERROR_CONTROL_TAKEN[1] = {{"control_taken", false}};

static bool write_address(const char *path, struct sockaddr_un *address, struct error *error) {
    *address = (struct sockaddr_un){.sun_family = AF_UNIX};
    size_t length = strlen(path);
    if (length >= sizeof address->sun_path) {
        return error_set(error, ERROR_BAD_SETTING,
                         "%.150s: the path has %zu bytes, and a socket's may have %zu", path, length,
                         sizeof address->sun_path - 1);
    }
    memcpy(address->sun_path, path, length + 1);
    return true;
}

// What is there already -----------------------------------------------------------------------------------

enum found { FOUND_NOTHING, FOUND_STALE, FOUND_LIVE, FOUND_OTHER };

// A socket that nobody listens on refuses. One whose queue is full, or that we may not connect to, is live.
static enum found look(const struct sockaddr_un *address) {
    struct stat status;
    if (lstat(address->sun_path, &status) != 0) {
        return errno == ENOENT ? FOUND_NOTHING : FOUND_OTHER;
    }
    if (!S_ISSOCK(status.st_mode)) {
        return FOUND_OTHER;
    }
    int probe = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    bool refused = probe >= 0 && connect(probe, (const struct sockaddr *)address, sizeof *address) != 0 &&
                   errno == ECONNREFUSED;
    if (probe >= 0) {
        close(probe);
    }
    return refused ? FOUND_STALE : FOUND_LIVE;
}

static bool refuse_live(const char *path, struct error *error) {
    return error_set(error, ERROR_CONTROL_TAKEN, "%.150s: another server takes orders there", path);
}

static bool refuse_other(const char *path, struct error *error) {
    return error_set(error, ERROR_BAD_SETTING, "%.150s: something else is there, and no socket", path);
}

static bool make_room(const struct sockaddr_un *address, struct error *error) {
    const char *path = address->sun_path;
    switch (look(address)) {
    case FOUND_NOTHING:
        return true;
    case FOUND_STALE:
        return unlink(path) == 0 ||
               error_set_system(error, errno, "%.150s: what an earlier server left cannot be removed", path);
    case FOUND_LIVE:
        return refuse_live(path, error);
    case FOUND_OTHER:
        break;
    }
    return refuse_other(path, error);
}

// Making it -----------------------------------------------------------------------------------------------

// Its mode is the one that the file gets when it is bound (unix(7), on Linux): at no moment may others
// connect.
static bool bind_private(int descriptor, const struct sockaddr_un *address, struct error *error) {
    return (fchmod(descriptor, S_IRUSR | S_IWUSR) == 0 &&
            bind(descriptor, (const struct sockaddr *)address, sizeof *address) == 0) ||
           error_set_system(error, errno, "%.150s", address->sun_path);
}

static bool give_away(const char *path, uid_t owner, gid_t group, struct error *error) {
    return (owner == geteuid() && group == getegid()) || lchown(path, owner, group) == 0 ||
           error_set_system(error, errno, "%.150s: cannot be given to its owner", path);
}

static bool note_file(struct control_socket *made, struct error *error) {
    struct stat status;
    if (lstat(made->path, &status) != 0) {
        return error_set_system(error, errno, "%.150s", made->path);
    }
    made->device = status.st_dev;
    made->inode = status.st_ino;
    return true;
}

static bool bind_and_listen(struct control_socket *made, const struct sockaddr_un *address, uid_t owner,
                            gid_t group, struct error *error) {
    if (!make_room(address, error) || !bind_private(made->descriptor, address, error)) {
        return false;
    }
    if (note_file(made, error) && give_away(made->path, owner, group, error) &&
        (listen(made->descriptor, BACKLOG) == 0 || error_set_system(error, errno, "%.150s", made->path))) {
        return true;
    }
    unlink(made->path);
    return false;
}

// Two servers that find the same stale socket must not both replace it, so one waits for the other. Where the
// folder cannot be locked there is only the look.
static int lock_folder(const char *path) {
    char name[PATH_MAX];
    path_folder(path, name);
    int folder = open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const struct timespec pause = {.tv_nsec = LOCK_PAUSE_MS * 1000000L};
    for (int i = 0; folder >= 0 && i < LOCK_ATTEMPTS && flock(folder, LOCK_EX | LOCK_NB) != 0; i++) {
        nanosleep(&pause, NULL);
    }
    return folder;
}

static bool make(struct control_socket *made, uid_t owner, gid_t group, struct error *error) {
    struct sockaddr_un address;
    if (!write_address(made->path, &address, error)) {
        return false;
    }
    made->descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (made->descriptor < 0) {
        return error_set_system(error, errno, "%.150s", made->path);
    }
    int folder = lock_folder(made->path);
    bool done = bind_and_listen(made, &address, owner, group, error);
    if (folder >= 0) {
        close(folder);
    }
    if (!done) {
        close(made->descriptor);
        made->descriptor = -1;
    }
    return done;
}

bool control_socket_make(const char *path, uid_t owner, gid_t group, struct control_socket *made,
                         struct error *error) {
    *made = (struct control_socket){.descriptor = -1};
    return path_resolve(path, made->path, error) && make(made, owner, group, error);
}

// A socket that is there and stale is removed: that, too, takes the right to write to the folder.
bool control_socket_check(const char *path, struct error *error) {
    char resolved[PATH_MAX], folder[PATH_MAX];
    struct sockaddr_un address;
    if (!path_resolve(path, resolved, error) || !write_address(resolved, &address, error)) {
        return false;
    }
    path_folder(resolved, folder);
    switch (look(&address)) {
    case FOUND_LIVE:
        return refuse_live(resolved, error);
    case FOUND_OTHER:
        return refuse_other(resolved, error);
    case FOUND_NOTHING:
    case FOUND_STALE:
        break;
    }
    return faccessat(AT_FDCWD, folder, W_OK | X_OK, AT_EACCESS) == 0 ||
           error_set_system(error, errno, "%.150s", folder);
}

void control_socket_remove(struct control_socket *made) {
    struct stat status;
    if (made->path[0] != '\0' && lstat(made->path, &status) == 0 && status.st_dev == made->device &&
        status.st_ino == made->inode) {
        unlink(made->path);
    }
    made->path[0] = '\0';
}
