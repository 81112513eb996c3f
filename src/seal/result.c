#include "seal/result.h"

#include "seal/draft.h"
#include "seal/form.h"
#include "seal/sealed_number.h"

#include <assert.h>
#include <inttypes.h>

size_t result_write(const struct result *result, char text[RESULT_BYTES_MAX]) {
    struct draft draft;
    draft_begin(&draft, text, RESULT_BYTES_MAX);
    draft_print(&draft, "quiniela result v1\n%.*s", (int)result->origin.length, result->origin.text);
    draft_hash(&draft, "\nseal ", &result->seal, "\n");
    sealed_number_put(&draft, result->number);
    draft_print(&draft, "winners %" PRIu64 "\n", result->winners);
    assert(!draft.is_over);
    return draft.length;
}

bool result_parse(struct slice text, struct result *result, struct error *error) {
    struct form form;
    form_begin(&form, "the result", text);
    return form_literal(&form, "quiniela result v1", error) && form_origin(&form, &result->origin, error) &&
           form_hash(&form, "seal", &result->seal, error) &&
           sealed_number_take(&form, &result->number, error) &&
           form_number(&form, "winners", 0, UINT64_MAX, &result->winners, error) && form_end(&form, error);
}
