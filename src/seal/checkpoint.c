#include "seal/checkpoint.h"

#include "seal/decimal.h"
#include "seal/draft.h"
#include "seal/form.h"

#include <assert.h>
#include <inttypes.h>

size_t checkpoint_write(const struct checkpoint *checkpoint, char text[CHECKPOINT_BYTES_MAX]) {
    struct draft draft;
    draft_begin(&draft, text, CHECKPOINT_BYTES_MAX);
    draft_print(&draft, "%.*s\n%" PRIu64 "\n", (int)checkpoint->origin.length, checkpoint->origin.text,
                checkpoint->size);
    draft_hash(&draft, "", &checkpoint->root, "\n");
    assert(!draft.is_over);
    return draft.length;
}

bool checkpoint_parse(struct slice text, struct checkpoint *checkpoint, struct error *error) {
    struct form form;
    struct slice size;
    form_begin(&form, "the seal", text);
    if (!form_origin(&form, &checkpoint->origin, error) || !form_line(&form, &size, error)) {
        return false;
    }
    if (!decimal_parse(size, AGENCIES_MAX + 1, &checkpoint->size) || checkpoint->size < 2) {
        return form_refuse(&form, error, "is no decimal number of agencies and 1 more");
    }
    return form_hash(&form, "", &checkpoint->root, error) && form_end(&form, error);
}
