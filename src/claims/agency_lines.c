#include "claims/agency_lines.h"

#include "claims/rows.h"
#include "seal/errors.h"

#include <inttypes.h>
#include <stdlib.h>

bool agency_lines_begin(struct agency_lines *lines, const struct source *source, uint64_t bytes_max,
                        struct error *error) {
    *lines = (struct agency_lines){.lines = NULL};
    return source_check_size(source, bytes_max, error) &&
           file_lines_begin(source, ROWS_LINE_BYTES_MAX, 0, &lines->lines, error) &&
           agency_lines_next(lines, error);
}

void agency_lines_end(struct agency_lines *lines) {
    free(lines->lines);
    lines->lines = NULL;
}

static bool take_line(struct agency_lines *lines, struct error *error) {
    uint32_t agency;
    if (!agency_cut(lines->line.text, &agency, &lines->rest)) {
        return file_lines_refuse(lines->lines, error, "does not begin with an agency's number");
    }
    if (agency < lines->agency) {
        return file_lines_refuse(lines->lines, error, "agency %" PRIu32 " comes after %" PRIu32, agency,
                                 lines->agency);
    }
    lines->index = agency == lines->agency ? lines->index + 1 : 0;
    lines->agency = agency;
    return true;
}

bool agency_lines_next(struct agency_lines *lines, struct error *error) {
    if (file_lines_next(lines->lines, &lines->line, &lines->has_line, error) &&
        (!lines->has_line || take_line(lines, error))) {
        return true;
    }
    const struct error reason = *error;
    return reason.code != ERROR_BAD_FORM || lines->agency == 0
               ? false
               : error_set(error, ERROR_BAD_FORM, "%s (agency %" PRIu32 ", or what follows it)", reason.text,
                           lines->agency);
}
