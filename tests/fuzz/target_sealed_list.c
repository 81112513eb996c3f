// Any seal.json that is read to its end is, written again, the same bytes.
#include "fuzz.h"

#include "claims/sealed_list.h"
#include "notary/seal_json.h"
#include "seal/errors.h"

#include <stdlib.h>
#include <string.h>

struct again {
    struct seal_json json;
    FILE *file;
};

static void on_voided(void *context, uint32_t agency, uint32_t reset, uint64_t count) {
    struct again *again = context;
    seal_json_add_voided(&again->json, agency, reset, count);
}

enum { AGENCIES_TRIED_MAX = 1000 }; // more take too long, and show nothing new

// Reads the entries, and writes them.
static bool copy(struct sealed_list *list, struct again *again, struct error *error) {
    struct sealed_run run;
    bool found = true;
    seal_json_begin(&again->json, again->file, slice_of(list->origin), &list->rules, list->agencies,
                    list->bets);
    while (sealed_list_next(list, &run, &found, error)) {
        if (!found) {
            return true;
        }
        for (uint32_t agency = run.first; agency <= run.last; agency++) {
            seal_json_add(&again->json, run.state, run.count, &run.root);
        }
    }
    return false;
}

static bool is_same(FILE *file, const uint8_t *bytes, size_t length) {
    char *text = malloc(length + 1);
    must_hold(text != NULL, "memory");
    rewind(file);
    bool same = fread(text, 1, length + 1, file) == length && memcmp(text, bytes, length) == 0;
    free(text);
    return same;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    struct source source;
    struct sealed_list list;
    struct error error;
    struct again again = {.file = tmpfile()};
    error_clear(&error);
    must_hold(source_open(file_of(bytes, length), &source, &error), "the file opens");
    must_hold(again.file != NULL, "memory");
    bool is_read = sealed_list_begin(&list, &source, &error) && list.agencies <= AGENCIES_TRIED_MAX;
    list.on_voided = on_voided;
    list.context = &again;
    if (is_read && copy(&list, &again, &error)) {
        struct checkpoint seal = {.root = list.root};
        must_hold(seal_json_end(&again.json, &seal, &error), "it is written");
        must_hold(is_same(again.file, bytes, length), "it has one text");
    } else if (!is_read || error.code != ERROR_NONE) {
        must_hold(list.agencies > AGENCIES_TRIED_MAX || error.code == ERROR_BAD_FORM ||
                      error.code == ERROR_FALSE_CLAIM,
                  "a refusal has its reason");
    }
    fclose(again.file);
    sealed_list_end(&list);
    source_close(&source);
    return 0;
}
