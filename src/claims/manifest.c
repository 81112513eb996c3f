#include "claims/manifest.h"

#include "seal/decimal.h"
#include "seal/encoding.h"
#include "seal/errors.h"
#include "seal/form.h"

#include <stdio.h>

// The names that a package has; those with a number: before it, and behind it.
static const struct {
    const char *name, *end;
    enum package_kind kind;
    bool is_needed;
} names[] = {
    {"export.csv", NULL, PACKAGE_EXPORT, true},   {"rules-", ".note", PACKAGE_RULES, true},
    {"seal.json", NULL, PACKAGE_SEAL_JSON, true}, {"seal.note", NULL, PACKAGE_SEAL, true},
    {"secret.txt", NULL, PACKAGE_SECRET, true},   {"audit.log", NULL, PACKAGE_AUDIT, false},
    {"audit-", ".log", PACKAGE_AUDIT, false},     {"token-", ".der", PACKAGE_TOKENS, false},
};

enum { NAMES = sizeof names / sizeof names[0], NUMBER_MAX = 9999 };

// Whether it is the name of that row, and its number.
static bool is_called(struct slice name, size_t row, uint64_t *number) {
    *number = 0;
    if (names[row].end == NULL) {
        return slice_is(name, names[row].name);
    }
    size_t before = strlen(names[row].name), behind = strlen(names[row].end);
    if (name.length <= before + behind || !slice_begins(name, names[row].name)) {
        return false;
    }
    struct slice end = {name.text + name.length - behind, behind};
    return slice_is(end, names[row].end) &&
           decimal_parse((struct slice){name.text + before, name.length - before - behind}, NUMBER_MAX,
                         number);
}

static bool take_name(struct slice name, struct package_file *file) {
    uint64_t number;
    for (size_t row = 0; row < NAMES; row++) {
        if (name.length < PACKAGE_NAME_BYTES && is_called(name, row, &number)) {
            file->kind = names[row].kind;
            file->number = (uint32_t)number;
            memcpy(file->name, name.text, name.length);
            file->name[name.length] = '\0';
            return true;
        }
    }
    return false;
}

static bool take_file(struct form *form, struct manifest *manifest, struct error *error) {
    struct slice line, parts[3];
    if (!form_line(form, &line, error)) {
        return false;
    }
    if (manifest->count == PACKAGE_FILES_MAX) {
        return form_refuse(form, error, "is one file more than the %d that a package may have",
                           PACKAGE_FILES_MAX);
    }
    struct package_file *file = &manifest->files[manifest->count];
    if (!form_cut(line, parts, 3) || !decimal_parse(parts[0], INT64_MAX, &file->size) ||
        !hex_decode_exactly(parts[1], file->hash.bytes, HASH_BYTES)) {
        return form_refuse(form, error, "is no size, SHA-256 and name");
    }
    if (!take_name(parts[2], file)) {
        return form_refuse(form, error, "names a file that no package has");
    }
    if (manifest->count > 0 && strcmp(file->name, file[-1].name) <= 0) {
        return form_refuse(form, error, "is not in the order of the names, or is given twice");
    }
    manifest->count++;
    return true;
}

static bool has(const struct manifest *manifest, const char *name) {
    for (size_t i = 0; i < manifest->count; i++) {
        if (strcmp(manifest->files[i].name, name) == 0) {
            return true;
        }
    }
    return false;
}

// Whether those of the row are there that must be: from 0 on without a gap.
static bool is_complete(const struct manifest *manifest, size_t row, struct error *error) {
    char wanted[PACKAGE_NAME_BYTES];
    size_t count = names[row].end == NULL;
    for (size_t i = 0; i < manifest->count && names[row].end != NULL; i++) {
        const struct package_file *file = &manifest->files[i];
        count += strncmp(file->name, names[row].name, strlen(names[row].name)) == 0;
    }
    count = count == 0 || names[row].end == NULL ? names[row].is_needed : count;
    for (size_t number = 0; number < count; number++) {
        if (names[row].end == NULL) {
            strcpy(wanted, names[row].name);
        } else {
            snprintf(wanted, sizeof wanted, "%s%u%s", names[row].name, (unsigned)(number % (NUMBER_MAX + 1)),
                     names[row].end);
        }
        if (!has(manifest, wanted)) {
            return error_set(error, ERROR_BAD_FORM, "manifest.txt: has no %s: the package is incomplete",
                             wanted);
        }
    }
    return true;
}

bool manifest_parse(struct slice text, struct manifest *manifest, struct error *error) {
    struct form form;
    form_begin(&form, "manifest.txt", text);
    manifest->count = 0;
    if (!form_literal(&form, "quiniela package v1", error) || !form_origin(&form, &manifest->origin, error)) {
        return false;
    }
    while (!form_at_end(&form)) {
        if (!take_file(&form, manifest, error)) {
            return false;
        }
    }
    for (size_t row = 0; row < NAMES; row++) {
        if (!is_complete(manifest, row, error)) {
            return false;
        }
    }
    return true;
}
