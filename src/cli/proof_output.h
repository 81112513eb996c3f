// Where proofs go: one as a text, each into a file of a folder, or all on a page to print.
#ifndef QUINIELA_CLI_PROOF_OUTPUT_H
#define QUINIELA_CLI_PROOF_OUTPUT_H

#include "cli/output_file.h"
#include "prove/output_folder.h"
#include "seal/proof.h"

enum proof_output_kind { PROOF_OUTPUT_TEXT, PROOF_OUTPUT_FOLDER, PROOF_OUTPUT_PAGE };

// The caller sets the first four; the rest is zero at first.
struct proof_output {
    enum proof_output_kind kind;
    const char *path;       // NULL: standard output; not of a folder
    const struct vkey *key; // of a page: the server's
    const char *url;        // of a page, or NULL
    bool is_open;
    struct output_file *file;
    struct output_folder folder;
};

// Takes a proof (each_bet_proof); opens the output with the first one. A text takes one only.
bool proof_output_put(void *output, const struct proof *proof, struct error *error) MUST_CHECK;

// Ends the output, if it was opened. After proof_output_drop nothing is left of it.
bool proof_output_finish(struct proof_output *output, struct error *error) MUST_CHECK;
void proof_output_drop(struct proof_output *output);

#endif
