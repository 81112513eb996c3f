#include "ledger/draw_papers.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static bool take(void *context, const struct stored_paper *stored, struct error *error) {
    struct draw_papers *papers = context;
    if (stored->kind == PAPER_RULES) {
        return true; // signing.h has them
    }
    struct paper *more = reallocarray(papers->list, papers->count + 1, sizeof *more);
    char *bytes = malloc(stored->length + 1);
    papers->list = more != NULL ? more : papers->list;
    if (more == NULL || bytes == NULL) {
        free(bytes);
        return error_set(error, ERROR_NO_MEMORY, "no memory for the draw's papers");
    }
    memcpy(bytes, stored->bytes, stored->length);
    bytes[stored->length] = '\0';
    more[papers->count++] = (struct paper){stored->kind, stored->number, bytes, stored->length};
    return true;
}

bool draw_papers_read(struct store *store, struct draw_papers *papers, struct error *error) {
    *papers = (struct draw_papers){.list = NULL};
    return store_papers(store, take, papers, error);
}

void draw_papers_free(struct draw_papers *papers) {
    for (size_t i = 0; i < papers->count; i++) {
        free(papers->list[i].bytes);
    }
    free(papers->list);
    *papers = (struct draw_papers){.list = NULL};
}

const struct paper *draw_papers_find(const struct draw_papers *papers, enum store_paper kind,
                                     uint32_t number) {
    for (size_t i = 0; i < papers->count; i++) {
        if (papers->list[i].kind == kind && papers->list[i].number == number) {
            return &papers->list[i];
        }
    }
    return NULL;
}

uint32_t draw_papers_count(const struct draw_papers *papers, enum store_paper kind) {
    uint32_t count = 0;
    for (size_t i = 0; i < papers->count; i++) {
        count += papers->list[i].kind == kind;
    }
    return count;
}

bool draw_papers_has(const struct draw_papers *papers, enum store_paper kind, struct slice bytes,
                     uint32_t *number) {
    for (size_t i = 0; i < papers->count; i++) {
        if (papers->list[i].kind == kind && slice_equal(paper_bytes(&papers->list[i]), bytes)) {
            *number = papers->list[i].number;
            return true;
        }
    }
    return false;
}

void paper_name(enum store_paper kind, uint32_t number, char name[FOLDER_NAME_BYTES_MAX]) {
    switch (kind) {
    case PAPER_SEAL:
    case PAPER_RESULT:
        snprintf(name, FOLDER_NAME_BYTES_MAX, "%s.note", store_paper_name(kind));
        return;
    case PAPER_PULSE:
        snprintf(name, FOLDER_NAME_BYTES_MAX, "pulse.json");
        return;
    case PAPER_TIMESTAMP:
        snprintf(name, FOLDER_NAME_BYTES_MAX, "timestamp-%" PRIu32 ".tsr", number);
        return;
    case PAPER_RULES:
    case PAPER_COSIGNATURE:
    case PAPER_APPROVAL:
    case PAPER_FORK:
    case PAPER_UNKNOWN:
        snprintf(name, FOLDER_NAME_BYTES_MAX, "%s-%" PRIu32 ".note", store_paper_name(kind), number);
        return;
    }
}

bool paper_store(struct store *store, enum store_paper kind, uint32_t number, struct slice bytes,
                 struct error *error) {
    const struct stored_paper paper = {
        .kind = kind, .number = number, .bytes = (const uint8_t *)bytes.text, .length = bytes.length};
    return store_add_paper(store, &paper, error);
}
