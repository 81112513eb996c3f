#include "prove/agency_rows.h"

#include <stdlib.h>

static bool keep(void *context, const struct stored_agency *agency, struct error *error) {
    struct agency_rows *rows = context;
    if (rows->count == rows->max) {
        size_t max = rows->max == 0 ? 64 : 2 * rows->max;
        struct agency_row *more = reallocarray(rows->rows, max, sizeof *more);
        if (more == NULL) {
            return error_set(error, ERROR_NO_MEMORY, "no memory for the agencies");
        }
        rows->rows = more;
        rows->max = max;
    }
    bool is_finished = agency->ending == AGENCY_FINISHED;
    rows->rows[rows->count++] =
        (struct agency_row){agency->agency, is_finished ? ENTRY_FINISHED : ENTRY_CUT, agency->bets};
    rows->bets += agency->bets;
    return true;
}

bool agency_rows_read(struct store *store, struct agency_rows *rows, struct error *error) {
    *rows = (struct agency_rows){.count = 0};
    return store_agencies(store, keep, rows, error);
}

void agency_rows_free(struct agency_rows *rows) {
    free(rows->rows);
    *rows = (struct agency_rows){.count = 0};
}

static int compare(const void *key, const void *element) {
    uint32_t agency = *(const uint32_t *)key, other = ((const struct agency_row *)element)->agency;
    return (agency > other) - (agency < other);
}

struct agency_row agency_rows_of(const struct agency_rows *rows, uint32_t agency) {
    const struct agency_row *found =
        rows->count == 0 ? NULL : bsearch(&agency, rows->rows, rows->count, sizeof *rows->rows, compare);
    return found != NULL ? *found : (struct agency_row){agency, ENTRY_CUT, 0};
}
