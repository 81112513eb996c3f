#include "seal/draw_entry.h"

#include "seal/decimal.h"
#include "seal/draft.h"
#include "seal/encoding.h"
#include "seal/form.h"
#include "seal/merkle.h"

#include <assert.h>
#include <inttypes.h>

static const char *const state_names[] = {[ENTRY_CUT] = "cut", [ENTRY_FINISHED] = "finished"};

const char *entry_state_name(enum entry_state state) {
    return state_names[state];
}

bool entry_state_parse(struct slice text, enum entry_state *state) {
    *state = slice_is(text, state_names[ENTRY_FINISHED]) ? ENTRY_FINISHED : ENTRY_CUT;
    return slice_is(text, state_names[*state]);
}

size_t draw_entry_write(const struct draw_entry *entry, char text[DRAW_ENTRY_BYTES_MAX]) {
    struct draft draft;
    draft_begin(&draft, text, DRAW_ENTRY_BYTES_MAX);
    draft_print(&draft, "quiniela draw v1\n%.*s", (int)entry->origin.length, entry->origin.text);
    draft_hash(&draft, "\nrules ", &entry->rules, "\n");
    draft_print(&draft, "agencies %" PRIu32 "\nbets %" PRIu64 "\n", entry->agencies, entry->bets);
    assert(!draft.is_over);
    return draft.length;
}

size_t agency_entry_write(const struct agency_entry *entry, char text[DRAW_ENTRY_BYTES_MAX]) {
    struct draft draft;
    draft_begin(&draft, text, DRAW_ENTRY_BYTES_MAX);
    draft_print(&draft, "quiniela agency v1\n%.*s\n%" PRIu32 " %s %" PRIu64, (int)entry->origin.length,
                entry->origin.text, entry->agency, entry_state_name(entry->state), entry->count);
    draft_hash(&draft, " ", &entry->root, "\n");
    assert(!draft.is_over);
    return draft.length;
}

bool draw_entry_parse(struct slice text, struct draw_entry *entry, struct error *error) {
    struct form form;
    uint64_t agencies;
    form_begin(&form, "the draw's entry", text);
    bool is_read = form_literal(&form, "quiniela draw v1", error) &&
                   form_origin(&form, &entry->origin, error) &&
                   form_hash(&form, "rules", &entry->rules, error) &&
                   form_number(&form, "agencies", 1, AGENCIES_MAX, &agencies, error) &&
                   form_number(&form, "bets", 0, UINT64_MAX, &entry->bets, error) && form_end(&form, error);
    if (is_read) {
        entry->agencies = (uint32_t)agencies;
    }
    return is_read;
}

static bool take_agency(struct form *form, struct agency_entry *entry, struct error *error) {
    struct slice line, parts[4];
    uint64_t agency;
    if (!form_line(form, &line, error)) {
        return false;
    }
    if (!form_cut(line, parts, 4) || !decimal_parse(parts[0], AGENCIES_MAX, &agency) || agency == 0 ||
        !entry_state_parse(parts[1], &entry->state) || !decimal_parse(parts[2], UINT64_MAX, &entry->count) ||
        !base64_decode_exactly(parts[3], entry->root.bytes, sizeof entry->root.bytes)) {
        return form_refuse(form, error, "is not an agency, finished or cut, its bets and its root");
    }
    entry->agency = (uint32_t)agency;
    return true;
}

bool agency_entry_parse(struct slice text, struct agency_entry *entry, struct error *error) {
    struct form form;
    form_begin(&form, "the agency's entry", text);
    return form_literal(&form, "quiniela agency v1", error) && form_origin(&form, &entry->origin, error) &&
           take_agency(&form, entry, error) && form_end(&form, error);
}

void draw_entry_leaf(const struct draw_entry *entry, struct hash *leaf) {
    char text[DRAW_ENTRY_BYTES_MAX];
    merkle_leaf(text, draw_entry_write(entry, text), leaf);
}

void agency_entry_leaf(const struct agency_entry *entry, struct hash *leaf) {
    char text[DRAW_ENTRY_BYTES_MAX];
    merkle_leaf(text, agency_entry_write(entry, text), leaf);
}
