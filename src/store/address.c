#include "store/address.h"

#include "store/kinds.h"

#include <stdio.h>
#include <string.h>

const struct store_kind *store_kind_of(const char *address) {
    const struct store_kind *const *kind = store_kinds;
    while (kind[1] != NULL && !(*kind)->is_address(address)) {
        kind++;
    }
    return *kind;
}

bool store_check_address(const char *address, struct error *error) {
    return store_kind_of(address)->check_address(address, error);
}

void store_show_address(const char *address, char text[STORE_ADDRESS_BYTES]) {
    const struct store_kind *kind = store_kind_of(address);
    if (kind->show_address != NULL) {
        kind->show_address(address, text, STORE_ADDRESS_BYTES);
    } else {
        snprintf(text, STORE_ADDRESS_BYTES, "%s", address);
    }
}

void store_plain_address(const char *address, char text[STORE_PLAIN_BYTES]) {
    const struct store_kind *kind = store_kind_of(address);
    text[0] = '\0';
    if (kind->plain_address != NULL) {
        kind->plain_address(address, text, STORE_PLAIN_BYTES);
    }
}

void store_conceal_address(char *address) {
    const struct store_kind *kind = store_kind_of(address);
    if (kind->has_password != NULL && kind->has_password(address)) {
        memset(address, '*', strlen(address));
    }
}

void store_paths(const char *address, store_each_path each, void *context) {
    const struct store_kind *kind = store_kind_of(address);
    if (kind->paths != NULL) {
        kind->paths(address, each, context);
    }
}

bool store_file(const char *address, char path[PATH_MAX], struct error *error) {
    const struct store_kind *kind = store_kind_of(address);
    path[0] = '\0';
    return kind->file == NULL || kind->file(address, path, error);
}

static const char *begins(const struct store_kind *kind, const char *bytes, size_t length) {
    const struct store_beginning *one = kind->beginnings;
    for (; one != NULL && one->bytes != NULL; one++) {
        if (length >= one->length && memcmp(bytes, one->bytes, one->length) == 0) {
            return one->what;
        }
    }
    return NULL;
}

const char *store_file_begins(const char *bytes, size_t length) {
    const char *what = NULL;
    for (const struct store_kind *const *kind = store_kinds; what == NULL && *kind != NULL; kind++) {
        what = begins(*kind, bytes, length);
    }
    return what;
}

void store_needs(const char *address, struct store_needs *needs) {
    const struct store_kind *kind = store_kind_of(address);
    *needs = (struct store_needs){.connects = kind->is_remote};
    if (kind->ports != NULL && !kind->ports(address, needs->ports, STORE_PORTS_MAX, &needs->port_count)) {
        needs->port_count = 0;
    }
}

void store_interrupt_on(int descriptor) {
    for (const struct store_kind *const *kind = store_kinds; *kind != NULL; kind++) {
        if ((*kind)->interrupt_on != NULL) {
            (*kind)->interrupt_on(descriptor);
        }
    }
}
