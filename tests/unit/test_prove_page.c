// A page to print shows what a bet says, whatever it holds, and its code is the proof.
#include "seal_story.h"

#include "bet/limits.h"
#include "claims/markup.h"
#include "prove/page.h"
#include "prove/qr_code.h"
#include "seal/errors.h"
#include "seal/proof_code.h"

#include <qrencode.h>

enum { PAGE_BYTES = 256 * 1024 };

static char text[PAGE_BYTES];

// Begins to write into `text`.
static FILE *begin(void) {
    text[0] = '\0';
    FILE *out = fmemopen(text, sizeof text, "w");
    assert_non_null(out);
    return out;
}

static void end(FILE *out) {
    assert_int_equal(ferror(out), 0);
    assert_int_equal(fclose(out), 0);
}

static const char *marked(const char *field) {
    FILE *out = begin();
    markup_text(out, slice_of(field));
    end(out);
    return text;
}

static void fields_stay_fields(void **state) {
    (void)state;
    assert_string_equal(marked("Ana"), "<bdi>Ana</bdi>");
    assert_string_equal(marked("<b>&\"'"), "<bdi>&lt;b&gt;&amp;&quot;&#39;</bdi>");
    assert_string_equal(marked("\xC3\xB1 \xE6\x97\xA5"), "<bdi>\xC3\xB1 \xE6\x97\xA5</bdi>");
    assert_string_equal(marked("a\xE2\x80\xAE"
                               "b"),
                        "<bdi>a<span class=\"hidden\">U+202E</span>b</bdi>");
    assert_string_equal(marked("\xC2\xA0\xE2\x80\x8B"), "<bdi><span class=\"hidden\">U+00A0</span>"
                                                        "<span class=\"hidden\">U+200B</span></bdi>");
    assert_string_equal(marked("\xFF\xC3"), "<bdi><span class=\"hidden\">0xFF</span>"
                                            "<span class=\"hidden\">0xC3</span></bdi>");
    assert_string_equal(marked(""), "<bdi></bdi>");
}

// Codes -----------------------------------------------------------------------------------------------------

// Draws the SVG's path into `modules`, without the quiet zone. Returns the side's length.
static int draw_svg(unsigned char *modules) {
    unsigned whole;
    const char *box = strstr(text, "viewBox=\"0 0 "), *at = strstr(text, " d=\"");
    assert_non_null(box);
    assert_int_equal(sscanf(box, "viewBox=\"0 0 %u", &whole), 1);
    int width = (int)whole - 8, x, y, length, taken;
    memset(modules, 0, (size_t)(width * width));
    for (at += 4; sscanf(at, "M%d %dh%dv1h-%*dz%n", &x, &y, &length, &taken) == 3; at += taken) {
        for (int i = 0; i < length; i++) {
            assert_true(x + i - 4 >= 0 && x + i - 4 < width && y - 4 >= 0 && y - 4 < width);
            modules[(y - 4) * width + x + i - 4] = 1;
        }
    }
    assert_memory_equal(at, "\"/></svg>", 9);
    return width;
}

static bool write_code(const char *before, const char *code) {
    struct error error;
    bool fits;
    FILE *out = begin();
    assert_true(qr_code_write(out, slice_of(before), slice_of(code), &fits, &error));
    end(out);
    return fits;
}

static void a_codes_modules_are_those_of_its_text(void **state) {
    (void)state;
    static unsigned char modules[177 * 177];
    assert_true(write_code("", "ABC234"));
    QRcode *code = QRcode_encodeString("ABC234", 0, QR_ECLEVEL_L, QR_MODE_8, 1);
    assert_non_null(code);
    assert_int_equal(draw_svg(modules), code->width);
    for (int i = 0; i < code->width * code->width; i++) {
        assert_int_equal(modules[i], code->data[i] & 1);
    }
    QRcode_free(code);
}

// The side, without the quiet zone, in micrometres.
static double side_um(void) {
    double mm;
    unsigned whole;
    assert_int_equal(sscanf(strstr(text, " width=\""), " width=\"%lfmm", &mm), 1);
    assert_int_equal(sscanf(strstr(text, "viewBox"), "viewBox=\"0 0 %u", &whole), 1);
    return 1000 * mm * (whole - 8) / whole;
}

static void codes_are_large_enough_and_not_too_large(void **state) {
    (void)state;
    static char code[8192];
    memset(code, 'A', 2520); // what version 30 has room for
    assert_true(write_code("", code));
    assert_non_null(strstr(text, "viewBox=\"0 0 145 145\""));
    assert_true(side_um() >= 60000);
    code[2520] = 'A';
    assert_false(write_code("", code)); // version 31
    assert_string_equal(text, "");
    memset(code, 'A', 5000);
    assert_false(write_code("", code)); // no version
    assert_true(write_code("", "A"));
    assert_true(side_um() >= 60000);
    code[2500] = '\0';
    assert_false(write_code("https://lottery.example/verify.html#", code));
}

// Pages -----------------------------------------------------------------------------------------------------

static void write_page(struct sealed *sealed, uint32_t agency, uint64_t bet, const char *url) {
    char bet_text[TEXT_BYTES_MAX];
    struct proof proof;
    struct error error;
    seal_proof(sealed, agency, bet, bet_text, &proof);
    FILE *out = begin();
    page_begin(out);
    assert_true(page_put(out, &proof, signing_key_public(sealed->server), url, &error));
    page_end(out);
    end(out);
}

static void a_page_shows_the_bet(void **state) {
    (void)state;
    static const char *const parts[] = {
        "<!DOCTYPE html>",
        "default-src 'none'; style-src 'sha256-",
        "<dd class=\"number\"><bdi>0007</bdi></dd>",
        "<bdi>Ana &quot;la 7&quot;</bdi>",
        "<bdi>A1</bdi>",
        "<bdi>" SMALL_ORIGIN "</bdi>",
        "<bdi>AJ4ecKAKW/OwfG03nwYIrXCyVWtaMQgQZBI+MSEA6FI=</bdi>",
        "<bdi>lottery.example/central+ceca6345+",
        "<svg ",
        "lang=\"en\">What is printed proves nothing by itself",
        "lang=\"es\">Lo impreso por s",
        "El c&#243;digo contiene los datos del apostador",
        "The code holds the bettor's data",
        "</html>",
    };
    struct sealed *sealed = seal_small();
    write_page(sealed, 1, 1, NULL);
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        if (strstr(text, parts[i]) == NULL) {
            fail_msg("the page lacks %s", parts[i]);
        }
    }
    assert_null(strstr(text, "this address"));
    assert_null(strstr(text, "<script"));
    seal_end(sealed);
}

static void an_address_is_named_and_opened(void **state) {
    (void)state;
    struct sealed *sealed = seal_small();
    write_page(sealed, 1, 1, "https://lottery.example/v?a=1&b=2");
    assert_non_null(strstr(text, "opens this address, and the page that is there is given these data: "
                                 "<bdi>https://lottery.example/v?a=1&amp;b=2</bdi>"));
    assert_null(strstr(text, "href"));
    seal_end(sealed);
}

static const char *const no_addresses[] = {
    "",
    "lottery.example",
    "javascript:x",
    "https://a b",
    "http://lottery.example/verify.html",
    "https://a#b",
    "https://a\"b",
    "https://\xC3\xB1.example",
    "https://a<b",
};

static void addresses_that_are_none(void **state) {
    (void)state;
    struct error error;
    char url[VERIFY_URL_BYTES_MAX + 2];
    for (size_t i = 0; i < sizeof no_addresses / sizeof no_addresses[0]; i++) {
        assert_false(page_url_is_valid(no_addresses[i], &error));
        assert_error(&error, ERROR_BAD_SETTING);
    }
    memset(url, 'a', sizeof url);
    memcpy(url, "https://", 8);
    url[VERIFY_URL_BYTES_MAX] = '\0';
    assert_true(page_url_is_valid(url, &error));
    url[VERIFY_URL_BYTES_MAX] = 'a';
    url[VERIFY_URL_BYTES_MAX + 1] = '\0';
    assert_false(page_url_is_valid(url, &error));
}

static void a_proof_that_does_not_hold_has_no_page(void **state) {
    (void)state;
    char bet_text[TEXT_BYTES_MAX];
    struct proof proof;
    struct error error;
    struct sealed *sealed = seal_small();
    seal_proof(sealed, 1, 1, bet_text, &proof);
    proof.salt[0] ^= 1;
    FILE *out = begin();
    assert_false(page_put(out, &proof, signing_key_public(sealed->server), NULL, &error));
    assert_error(&error, ERROR_FALSE_CLAIM);
    assert_int_equal(ftell(out), 0);
    end(out);
    seal_end(sealed);
}

// A bet of an agency with 2^40 bets, of 10,000,000 agencies: whatever hashes its paths have, some draw has
// them.
static void make_large_proof(const struct sealed *sealed, char note[1024], char bet_text[TEXT_BYTES_MAX],
                             struct proof *proof) {
    struct agency_entry entry = {slice_of(SMALL_ORIGIN), 1, ENTRY_FINISHED, UINT64_C(1) << 40, {{0}}};
    struct checkpoint seal = {slice_of(SMALL_ORIGIN), AGENCIES_MAX + 1, {{0}}};
    char seal_text[CHECKPOINT_BYTES_MAX];
    const struct signing_key *keys[] = {sealed->server};
    struct error error;
    struct hash leaf;
    struct draft draft;
    *proof = (struct proof){.state = entry.state, .count = entry.count, .agency = {.index = 1}};
    proof->text = (struct slice){bet_text, bet_text_write(1, 0, slice_of("a,b,1,2000-01-01,0"), bet_text)};
    assert_true(bet_text_parse(proof->text, &proof->bet, &error));
    proof->path.length = merkle_path_length(0, entry.count);
    proof->agency.path.length = merkle_path_length(1, seal.size);
    assert_true(proof_root(proof, &entry.root, &error));
    agency_entry_leaf(&entry, &leaf);
    assert_true(merkle_path_root(&proof->agency.path, 1, seal.size, &leaf, &seal.root));
    draft_begin(&draft, note, 1024);
    assert_true(
        note_sign(&draft, (struct slice){seal_text, checkpoint_write(&seal, seal_text)}, keys, 1, &error));
    proof->agency.note = draft_text(&draft);
}

static void a_proof_that_is_too_large_for_a_code(void **state) {
    (void)state;
    char note[1024], bet_text[TEXT_BYTES_MAX];
    struct proof proof;
    struct error error;
    struct sealed *sealed = seal_small();
    make_large_proof(sealed, note, bet_text, &proof);
    FILE *out = begin();
    if (!page_put(out, &proof, signing_key_public(sealed->server), NULL, &error)) {
        fail_msg("%s", error.text);
    }
    end(out);
    assert_null(strstr(text, "<svg"));
    assert_null(strstr(text, "the QR code is the proof"));
    assert_non_null(strstr(text, "use the file, .tlog-proof."));
    assert_non_null(strstr(text, "use el archivo .tlog-proof."));
    seal_end(sealed);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_stay_fields),
        cmocka_unit_test(a_codes_modules_are_those_of_its_text),
        cmocka_unit_test(codes_are_large_enough_and_not_too_large),
        cmocka_unit_test(a_page_shows_the_bet),
        cmocka_unit_test(an_address_is_named_and_opened),
        cmocka_unit_test(addresses_that_are_none),
        cmocka_unit_test(a_proof_that_does_not_hold_has_no_page),
        cmocka_unit_test(a_proof_that_is_too_large_for_a_code),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
