#include "store/beside.h"

#include "base/path.h"
#include "bet/errors.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/statvfs.h>

bool beside_name(char name[PATH_MAX], const char *path, const char *ending, struct error *error) {
    return snprintf(name, PATH_MAX, "%s%s", path, ending) < PATH_MAX ||
           error_set(error, ERROR_STORE_FAILED, "%.150s: the path is too long", path);
}

bool beside_has_room(const char *path, const char *shown, const char *what, uint64_t bytes,
                     struct error *error) {
    char folder[PATH_MAX];
    struct statvfs room;
    path_folder(path, folder);
    if (statvfs(folder, &room) != 0) {
        return beside_fail(folder, "its free space cannot be found out", error);
    }
    uint64_t free_bytes = (uint64_t)room.f_bavail * room.f_frsize;
    return free_bytes >= bytes ||
           error_set(error, ERROR_STORE_FAILED,
                     "%.150s: %s needs %" PRIu64 " more bytes on its disk, and %" PRIu64 " are free: %" PRIu64
                     " are missing",
                     shown, what, bytes, free_bytes, bytes - free_bytes) ||
           error_because(error, CAUSE_DISK_FULL);
}

bool beside_fail(const char *name, const char *what, struct error *error) {
    error_set_system(error, errno, "%.150s: %s", name, what);
    error->code = ERROR_STORE_FAILED;
    return false;
}
