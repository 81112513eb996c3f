#include "base/log_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

int log_file_open(const char *path, struct error *error) {
    struct stat status;
    // O_NONBLOCK: a named pipe is refused, not waited for.
    int file = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK,
                    S_IRUSR | S_IWUSR | S_IRGRP);
    if (file >= 0 && fstat(file, &status) == 0 && S_ISREG(status.st_mode)) {
        return file;
    }
    if (file >= 0 || errno == ENXIO) {
        error_set(error, ERROR_BAD_SETTING, "%.150s: is not a regular file", path);
    } else {
        error_set_system(error, errno, "%.150s", path);
    }
    if (file >= 0) {
        close(file);
    }
    return -1;
}
