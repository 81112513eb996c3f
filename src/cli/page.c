// `quiniela page`: the page that checks a lottery's draws in a browser, for those who have its key.
#include "cli/cli.h"

#include "bet/errors.h"
#include "cli/command.h"
#include "cli/help_texts.h"
#include "cli/output_file.h"
#include "cli/page_making.h"
#include "notary/small_file.h"
#include "seal/encoding.h"
#include "seal/hash.h"
#include "seal/origin.h"
#include "seal/pulse_certificate.h"
#include "seal/vkey.h"

#include <stdio.h>

struct page_options {
    const char *key;       // a VKEY
    const char *nist_cert; // a file; NULL: none
    const char *origin;    // NULL: any draw of the key
    const char *output;    // NULL: standard output
};

static const struct setting table[] = {
    SETTING_TEXT_IN(struct page_options, key, "KEY", NULL, HELP_PAGE_KEY, .flag_only = true),
    SETTING_TEXT_IN(struct page_options, nist_cert, "NIST_CERT", NULL, HELP_PAGE_NIST_CERT,
                    .flag_only = true),
    SETTING_TEXT_IN(struct page_options, origin, "ORIGIN", NULL, HELP_PAGE_ORIGIN, .flag_only = true),
    SETTING_TEXT_IN(struct page_options, output, "OUTPUT", NULL, HELP_PAGE_OUTPUT, .flag_only = true),
    {.key = NULL},
};

static const struct setting_group groups[] = {{NULL, table, 0}, {.settings = NULL}};

const struct settings_command page_command = {
    .name = "page",
    .summary = HELP_PAGE_SUMMARY,
    .details = HELP_PAGE_DETAILS,
    .groups = groups,
};

// What the page says of the lottery.
struct page {
    struct vkey key;
    struct small_file certificate;
    char certificate_id[HEX_TEXT_BYTES(LONG_HASH_BYTES)]; // "" without a certificate
};

// Puts the flag before what is wrong with its value. Returns false.
static bool blame(const char *flag, struct error *error) {
    const struct error reason = *error;
    const struct error_code *code = reason.code == ERROR_NO_MEMORY ? ERROR_NO_MEMORY : ERROR_BAD_SETTING;
    return error_set(error, code, "%s: %s", flag, reason.text);
}

// The server's key is a NAME's, and signs notes. One of a witness or of another name signs no draw.
static bool read_key(const struct page_options *options, struct page *page, struct error *error) {
    if (options->key == NULL) {
        return error_set(error, ERROR_BAD_SETTING, "--key is missing: the lottery's public key");
    }
    if (!vkey_parse(slice_of(options->key), &page->key, error)) {
        return blame("--key", error);
    }
    if (page->key.type != VKEY_ED25519 || !sign_name_is_valid(slice_of(page->key.name))) {
        return error_set(error, ERROR_BAD_SETTING,
                         "--key: is no key of a central (quiniela keys --sign-name)");
    }
    return true;
}

static bool check_origin(const struct page_options *options, const struct page *page, struct error *error) {
    if (options->origin == NULL) {
        return true;
    }
    struct slice origin = slice_of(options->origin);
    if (!origin_is_valid(origin)) {
        return error_set(error, ERROR_BAD_SETTING, "--origin: is no NAME/DRAW");
    }
    return slice_is(origin_name(origin), page->key.name) ||
           error_set(error, ERROR_BAD_SETTING, "--origin: is a draw of another name than the key's, %s",
                     page->key.name);
}

static bool read_certificate(const struct page_options *options, struct page *page, struct error *error) {
    if (options->nist_cert == NULL) {
        return true;
    }
    struct pulse_certificate certificate;
    if (!small_file_read(options->nist_cert, CERTIFICATE_BYTES_MAX, &page->certificate, error) ||
        !pulse_certificate_read(small_file_text(&page->certificate), &certificate, error)) {
        return blame("--nist-cert", error);
    }
    hex_encode(certificate.id, sizeof certificate.id, page->certificate_id);
    pulse_certificate_free(&certificate);
    return true;
}

static bool write_piece(void *context, struct slice piece, struct error *error) {
    return output_file_write(context, piece.text, piece.length, error);
}

static bool write_page(const struct page_options *options, const struct page *page, struct error *error) {
    const struct page_making making = {.key = slice_of(options->key),
                                       .name = page->key.name,
                                       .origin = options->origin,
                                       .certificate_id = page->certificate_id,
                                       .certificate = small_file_text(&page->certificate)};
    struct output_file *out;
    if (!output_file_open(options->output, &out, error)) {
        return false;
    }
    if (!page_make(&making, write_piece, out, error)) {
        output_file_drop(&out);
        return false;
    }
    return output_file_finish(&out, error);
}

static bool make_page(const struct page_options *options, struct error *error) {
    struct page page = {.certificate_id = ""};
    bool done = read_key(options, &page, error) && check_origin(options, &page, error) &&
                read_certificate(options, &page, error) && write_page(options, &page, error);
    small_file_free(&page.certificate);
    return done;
}

int cli_page(const struct command_line *line) {
    struct page_options options;
    struct settings *settings;
    struct error error;
    int status;
    if (!command_begin(&page_command, line, &options, &settings, &status)) {
        return status;
    }
    bool done = make_page(&options, &error);
    settings_free(settings);
    return done ? EXIT_DONE : command_fail(&page_command, &error);
}
