#include "claims/sealed_list.h"

#include "seal/decimal.h"
#include "seal/encoding.h"
#include "seal/errors.h"
#include "seal/origin.h"

#include <inttypes.h>
#include <stdlib.h>

// What is left of a line ------------------------------------------------------------------------------------

static bool skip(struct slice *rest, const char *wanted) {
    size_t length = strlen(wanted);
    if (!slice_begins(*rest, wanted)) {
        return false;
    }
    rest->text += length;
    rest->length -= length;
    return true;
}

static bool take_number(struct slice *rest, uint64_t max, uint64_t *number) {
    size_t length = 0;
    while (length < rest->length && rest->text[length] >= '0' && rest->text[length] <= '9') {
        length++;
    }
    bool done = decimal_parse((struct slice){rest->text, length}, max, number);
    rest->text += length;
    rest->length -= length;
    return done;
}

// A text up to the next quote.
static bool take_text(struct slice *rest, struct slice *text) {
    const char *end = rest->length == 0 ? NULL : memchr(rest->text, '"', rest->length);
    if (end == NULL) {
        return false;
    }
    *text = (struct slice){rest->text, (size_t)(end - rest->text)};
    rest->length -= text->length;
    rest->text = end;
    return true;
}

static bool take_hash(struct slice *rest, struct hash *hash) {
    struct slice text;
    return take_text(rest, &text) && base64_decode_exactly(text, hash->bytes, HASH_BYTES);
}

static bool take_state(struct slice *rest, enum entry_state *state) {
    struct slice text;
    return take_text(rest, &text) && entry_state_parse(text, state);
}

// Lines -----------------------------------------------------------------------------------------------------

static bool refuse(const struct sealed_list *list, struct error *error, const char *why) {
    return file_lines_refuse(list->lines, error, "%s", why);
}

static bool next_line(struct sealed_list *list, struct slice *text, struct error *error) {
    struct line line;
    bool found;
    if (!file_lines_next(list->lines, &line, &found, error)) {
        return false;
    }
    *text = line.text;
    return (found && line.has_end) || refuse(list, error, "the file ends before its end");
}

static bool literal(struct sealed_list *list, const char *wanted, struct error *error) {
    struct slice line;
    return next_line(list, &line, error) &&
           (slice_is(line, wanted) || file_lines_refuse(list->lines, error, "is not %s", wanted));
}

static bool take_origin(struct sealed_list *list, struct error *error) {
    struct slice line, origin;
    if (!next_line(list, &line, error)) {
        return false;
    }
    if (!skip(&line, "\"origin\":\"") || !take_text(&line, &origin) || !slice_is(line, "\",") ||
        !origin_is_valid(origin)) {
        return refuse(list, error, "is no origin");
    }
    memcpy(list->origin, origin.text, origin.length);
    list->origin[origin.length] = '\0';
    return true;
}

static bool hash_line(struct sealed_list *list, const char *before, struct hash *hash, struct error *error) {
    struct slice line;
    return next_line(list, &line, error) &&
           ((skip(&line, before) && take_hash(&line, hash) && slice_is(line, "\",")) ||
            file_lines_refuse(list->lines, error, "is not %s and a hash", before));
}

static bool number_line(struct sealed_list *list, const char *before, uint64_t max, uint64_t *number,
                        struct error *error) {
    struct slice line;
    return next_line(list, &line, error) &&
           ((skip(&line, before) && take_number(&line, max, number) && slice_is(line, ",")) ||
            file_lines_refuse(list->lines, error, "is not %s and a number", before));
}

bool sealed_list_begin(struct sealed_list *list, const struct source *source, struct error *error) {
    uint64_t agencies = 0;
    *list = (struct sealed_list){.next = 1};
    if (!source_check_size(source, SEALED_LIST_BYTES_MAX, error) ||
        !file_lines_begin(source, SEALED_LIST_LINE_BYTES_MAX, 0, &list->lines, error) ||
        !literal(list, "{\"format\":\"quiniela seal v1\",", error) || !take_origin(list, error) ||
        !hash_line(list, "\"rules\":\"", &list->rules, error) ||
        !number_line(list, "\"agencies\":", AGENCIES_MAX, &agencies, error) ||
        !number_line(list, "\"bets\":", UINT64_MAX, &list->bets, error) ||
        !hash_line(list, "\"root\":\"", &list->root, error) || !literal(list, "\"entries\":[", error)) {
        return false;
    }
    list->agencies = (uint32_t)agencies;
    draw_tree_begin(&list->tree, slice_of(list->origin), &list->rules, list->agencies, list->bets);
    return agencies > 0 || error_set(error, ERROR_BAD_FORM, "has no agencies");
}

void sealed_list_end(struct sealed_list *list) {
    free(list->lines);
    list->lines = NULL;
}

// Entries ---------------------------------------------------------------------------------------------------

static bool parse_agency(struct slice line, struct sealed_run *run) {
    uint64_t agency;
    if (!skip(&line, "{\"agency\":") || !take_number(&line, AGENCIES_MAX, &agency) ||
        !skip(&line, ",\"state\":\"") || !take_state(&line, &run->state) || !skip(&line, "\",\"count\":") ||
        !take_number(&line, UINT64_MAX, &run->count) || !skip(&line, ",\"root\":\"") ||
        !take_hash(&line, &run->root) || !slice_is(line, "\"}") || run->count == 0) {
        return false;
    }
    run->first = run->last = (uint32_t)agency;
    return true;
}

static bool parse_run(struct slice line, struct sealed_run *run) {
    uint64_t first, last;
    if (!skip(&line, "{\"agencies\":[") || !take_number(&line, AGENCIES_MAX, &first) || !skip(&line, ",") ||
        !take_number(&line, AGENCIES_MAX, &last) || !skip(&line, "],\"state\":\"") ||
        !take_state(&line, &run->state) || !slice_is(line, "\"}")) {
        return false;
    }
    run->first = (uint32_t)first;
    run->last = (uint32_t)last;
    run->count = 0;
    merkle_empty(&run->root);
    return true;
}

// Cuts the comma that an element's line has when another follows.
static bool cut_comma(struct slice *line) {
    bool has_comma = line->length > 0 && line->text[line->length - 1] == ',';
    line->length -= has_comma;
    return has_comma;
}

static bool take_run(struct sealed_list *list, const struct sealed_run *run, struct error *error) {
    if (run->first != list->next || run->last < run->first || run->last > list->agencies) {
        return file_lines_refuse(list->lines, error, "is not of agency %" PRIu32 ", which comes next",
                                 list->next);
    }
    if (run->count == 0 && list->has_run && list->run_state == run->state) {
        return refuse(list, error, "goes on with the run before it");
    }
    list->has_run = run->count == 0;
    list->run_state = run->state;
    if (run->count > UINT64_MAX - list->tree.added) {
        return refuse(list, error, "has more bets than there are numbers for");
    }
    for (uint64_t agency = run->first; agency <= run->last; agency++) {
        draw_tree_add(&list->tree, run->state, run->count, &run->root, NULL);
    }
    list->next = run->last + 1;
    return true;
}

// The end ---------------------------------------------------------------------------------------------------

struct voided {
    uint64_t agency, reset, count;
};

static bool parse_voided(struct slice line, struct voided *voided) {
    return skip(&line, "{\"agency\":") && take_number(&line, UINT32_MAX, &voided->agency) &&
           skip(&line, ",\"reset\":") && take_number(&line, UINT32_MAX, &voided->reset) &&
           skip(&line, ",\"count\":") && take_number(&line, UINT64_MAX, &voided->count) &&
           slice_is(line, "}") && voided->agency > 0 && voided->reset > 0 && voided->count > 0;
}

static bool take_voided(struct sealed_list *list, struct error *error) {
    struct slice line;
    struct voided voided, before = {0, 0, 0};
    bool more = true;
    if (!next_line(list, &line, error)) {
        return false;
    }
    if (slice_is(line, "]}")) { // there are none
        return true;
    }
    while (more) {
        more = cut_comma(&line);
        if (!parse_voided(line, &voided)) {
            return refuse(list, error, "is no voided bets");
        }
        if (voided.agency < before.agency ||
            (voided.agency == before.agency && voided.reset <= before.reset)) {
            return refuse(list, error, "is not in order");
        }
        before = voided;
        if (list->on_voided != NULL) {
            list->on_voided(list->context, (uint32_t)voided.agency, (uint32_t)voided.reset, voided.count);
        }
        if (more && !next_line(list, &line, error)) {
            return false;
        }
    }
    return literal(list, "]}", error);
}

static bool take_end(struct sealed_list *list, struct error *error) {
    struct line line;
    struct checkpoint seal;
    bool found;
    if (list->next != list->agencies + 1) {
        return file_lines_refuse(list->lines, error, "is the last, and agency %" PRIu32 " is missing",
                                 list->next);
    }
    if (!literal(list, "],", error) || !literal(list, "\"voided\":[", error) || !take_voided(list, error) ||
        !file_lines_next(list->lines, &line, &found, error)) {
        return false;
    }
    if (found) {
        return refuse(list, error, "comes after the end");
    }
    if (list->tree.added != list->bets) {
        return error_set(error, ERROR_FALSE_CLAIM, "the agencies have %" PRIu64 " bets, and it says %" PRIu64,
                         list->tree.added, list->bets);
    }
    return draw_tree_end(&list->tree, &seal, error) &&
           (hash_equal(&seal.root, &list->root) ||
            error_set(error, ERROR_FALSE_CLAIM, "what it lists does not give the root it says"));
}

bool sealed_list_next(struct sealed_list *list, struct sealed_run *run, bool *found, struct error *error) {
    struct slice line;
    *found = !list->is_over;
    if (list->is_over) {
        return take_end(list, error);
    }
    if (!next_line(list, &line, error)) {
        return false;
    }
    list->is_over = !cut_comma(&line);
    if (!parse_agency(line, run) && !parse_run(line, run)) {
        return refuse(list, error, "is neither an agency nor a run of agencies without bets");
    }
    return take_run(list, run, error);
}
