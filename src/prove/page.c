#include "prove/page.h"

#include "bet/bet.h"
#include "claims/markup.h"
#include "prove/page_texts.h"
#include "prove/qr_code.h"
#include "seal/encoding.h"
#include "seal/proof_code.h"

#include <inttypes.h>
#include <string.h>

// The address -----------------------------------------------------------------------------------------------

bool page_url_is_valid(const char *url, struct error *error) {
    size_t length = strlen(url);
    bool is_address = strncmp(url, "https://", 8) == 0; // elsewhere browsers check nothing
    if (!is_address || length > VERIFY_URL_BYTES_MAX) {
        return error_set(error, ERROR_BAD_SETTING,
                         "\"%.80s\" is no address that begins with https://, of at most %d bytes", url,
                         VERIFY_URL_BYTES_MAX);
    }
    for (size_t i = 0; i < length; i++) {
        if (url[i] <= ' ' || url[i] > '~' || strchr("\"'<>#\\`", url[i]) != NULL) {
            return error_set(
                error, ERROR_BAD_SETTING,
                "\"%.80s\": byte %zu may not be in an address; '#' comes before the code by itself", url,
                i + 1);
        }
    }
    return true;
}

// Beginning and end -----------------------------------------------------------------------------------------

// The page runs and loads nothing; its own style has its hash.
void page_begin(FILE *out) {
    static const char style[] = PAGE_STYLE;
    char hash_text[BASE64_TEXT_BYTES(HASH_BYTES)];
    struct hash hash;
    hash_of(style, sizeof style - 1, &hash);
    base64_encode(hash.bytes, HASH_BYTES, hash_text);
    fprintf(out,
            "<!DOCTYPE html>\n<html lang=\"es\">\n<head>\n<meta charset=\"utf-8\">\n"
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
            "'sha256-%s'\">\n<meta name=\"referrer\" content=\"no-referrer\">\n"
            "<meta name=\"viewport\" content=\"width=device-width\">\n<title>%s</title>\n<style>%s</style>\n"
            "</head>\n<body>\n",
            hash_text, PAGE_TITLE, style);
}

void page_end(FILE *out) {
    fputs("</body>\n</html>\n", out);
}

// Fields ----------------------------------------------------------------------------------------------------

static void put_field(FILE *out, const char *label, struct slice value) {
    fprintf(out, "<dt>%s</dt><dd>", label);
    markup_text(out, value);
    fputs("</dd>\n", out);
}

static void put_number(FILE *out, const char *label, uint64_t value) {
    fprintf(out, "<dt>%s</dt><dd>%" PRIu64 "</dd>\n", label, value);
}

static struct slice field_of(const struct bet_slice *field) {
    return (struct slice){field->text, field->length};
}

static void put_bet(FILE *out, const struct proof *proof) {
    struct bet_slice fields[BET_FIELDS];
    bet_split(proof->bet.row.text, proof->bet.row.length, fields);
    fprintf(out, "<dt>%s</dt><dd class=\"number\">", PAGE_NUMBER);
    markup_text(out, field_of(&fields[BET_NUMBER]));
    fputs("</dd>\n", out);
    put_field(out, PAGE_FIRST_NAME, field_of(&fields[BET_FIRST_NAME]));
    put_field(out, PAGE_LAST_NAME, field_of(&fields[BET_LAST_NAME]));
    put_field(out, PAGE_DOCUMENT, field_of(&fields[BET_DOCUMENT]));
    put_field(out, PAGE_BIRTH_DATE, field_of(&fields[BET_BIRTH_DATE]));
}

static void put_fields(FILE *out, const struct proof *proof, const struct checkpoint *seal,
                       const struct vkey *key) {
    char root[BASE64_TEXT_BYTES(HASH_BYTES)], key_text[VKEY_TEXT_BYTES];
    base64_encode(seal->root.bytes, HASH_BYTES, root);
    vkey_format(key, key_text);
    fputs("<dl>\n", out);
    put_bet(out, proof);
    put_field(out, PAGE_DRAW, seal->origin);
    put_number(out, PAGE_AGENCY, proof->bet.agency);
    put_number(out, PAGE_BET, proof->bet.index);
    put_number(out, PAGE_COUNT, proof->count);
    fprintf(out, "<dt>%s</dt><dd>%s</dd>\n", PAGE_STATE,
            proof->state == ENTRY_FINISHED ? PAGE_FINISHED : PAGE_CUT);
    put_field(out, PAGE_SEAL, slice_of(root));
    put_field(out, PAGE_KEY, slice_of(key_text));
    fputs("</dl>\n", out);
}

// The code --------------------------------------------------------------------------------------------------

static void put_paragraphs(FILE *out, const char *class, const char *spanish, const char *english) {
    fprintf(out, "<p%s lang=\"es\">%s</p>\n<p%s lang=\"en\">%s</p>\n", class, spanish, class, english);
}

static void put_warning(FILE *out, const char *url) {
    fprintf(out, "<div class=\"warning\">\n");
    put_paragraphs(out, "", PAGE_DATA_ES, PAGE_DATA_EN);
    if (url != NULL) {
        fprintf(out, "<p lang=\"es\">%s", PAGE_URL_ES);
        markup_text(out, slice_of(url));
        fprintf(out, "</p>\n<p lang=\"en\">%s", PAGE_URL_EN);
        markup_text(out, slice_of(url));
        fputs("</p>\n", out);
    }
    fputs("</div>\n", out);
}

static bool put_code(FILE *out, const struct proof *proof, const struct vkey *key, const char *url,
                     struct error *error) {
    uint8_t bytes[PROOF_CODE_BYTES_MAX];
    char text[PROOF_CODE_TEXT_BYTES], before[VERIFY_URL_BYTES_MAX + 2] = "";
    size_t length;
    bool fits;
    if (!proof_code_write(proof, key, bytes, &length, error)) {
        return false;
    }
    struct slice code = {text, base32_encode(bytes, length, text)};
    if (url != NULL) {
        snprintf(before, sizeof before, "%s#", url);
    }
    if (!qr_code_write(out, slice_of(before), code, &fits, error)) {
        return false;
    }
    if (fits) {
        put_warning(out, url);
        put_paragraphs(out, "", PAGE_HOW_ES, PAGE_HOW_EN);
    } else {
        put_paragraphs(out, " class=\"warning\"", PAGE_TOO_LARGE_ES, PAGE_TOO_LARGE_EN);
    }
    return true;
}

bool page_put(FILE *out, const struct proof *proof, const struct vkey *key, const char *url,
              struct error *error) {
    struct checkpoint seal;
    if (!proof_check(proof, key, (struct slice){0}, &seal, error)) {
        return false;
    }
    fprintf(out, "<section>\n<h1>%s</h1>\n", PAGE_TITLE);
    put_fields(out, proof, &seal, key);
    if (!put_code(out, proof, key, url, error)) {
        return false;
    }
    fputs("</section>\n", out);
    return true;
}
