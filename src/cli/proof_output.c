#include "cli/proof_output.h"

#include "prove/page.h"
#include "seal/errors.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

// What is written to a stream by `write`, into the file. ERROR_NO_MEMORY, too.
static bool write_streamed(struct proof_output *output,
                           bool (*write)(const struct proof_output *output, FILE *out,
                                         const struct proof *proof, struct error *error),
                           const struct proof *proof, struct error *error) {
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    if (out == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for a page");
    }
    bool done = write(output, out, proof, error);
    bool is_whole = ferror(out) == 0;
    is_whole = fclose(out) == 0 && is_whole;
    done = done && (is_whole || error_set(error, ERROR_NO_MEMORY, "no memory for a page")) &&
           output_file_write(output->file, text, length, error);
    free(text);
    return done;
}

static bool write_beginning(const struct proof_output *output, FILE *out, const struct proof *proof,
                            struct error *error) {
    (void)output, (void)proof, (void)error;
    page_begin(out);
    return true;
}

static bool write_end(const struct proof_output *output, FILE *out, const struct proof *proof,
                      struct error *error) {
    (void)output, (void)proof, (void)error;
    page_end(out);
    return true;
}

static bool write_proof(const struct proof_output *output, FILE *out, const struct proof *proof,
                        struct error *error) {
    return page_put(out, proof, output->key, output->url, error);
}

static bool open_output(struct proof_output *output, struct error *error) {
    if (output->kind == PROOF_OUTPUT_FOLDER) {
        output->is_open = output_folder_open(output->path, &output->folder, error);
        return output->is_open;
    }
    output->is_open = output_file_open(output->path, &output->file, error);
    return output->is_open &&
           (output->kind == PROOF_OUTPUT_TEXT || write_streamed(output, write_beginning, NULL, error));
}

static bool put_text(struct proof_output *output, const struct proof *proof, struct error *error) {
    char text[PROOF_BYTES_MAX], name[OUTPUT_NAME_BYTES];
    struct draft draft;
    draft_begin(&draft, text, sizeof text);
    proof_put(&draft, proof);
    if (draft.is_over) {
        return error_set(error, ERROR_BAD_FORM, "the proof has more than %d bytes", PROOF_BYTES_MAX);
    }
    if (output->kind == PROOF_OUTPUT_TEXT) {
        return output_file_write(output->file, text, draft.length, error);
    }
    snprintf(name, sizeof name, "agency-%" PRIu32 "-bet-%" PRIu64 ".tlog-proof", proof->bet.agency,
             proof->bet.index);
    return output_folder_put(&output->folder, name, text, draft.length, error);
}

bool proof_output_put(void *context, const struct proof *proof, struct error *error) {
    struct proof_output *output = context;
    assert(!output->is_open || output->kind != PROOF_OUTPUT_TEXT);
    if (!output->is_open && !open_output(output, error)) {
        return false;
    }
    return output->kind == PROOF_OUTPUT_PAGE ? write_streamed(output, write_proof, proof, error)
                                             : put_text(output, proof, error);
}

bool proof_output_finish(struct proof_output *output, struct error *error) {
    if (!output->is_open) {
        return true;
    }
    if (output->kind == PROOF_OUTPUT_PAGE && !write_streamed(output, write_end, NULL, error)) {
        proof_output_drop(output);
        return false;
    }
    output->is_open = false;
    return output->kind == PROOF_OUTPUT_FOLDER ? output_folder_finish(&output->folder, error)
                                               : output_file_finish(&output->file, error);
}

void proof_output_drop(struct proof_output *output) {
    if (output->is_open && output->kind == PROOF_OUTPUT_FOLDER) {
        output_folder_drop(&output->folder);
    }
    output_file_drop(&output->file);
    output->is_open = false;
}
