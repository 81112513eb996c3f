#include "notary/key_list.h"

#include "base/memory.h"
#include "notary/small_file.h"

#include <stdlib.h>

enum { LIST_BYTES_MAX = 64 * 1024, KEYS_MAX = NOTE_SIGNATURES_MAX };

static bool add(struct key_list *list, struct slice text, enum vkey_type type, const char *where,
                size_t place, struct error *error) {
    struct vkey key;
    struct error reason;
    if (!vkey_parse(text, &key, &reason)) {
        return error_set(error, ERROR_BAD_SETTING, "%.100s: key %zu: %s", where, place, reason.text);
    }
    if (key.type != type) {
        return error_set(error, ERROR_BAD_SETTING, "%.100s: key %zu, of %s: is one of %s", where, place,
                         key.name,
                         key.type == VKEY_COSIGNATURE ? "a witness" : "somebody who signs, and no witness");
    }
    for (size_t i = 0; i < list->count; i++) {
        if (vkey_same_public_key(&list->keys[i], &key)) {
            return error_set(error, ERROR_BAD_SETTING, "%.100s: key %zu, of %s: is the key of %s", where,
                             place, key.name, list->keys[i].name);
        }
    }
    if (list->count == KEYS_MAX) {
        return error_set(error, ERROR_BAD_SETTING, "%.100s: has more than %d keys", where, KEYS_MAX);
    }
    struct vkey *more = memory_resize_array(list->keys, list->count + 1, sizeof *more);
    if (more == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for a list of keys");
    }
    list->keys = more;
    list->keys[list->count++] = key;
    return true;
}

// Adds what stands between the separators. Lines of a file may be empty, or a remark.
static bool add_all(struct key_list *list, struct slice text, char separator, enum vkey_type type,
                    const char *where, struct error *error) {
    const char *at = text.text, *end = at + text.length;
    for (size_t place = 1; text.length > 0 && at <= end; place++) {
        const char *stop = memchr(at, separator, (size_t)(end - at));
        struct slice part = {at, (size_t)((stop == NULL ? end : stop) - at)};
        bool is_left_out = separator == '\n' && (part.length == 0 || part.text[0] == '#');
        if (!is_left_out && !add(list, part, type, where, place, error)) {
            return false;
        }
        at = stop == NULL ? end + 1 : stop + 1;
    }
    return true;
}

static int compare(const void *one, const void *other) {
    char first[VKEY_TEXT_BYTES], second[VKEY_TEXT_BYTES];
    vkey_format(one, first);
    vkey_format(other, second);
    return strcmp(first, second);
}

static bool read_file(const char *path, enum vkey_type type, struct key_list *list, struct error *error) {
    struct small_file file;
    if (!small_file_read(path, LIST_BYTES_MAX, &file, error)) {
        return false;
    }
    bool done = add_all(list, small_file_text(&file), '\n', type, path, error);
    small_file_free(&file);
    return done;
}

bool key_list_read(const char *text, enum vkey_type type, struct key_list *list, struct error *error) {
    *list = (struct key_list){NULL, 0};
    bool done = text[0] == '@' ? read_file(text + 1, type, list, error)
                               : add_all(list, slice_of(text), ',', type, "the list", error);
    if (!done) {
        key_list_free(list);
        return false;
    }
    if (list->count > 0) {
        qsort(list->keys, list->count, sizeof *list->keys, compare);
    }
    return true;
}

void key_list_free(struct key_list *list) {
    memory_free(list->keys);
    *list = (struct key_list){NULL, 0};
}
