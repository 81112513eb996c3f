#include "agency/kept_texts.h"

#include "base/path.h"
#include "seal/limits.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static const char receipts_suffix[] = ".receipts";

// Of every text that is kept; one that ends in '-' is followed by a number.
static const char *const endings[] = {
    "rules-",       "other-rules-",  "seal",     "other-seal",    "witnessed-seal",     "result",
    "other-result", "false-winners", "salt-key", "false-receipt", "false-receipt-note", "trial",
    "look",
};

static bool is_number(const char *text) {
    size_t digits = 0;
    while (isdigit((unsigned char)text[digits])) {
        digits++;
    }
    return digits > 0 && text[digits] == '\0';
}

static bool is_ending(const char *suffix) {
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        size_t length = strlen(endings[i]);
        if (endings[i][length - 1] == '-'
                ? strncmp(suffix, endings[i], length) == 0 && is_number(suffix + length)
                : strcmp(suffix, endings[i]) == 0) {
            return true;
        }
    }
    return false;
}

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
    assert(is_ending(suffix));
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

bool kept_texts_may_be(const char *receipts, const char *path) {
    char resolved[PATH_MAX], other[PATH_MAX], folder[PATH_MAX], others[PATH_MAX];
    struct kept_texts texts;
    struct error ignored;
    if (!path_resolve(receipts, resolved, &ignored) || !path_resolve(path, other, &ignored) ||
        !write_name(resolved, &texts, &ignored)) {
        return false;
    }
    path_folder(resolved, folder);
    path_folder(other, others);
    const char *name = strrchr(other, '/') + 1;
    size_t length = strlen(texts.name);
    return strcmp(folder, others) == 0 && strncmp(name, texts.name, length) == 0 && name[length] == '.' &&
           is_ending(name + length + 1);
}
