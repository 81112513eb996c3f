#include "agency/kept_texts.h"

#include "base/path.h"
#include "seal/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static const char receipts_suffix[] = ".receipts";

static bool write_name(const char *resolved, struct kept_texts *texts, struct error *error) {
    const char *name = strrchr(resolved, '/') + 1;
    size_t length = strlen(name), end = sizeof receipts_suffix - 1;
    if (length > end && strcmp(name + length - end, receipts_suffix) == 0) {
        length -= end;
    }
    if (length >= sizeof texts->name) {
        return error_set(error, ERROR_BAD_SETTING, "%.150s: a name may have %zu bytes here", name,
                         sizeof texts->name - 1);
    }
    memcpy(texts->name, name, length);
    texts->name[length] = '\0';
    return true;
}

bool kept_texts_open(const char *receipts, struct kept_texts *texts, struct error *error) {
    char resolved[PATH_MAX], path[PATH_MAX];
    *texts = (struct kept_texts){.folder = {.descriptor = -1, .is_ours_alone = true}};
    if (!path_resolve(receipts, resolved, error) || !write_name(resolved, texts, error)) {
        return false;
    }
    path_folder(resolved, path);
    if (strlen(path) >= sizeof texts->folder.path) {
        return error_set(error, ERROR_BAD_SETTING, "%.150s: the folder's name is too long", path);
    }
    strcpy(texts->folder.path, path);
    texts->folder.descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return texts->folder.descriptor >= 0 ||
           error_set_system(error, errno, "%.150s: the folder cannot be opened", path);
}

void kept_texts_close(struct kept_texts *texts) {
    folder_close(&texts->folder);
}

static void write_file_name(const struct kept_texts *texts, const char *suffix,
                            char name[FOLDER_NAME_BYTES_MAX]) {
    snprintf(name, FOLDER_NAME_BYTES_MAX, "%s.%s", texts->name, suffix);
}

bool kept_texts_read(const struct kept_texts *texts, const char *suffix, struct small_file *file, bool *found,
                     struct error *error) {
    char name[FOLDER_NAME_BYTES_MAX];
    write_file_name(texts, suffix, name);
    return folder_read(&texts->folder, name, NOTE_BYTES_MAX, file, found, error);
}

bool kept_texts_write(const struct kept_texts *texts, const char *suffix, struct slice text,
                      struct error *error) {
    char name[FOLDER_NAME_BYTES_MAX];
    write_file_name(texts, suffix, name);
    return folder_keep(&texts->folder, name, text, error);
}

bool kept_texts_try(const struct kept_texts *texts, const char *suffix, struct error *error) {
    char name[FOLDER_NAME_BYTES_MAX];
    write_file_name(texts, suffix, name);
    unlinkat(texts->folder.descriptor, name, 0); // left over from an interrupted run
    if (!folder_keep(&texts->folder, name, slice_of("trial\n"), error)) {
        return false;
    }
    return unlinkat(texts->folder.descriptor, name, 0) == 0 ||
           error_set_system(error, errno, "%.150s: no file of it can be removed", texts->folder.path);
}
