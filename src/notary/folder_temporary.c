#include "notary/folder_temporary.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

// A file that nobody writes any more: whoever does holds its lock.
static void remove_if_left(int folder, const char *name) {
    int file = openat(folder, name, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (file < 0) {
        return;
    }
    if (flock(file, LOCK_EX | LOCK_NB) == 0) {
        unlinkat(folder, name, 0);
    }
    close(file);
}

// Of interrupted runs.
static void remove_left(int folder, const char *name) {
    char begin[FOLDER_NAME_BYTES_MAX + 4];
    int length = snprintf(begin, sizeof begin, ".%s.", name);
    int again = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *files = again < 0 ? NULL : fdopendir(again);
    if (files == NULL) {
        if (again >= 0) {
            close(again);
        }
        return; // they take room, and do no harm
    }
    for (const struct dirent *entry; (entry = readdir(files)) != NULL;) {
        if (strncmp(entry->d_name, begin, (size_t)length) == 0) {
            remove_if_left(folder, entry->d_name);
        }
    }
    (void)closedir(files);
}

// Locks the file. *stays is false when somebody has removed it just before, as left.
static bool lock(int file, bool *stays) {
    struct stat status;
    while (flock(file, LOCK_EX) != 0 && errno == EINTR) {
    } // where a file system has no locks, nobody removes what is left either
    if (fstat(file, &status) != 0) {
        return false;
    }
    *stays = status.st_nlink > 0;
    return true;
}

// Servers in several containers may have one folder, and the same process id.
static bool make_one(int folder, const char *name, struct folder_temporary *temporary) {
    uint64_t random;
    if (RAND_bytes((unsigned char *)&random, sizeof random) != 1) {
        errno = EIO;
        return false;
    }
    snprintf(temporary->name, sizeof temporary->name, ".%s.%d.%016" PRIx64, name, (int)getpid(), random);
    temporary->file =
        openat(folder, temporary->name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    return temporary->file >= 0;
}

bool folder_temporary_make(int folder, const char *name, struct folder_temporary *temporary) {
    bool stays = false;
    remove_left(folder, name);
    while (!stays) {
        if (!make_one(folder, name, temporary)) {
            return false;
        }
        if (!lock(temporary->file, &stays)) {
            folder_temporary_drop(folder, temporary);
            return false;
        }
        if (!stays) {
            close(temporary->file);
        }
    }
    return true;
}

void folder_temporary_drop(int folder, struct folder_temporary *temporary) {
    int failure = errno;
    close(temporary->file);
    unlinkat(folder, temporary->name, 0);
    errno = failure;
}
