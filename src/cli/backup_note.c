#include "cli/backup_note.h"

#include "base/path.h"
#include "store/address.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NOTE_BYTES = PATH_MAX + 128 };

// The path is last, up to the last line end: it may have any character.
#define NOTE_FORMAT "at: %s\nbytes: %" PRIu64 "\npath: %s\n"

static bool fail(const char *name, struct error *error) {
    return error_set_system(error, errno, "%.150s: cannot be written", name);
}

// Who may read the store may read this, too.
static bool write_file(const char *name, const char *store, const char *text, size_t length) {
    struct stat status;
    int file = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (file < 0) {
        return false;
    }
    if (stat(store, &status) == 0) {
        (void)!fchown(file, geteuid() == 0 ? status.st_uid : (uid_t)-1, status.st_gid);
        (void)!fchmod(file, status.st_mode & 0666);
    }
    bool written = write(file, text, length) == (ssize_t)length && fsync(file) == 0;
    close(file);
    return written;
}

bool backup_note_write(const char *address, const struct backup_note *note, struct error *error) {
    char store[PATH_MAX], name[PATH_MAX + 16], made[PATH_MAX + 16], text[NOTE_BYTES];
    if (!store_file(address, store, error)) {
        return false;
    }
    snprintf(name, sizeof name, "%s.backup", store);
    snprintf(made, sizeof made, "%s.backup.new", store);
    int length = snprintf(text, sizeof text, NOTE_FORMAT, note->at, note->bytes, note->path);
    if (write_file(made, store, text, (size_t)length) && rename(made, name) == 0 && path_sync_folder(store)) {
        return true;
    }
    fail(name, error);
    (void)unlink(made);
    return false;
}

static bool read_file(const char *name, char text[NOTE_BYTES]) {
    int file = open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    ssize_t length = file >= 0 ? read(file, text, NOTE_BYTES - 1) : -1;
    if (file >= 0) {
        close(file);
    }
    text[length > 0 ? length : 0] = '\0';
    return length > 0;
}

static bool parse(const char *text, struct backup_note *note) {
    int path = 0;
    if (sscanf(text, "at: %23[0-9TZ:-]\nbytes: %" SCNu64 "\npath: %n", note->at, &note->bytes, &path) != 2 ||
        path == 0) {
        return false;
    }
    size_t length = strlen(text + path);
    if (length < 2 || length > PATH_MAX || text[path] != '/' || text[(size_t)path + length - 1] != '\n') {
        return false;
    }
    snprintf(note->path, sizeof note->path, "%.*s", (int)length - 1, text + path);
    return true;
}

bool backup_note_read(const char *address, struct backup_note *note) {
    char store[PATH_MAX], name[PATH_MAX + 16], text[NOTE_BYTES];
    struct error ignored;
    *note = (struct backup_note){.bytes = 0};
    if (!store_file(address, store, &ignored) || store[0] == '\0') {
        return false;
    }
    snprintf(name, sizeof name, "%s.backup", store);
    if (read_file(name, text) && parse(text, note)) {
        return true;
    }
    *note = (struct backup_note){.bytes = 0};
    return false;
}
