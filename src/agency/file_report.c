#include "agency/file_report.h"

#include "agency/listener.h"
#include "agency/shown_text.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>

void report_empty_file(const char *path, uint32_t agency) {
    listener_tell(
        &(struct quiniela_event){.kind = QUINIELA_EVENT_EMPTY_FILE, .agency = agency, .file = path});
}

void report_no_line_end(const char *path, uint64_t line, const char *shown) {
    char text[ERROR_TEXT_BYTES];
    snprintf(text, sizeof text,
             "%.200s:%" PRIu64 ": the last line has no line end and is accepted as it is: \"%.*s\"", path,
             line, SHOWN_BYTES, shown);
    listener_tell(&(struct quiniela_event){.kind = QUINIELA_EVENT_NO_LINE_END,
                                           .file = path,
                                           .text = text,
                                           .first_line = line,
                                           .last_line = line});
}

void report_checked(const char *path, uint64_t total) {
    listener_tell(&(struct quiniela_event){
        .kind = QUINIELA_EVENT_CHECKED, .file = path, .total = total, .is_total_known = true});
}

void report_receipt_cut(const char *path) {
    listener_tell(&(struct quiniela_event){.kind = QUINIELA_EVENT_RECEIPT_CUT, .file = path});
}

void report_bad_line(const struct error *error) {
    listener_tell_error(QUINIELA_EVENT_BAD_LINE, error);
}

void report_sealed(const char *folder, const char *name) {
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/%s.seal", folder, name);
    listener_tell(&(struct quiniela_event){.kind = QUINIELA_EVENT_SEALED, .file = path});
}
