#include "cli/verify_page.h"

#include "cli/page_making.h"
#include "notary/small_file.h"
#include "seal/encoding.h"
#include "seal/hash.h"
#include "seal/origin.h"
#include "seal/pulse_certificate.h"

#include <stdio.h>
#include <stdlib.h>

static bool write_piece(void *context, struct slice piece, struct error *error) {
    FILE *text = context;
    return fwrite(piece.text, 1, piece.length, text) == piece.length ||
           error_set(error, ERROR_NO_MEMORY, "no memory for the page that checks draws");
}

static bool write_page(const struct page_making *making, struct verify_page *page, struct error *error) {
    FILE *text = open_memstream(&page->text, &page->length);
    if (text == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for the page that checks draws");
    }
    bool made = page_make(making, write_piece, text, error);
    return fclose(text) == 0
               ? made
               : made && error_set(error, ERROR_NO_MEMORY, "no memory for the page that checks draws");
}

static bool read_certificate(const struct server_options *options, const struct notary *notary,
                             struct small_file *file, struct error *error) {
    return !notary->has_certificate ||
           small_file_read(options->sign.beacon_certificate, CERTIFICATE_BYTES_MAX, file, error);
}

bool verify_page_make(struct verify_page *page, const struct server_options *options,
                      const struct notary *notary, struct error *error) {
    *page = (struct verify_page){NULL, 0};
    if (notary == NULL || !draw_name_is_valid(slice_of(options->store.draw))) {
        return true;
    }
    const struct vkey *key = signing_key_public(notary->key);
    char key_text[VKEY_TEXT_BYTES], origin[ORIGIN_BYTES_MAX + 1];
    char certificate_id[HEX_TEXT_BYTES(LONG_HASH_BYTES)] = "";
    struct small_file certificate = {.size = 0};
    if (!read_certificate(options, notary, &certificate, error)) {
        return false;
    }
    if (notary->has_certificate) {
        hex_encode(notary->certificate.id, sizeof notary->certificate.id, certificate_id);
    }
    size_t length = vkey_format(key, key_text);
    snprintf(origin, sizeof origin, "%s/%s", key->name, options->store.draw);
    const struct page_making making = {.key = {key_text, length},
                                       .name = key->name,
                                       .origin = origin,
                                       .certificate_id = certificate_id,
                                       .certificate = small_file_text(&certificate)};
    bool made = write_page(&making, page, error);
    small_file_free(&certificate);
    if (!made) {
        verify_page_free(page);
    }
    return made;
}

void verify_page_free(struct verify_page *page) {
    free(page->text);
    *page = (struct verify_page){NULL, 0};
}
