#include "cli/call_flags.h"

#include "base/log_text.h"
#include "store/address.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Room for what is always needed behind a value: "…", and a NUL.
enum { REST = 8, VALUE_BYTES = CALL_FLAGS_BYTES };

// What a shell leaves as it is.
static bool is_plain(const char *value) {
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./:@%+=,-";
    return value[0] != '\0' && value[strspn(value, plain)] == '\0';
}

// False when there is no room for all of it.
static bool quote(const char *value, char quoted[VALUE_BYTES]) {
    size_t length = 0;
    if (is_plain(value)) {
        return snprintf(quoted, VALUE_BYTES, "%s", value) < VALUE_BYTES;
    }
    quoted[length++] = '\'';
    for (; *value != '\0' && length < VALUE_BYTES - REST; value++) {
        length += (size_t)snprintf(quoted + length, VALUE_BYTES - length, "%s",
                                   *value == '\'' ? "'\\''" : (char[]){*value, '\0'});
    }
    snprintf(quoted + length, VALUE_BYTES - length, "'");
    return *value == '\0';
}

static void add(char text[CALL_FLAGS_BYTES], const char *flag, const char *value) {
    char quoted[VALUE_BYTES];
    size_t length = strlen(text);
    bool fits = quote(value, quoted);
    size_t needed = strlen(flag) + strlen(quoted) + sizeof "  ";
    if (!fits || length + needed + REST > CALL_FLAGS_BYTES) {
        snprintf(text + length, CALL_FLAGS_BYTES - length, " …");
        return;
    }
    snprintf(text + length, CALL_FLAGS_BYTES - length, " %s %s", flag, quoted);
    log_text_blank(text + length, strlen(text + length));
}

static void add_path(char text[CALL_FLAGS_BYTES], const char *flag, const char *path) {
    char absolute[PATH_MAX];
    add(text, flag, realpath(path, absolute) == NULL ? path : absolute);
}

static bool has_password(const char *address) {
    char *copy = strdup(address);
    if (copy != NULL) {
        store_conceal_address(copy);
    }
    bool has = copy == NULL || strcmp(copy, address) != 0;
    free(copy);
    return has;
}

static void add_store(char text[CALL_FLAGS_BYTES], const char *address) {
    char file[PATH_MAX], plain[STORE_PLAIN_BYTES];
    struct error ignored;
    store_plain_address(address, plain);
    if (store_file(address, file, &ignored) && file[0] != '\0') {
        add(text, "--store", file);
    } else {
        add(text, "--store", has_password(address) ? plain : address);
    }
}

// A file's own settings come with the file; a path in it, however, may be relative.
static bool is_given(const struct settings *settings, const void *field, bool in_any_folder) {
    return settings_is_set(settings, field) && !(settings_is_from_file(settings, field) && in_any_folder);
}

void call_flags_write(const struct control_call_options *options, const struct settings *settings,
                      char text[CALL_FLAGS_BYTES]) {
    const char *store = options->store.address, *control = options->control.path;
    char file[PATH_MAX];
    struct error ignored;
    bool is_file = store_file(store, file, &ignored) && file[0] != '\0';
    text[0] = '\0';
    if (options->config.path != NULL) {
        add_path(text, "--config", options->config.path);
    }
    if (is_given(settings, &options->store.address, !is_file || store[0] == '/')) {
        add_store(text, store);
    }
    if (is_given(settings, &options->store.draw, true)) {
        add(text, "--draw", options->store.draw);
    }
    if (control != NULL && is_given(settings, &options->control.path, control[0] == '/')) {
        add_path(text, "--control", control);
    }
}
