#include "cli/paper_sending.h"

#include "notary/small_file.h"
#include "seal/encoding.h"

#include <stdlib.h>
#include <string.h>

enum { PAPER_BYTES_MAX = 64 * 1024, PAIRS_MAX = 4 };

static bool read_paper(const char *path, struct small_file *file, struct error *error) {
    return small_file_read(path, PAPER_BYTES_MAX, file, error) &&
           (file->size > 0 || error_set(error, ERROR_BAD_SETTING, "%.150s: is empty", path));
}

static size_t write_pairs(const struct paper_sending *sending, const char *bytes,
                          struct control_pair pairs[PAIRS_MAX]) {
    size_t count = 0;
    pairs[count++] = (struct control_pair){"kind", sending->kind};
    pairs[count++] = (struct control_pair){"bytes", bytes};
    if (sending->number != NULL) {
        pairs[count++] = (struct control_pair){"number", sending->number};
    }
    if (sending->is_dry_run) {
        pairs[count++] = (struct control_pair){"dry-run", "1"};
    }
    return count;
}

bool paper_send(const struct control_call_options *options, const struct paper_sending *sending,
                struct control_reply *reply, struct error *error) {
    struct small_file file = {.bytes = NULL};
    if (!read_paper(sending->path, &file, error)) {
        small_file_free(&file);
        return false;
    }
    char *text = malloc(BASE64_TEXT_BYTES(file.size));
    bool done = text != NULL;
    if (done) {
        base64_encode(file.bytes, file.size, text);
        struct control_pair pairs[PAIRS_MAX];
        done = control_call(options, CONTROL_PAPER, pairs, write_pairs(sending, text, pairs), reply, error);
    } else {
        error_set(error, ERROR_NO_MEMORY, "no memory to send %.150s", sending->path);
    }
    free(text);
    small_file_free(&file);
    return done;
}

bool paper_is_note(const char *path, bool *is_note, struct error *error) {
    static const char before_signatures[] = "\n\n\xE2\x80\x94 "; // an em dash
    struct small_file file = {.bytes = NULL};
    bool done = read_paper(path, &file, error);
    *is_note = done && memmem(file.bytes, file.size, before_signatures, sizeof before_signatures - 1) != NULL;
    small_file_free(&file);
    return done;
}
