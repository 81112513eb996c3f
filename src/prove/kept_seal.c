#include "prove/kept_seal.h"

#include "claims/sealed_list.h"
#include "notary/folder.h"
#include "seal/errors.h"
#include "seal/origin.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static bool is_that_seal(const struct folder *folder, const struct note *note,
                         const struct sealed_draw *sealed, struct error *error) {
    return slice_equal(note->text, sealed->text) ||
           error_set(error, ERROR_FALSE_CLAIM,
                     "%.150s/seal.note: is another seal of this draw than the store's: a fork", folder->path);
}

static bool check_note(const struct folder *folder, struct slice bytes, const struct sealed_draw *sealed,
                       struct error *error) {
    struct note *note = malloc(sizeof *note);
    struct error reason;
    if (note == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for a note");
    }
    bool done = note_parse("the seal", bytes, note, &reason)
                    ? is_that_seal(folder, note, sealed, error)
                    : error_set(error, ERROR_FALSE_CLAIM, "%.150s/seal.note: %s", folder->path, reason.text);
    free(note);
    return done;
}

static bool compare_note(const struct folder *folder, const struct sealed_draw *sealed, struct error *error) {
    struct small_file file;
    bool found;
    if (!folder_read(folder, "seal.note", NOTE_BYTES_MAX, &file, &found, error)) {
        return false;
    }
    bool done = !found || check_note(folder, small_file_text(&file), sealed, error);
    if (found) {
        small_file_free(&file);
    }
    return done;
}

// Reads all of seal.json: it is believed where it gives the seal.
static bool check_list(const struct source *source, const struct sealed_draw *sealed, struct error *error) {
    struct sealed_list list;
    struct sealed_run run;
    struct error reason;
    bool found = true;
    bool done = sealed_list_begin(&list, source, &reason);
    while (done && found) {
        done = sealed_list_next(&list, &run, &found, &reason);
    }
    if (done &&
        (!slice_is(sealed->seal.origin, list.origin) || (uint64_t)list.agencies + 1 != sealed->seal.size ||
         !hash_equal(&list.root, &sealed->seal.root))) {
        done = error_set(&reason, ERROR_FALSE_CLAIM, "gives another seal than the store's");
    }
    sealed_list_end(&list);
    return done || error_set(error, reason.code, "%.150s: %s", source->path, reason.text);
}

static bool open_list(const struct folder *folder, const struct sealed_draw *sealed, struct kept_seal *kept,
                      struct error *error) {
    static const char name[] = "seal.json";
    if (faccessat(folder->descriptor, name, F_OK, AT_SYMLINK_NOFOLLOW) != 0) {
        return true;
    }
    if (!source_open_in(folder->descriptor, folder->path, name, &kept->list, error)) {
        return false;
    }
    kept->has_list = true;
    return check_list(&kept->list, sealed, error);
}

static bool open_folder(const char *path, bool is_needed, const char *draw, struct folder *folder,
                        struct error *error) {
    return folder_open(path, draw, folder, error) || (!is_needed && access(folder->path, F_OK) != 0);
}

bool kept_seal_open(const char *path, bool is_needed, const struct sealed_draw *sealed,
                    struct kept_seal *kept, struct error *error) {
    struct slice name = origin_draw(sealed->seal.origin);
    char draw[DRAW_NAME_BYTES_MAX + 1];
    struct folder folder;
    snprintf(draw, sizeof draw, "%.*s", (int)name.length, name.text);
    *kept = (struct kept_seal){.has_list = false};
    if (!open_folder(path, is_needed, draw, &folder, error)) {
        return false;
    }
    bool done = folder.descriptor < 0 ||
                (compare_note(&folder, sealed, error) && open_list(&folder, sealed, kept, error));
    folder_close(&folder);
    if (!done) {
        kept_seal_close(kept);
    }
    return done;
}

void kept_seal_close(struct kept_seal *kept) {
    if (kept->has_list) {
        source_close(&kept->list);
    }
    kept->has_list = false;
}
