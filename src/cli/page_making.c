#include "cli/page_making.h"

#include "cli/page_files.h"
#include "cli/page_template.h"
#include "seal/encoding.h"
#include "seal/hash.h"

#include <stdio.h>

enum { SOURCE_HASH_BYTES = sizeof "sha256-" + BASE64_TEXT_BYTES(HASH_BYTES) };

static struct slice embedded(const unsigned char *bytes, size_t length) {
    return (struct slice){(const char *)bytes, length};
}

// What a page's policy names a script or a style by.
static void hash_source(struct slice source, char text[SOURCE_HASH_BYTES]) {
    struct hash hash;
    hash_of(source.text, source.length, &hash);
    char base64[BASE64_TEXT_BYTES(HASH_BYTES)];
    base64_encode(hash.bytes, sizeof hash.bytes, base64);
    snprintf(text, SOURCE_HASH_BYTES, "sha256-%s", base64);
}

bool page_make(const struct page_making *page,
               bool (*write)(void *context, struct slice piece, struct error *error), void *context,
               struct error *error) {
    struct slice script = embedded(page_script, page_script_bytes),
                 style = embedded(page_style, page_style_bytes);
    char script_hash[SOURCE_HASH_BYTES], style_hash[SOURCE_HASH_BYTES];
    hash_source(script, script_hash);
    hash_source(style, style_hash);
    const struct page_value values[] = {
        {"script", script, true},
        {"style", style, true},
        {"script-hash", slice_of(script_hash), false},
        {"style-hash", slice_of(style_hash), false},
        {"name", slice_of(page->name), false},
        {"key", page->key, false},
        {"origin", slice_of(page->origin == NULL ? "" : page->origin), false},
        {"certificate-id", slice_of(page->certificate_id), false},
        {"certificate", page->certificate, false},
        {.name = NULL},
    };
    return page_template_fill(embedded(page_html, page_html_bytes), values, write, context, error);
}
