#include "ledger/signing_preview.h"

#include "ledger/rules_note.h"
#include "ledger/signing_folder.h"
#include "store/store.h"

static bool check_is_empty(const char *seal_dir, const char *draw_name, bool is_stored, struct error *error) {
    char name[FOLDER_NAME_BYTES_MAX];
    struct small_file file;
    bool is_there;
    signing_folder_rules_name(0, name);
    if (!signing_folder_read_at(seal_dir, draw_name, name, NOTE_BYTES_MAX, &file, &is_there, error)) {
        return false;
    }
    small_file_free(&file);
    return !is_there || signing_folder_refuse_lost(seal_dir, draw_name, is_stored, error);
}

bool signing_preview(const char *seal_dir, const char *draw_name, const struct vkey *key, struct store *store,
                     const struct stored_draw *found, struct error *error) {
    struct kept_rules rules = {.records = NULL};
    const struct signing_stored stored = {.seal_dir = seal_dir,
                                          .draw_name = draw_name,
                                          .key = key,
                                          .is_open = found != NULL && found->state == DRAW_OPEN,
                                          .rules = &rules};
    size_t in_folder;
    if (found == NULL || found->rules == 0) {
        return check_is_empty(seal_dir, draw_name, found != NULL, error);
    }
    bool done = rules_note_all(store, draw_name, key, &rules, error) &&
                signing_folder_compare(&stored, &in_folder, error);
    kept_rules_free(&rules);
    return done;
}
