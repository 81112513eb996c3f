#include "ledger/signing_folder.h"

#include "ledger/state.h"
#include "notary/notary.h"

#include <stdio.h>

static bool open_it(const struct ledger *ledger, struct folder *folder, struct error *error) {
    return folder_open(ledger->options.seal_dir, ledger->draw_name, folder, error);
}

bool signing_folder_keep(const struct ledger *ledger, const char *name, struct slice bytes,
                         struct error *error) {
    struct folder folder;
    if (ledger->options.seal_dir == NULL) {
        return true;
    }
    if (!open_it(ledger, &folder, error)) {
        return false;
    }
    bool done = folder_keep(&folder, name, bytes, error);
    folder_close(&folder);
    return done;
}

bool signing_folder_read_at(const char *seal_dir, const char *draw_name, const char *name, size_t max,
                            struct small_file *file, bool *found, struct error *error) {
    struct folder folder;
    *found = false;
    *file = (struct small_file){.bytes = NULL};
    if (seal_dir == NULL) {
        return true;
    }
    if (!folder_open(seal_dir, draw_name, &folder, error)) {
        return false;
    }
    bool done = folder_read(&folder, name, max, file, found, error);
    folder_close(&folder);
    return done;
}

bool signing_folder_read(const struct ledger *ledger, const char *name, size_t max, struct small_file *file,
                         bool *found, struct error *error) {
    return signing_folder_read_at(ledger->options.seal_dir, ledger->draw_name, name, max, file, found, error);
}

void signing_folder_rules_name(size_t number, char name[FOLDER_NAME_BYTES_MAX]) {
    snprintf(name, FOLDER_NAME_BYTES_MAX, "rules-%zu.note", number);
}

// One record of the folder: the same as the store's, or the next one.
static bool take(const struct signing_stored *stored, size_t number, const char *name, struct slice note,
                 struct error *error) {
    struct kept_rules *rules = stored->rules;
    struct error reason;
    if (number < rules->count) {
        const struct kept_record *record = &rules->records[number];
        return slice_equal(note, (struct slice){record->note, record->size}) ||
               error_set(error, ERROR_FORKED,
                         "%.100s/draw-%s/%s: is another record of the rules than the one that the store has: "
                         "one of the two is not this draw's",
                         stored->seal_dir, stored->draw_name, name);
    }
    if (kept_rules_add(rules, note, stored->key, &reason)) {
        return true;
    }
    return error_set(error, reason.code == ERROR_NO_MEMORY ? ERROR_NO_MEMORY : ERROR_FORKED,
                     "%.100s/draw-%s/%s: does not belong to this draw's rules: %s", stored->seal_dir,
                     stored->draw_name, name, reason.text);
}

bool signing_folder_compare(const struct signing_stored *stored, size_t *found, struct error *error) {
    size_t before = stored->rules->count;
    bool is_there = true, done = true;
    *found = 0;
    for (size_t number = 0; done && (is_there || number < before); number++) {
        char name[FOLDER_NAME_BYTES_MAX];
        struct small_file file;
        signing_folder_rules_name(number, name);
        done = signing_folder_read_at(stored->seal_dir, stored->draw_name, name, NOTE_BYTES_MAX, &file,
                                      &is_there, error);
        if (done && is_there) {
            *found += 1;
            done = take(stored, number, name, small_file_text(&file), error);
        }
        small_file_free(&file);
    }
    return done && (stored->is_open || stored->rules->count == before ||
                    error_set(error, ERROR_FORKED,
                              "%.100s has %zu records of the rules of draw \"%s\", and the draw was sealed "
                              "with %zu: it is no longer the draw that was announced",
                              stored->seal_dir, stored->rules->count, stored->draw_name, before));
}

bool signing_folder_refuse_lost(const char *seal_dir, const char *draw_name, bool is_stored,
                                struct error *error) {
    return error_set(error, ERROR_FORKED,
                     "%.100s has signed rules of draw \"%s\", which %s: restore the store from its copy, or "
                     "start with another DRAW",
                     seal_dir, draw_name,
                     is_stored ? "is not signed in the store" : "the store does not have");
}
