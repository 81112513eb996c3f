// Texts are in the language of the environment between catalog_begin and catalog_end alone.
// The catalogs are the build's, which lie beside these programs. No locale of the machine is needed.
#include "cmocka_all.h"

#include "base/catalog.h"
#include "base/translate.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const variables[] = {"LC_ALL", "LC_MESSAGES", "LANG", "LANGUAGE"};

// gettext remembers what it found, and looks again when this changes (its manual, "gettext grok").
extern int _nl_msg_cat_cntr;

// What is NULL is not set.
static void begin(const char *all, const char *messages, const char *lang, const char *language) {
    const char *const values[] = {all, messages, lang, language};
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++) {
        assert_int_equal(values[i] == NULL ? unsetenv(variables[i]) : setenv(variables[i], values[i], 1), 0);
    }
    _nl_msg_cat_cntr++;
    catalog_end();
    catalog_begin();
}

static void nothing_is_translated_before_or_after(void **state) {
    (void)state;
    assert_string_equal(_("wrong"), "wrong");
    begin(NULL, NULL, "es_AR.UTF-8", NULL);
    assert_string_equal(_("wrong"), "mal");
    catalog_end();
    assert_string_equal(_("wrong"), "wrong");
    assert_string_equal(translate_count("%s; and %d", "%s; and %d more", 2), "%s; and %d more");
    assert_string_equal(translate_beside_log("wrong"), "mal");
}

static void the_first_variable_that_is_set_decides(void **state) {
    static const struct {
        const char *all, *messages, *lang, *language, *said;
    } environments[] = {
        {NULL, NULL, NULL, NULL, "wrong"},
        {NULL, NULL, "C", NULL, "wrong"},
        {NULL, NULL, "C", "es", "wrong"},
        {NULL, NULL, "POSIX", NULL, "wrong"},
        {NULL, NULL, "en_US.UTF-8", NULL, "wrong"},
        {NULL, NULL, "C.UTF-8", NULL, "wrong"},
        {NULL, NULL, "es", NULL, "mal"},
        {NULL, NULL, "es_AR", NULL, "mal"},
        {NULL, NULL, "es_AR.UTF-8", "", "mal"},
        {NULL, "es_AR.UTF-8", "en_US.UTF-8", NULL, "mal"},
        {"", "es_AR.UTF-8", NULL, NULL, "mal"},
        {"es_ES.UTF-8", "C", "C", NULL, "mal"},
        {"C", "es_AR.UTF-8", "es_AR.UTF-8", NULL, "wrong"},
        {NULL, NULL, "en_US.UTF-8", "es", "mal"},
        {NULL, NULL, "en_US.UTF-8", "xx:es", "mal"},
        {NULL, NULL, "es_AR.UTF-8", "en", "wrong"},
        {NULL, NULL, "es_AR.UTF-8", "locale/../es", "wrong"},
        {NULL, NULL, "/es", NULL, "wrong"},
        {NULL, NULL, "en_US.UTF-8", "es:..", "wrong"},
        {NULL, NULL, ".", "es:.x", "wrong"},
        {NULL, NULL, "es_AR.UTF-8@euro", NULL, "mal"},
        {NULL, NULL, "es\x1b[2J", NULL, "wrong"},
        {NULL, NULL, "en_US.UTF-8", "::es", "mal"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof environments / sizeof *environments; i++) {
        begin(environments[i].all, environments[i].messages, environments[i].lang, environments[i].language);
        if (strcmp(_("wrong"), environments[i].said) != 0) {
            fail_msg("environment %zu: %s", i, _("wrong"));
        }
    }
}

static void letters_are_utf8(void **state) {
    (void)state;
    begin(NULL, NULL, "es_AR.ISO-8859-1", NULL);
    assert_string_equal(_("connection"), "conexi\u00f3n");
}

static void each_count_has_its_form(void **state) {
    (void)state;
    begin(NULL, NULL, NULL, NULL);
    assert_string_equal(translate_count("one", "more", 1), "one");
    assert_string_equal(translate_count("one", "more", 0), "more");
    begin(NULL, NULL, "es", NULL);
    const char *one = "the bet has %d field instead of %d", *more = "the bet has %d fields instead of %d";
    assert_string_equal(translate_count(one, more, 1), "la apuesta tiene %d campo en lugar de %d");
    assert_string_equal(translate_count(one, more, 0), "la apuesta tiene %d campos en lugar de %d");
    assert_string_equal(translate_count("one", "more", 2), "more");
}

static void an_unknown_or_empty_text_stays_as_it_is(void **state) {
    (void)state;
    begin(NULL, NULL, "es", NULL);
    assert_string_equal(_("nobody has translated this"), "nobody has translated this");
    assert_string_equal(_(""), "");
}

// Numbers, and what the C library says, are as ever.
static void the_rest_of_the_process_stays_as_it_was(void **state) {
    char number[8];
    (void)state;
    begin("es_AR.UTF-8", NULL, NULL, NULL);
    snprintf(number, sizeof number, "%.1f", 0.5);
    assert_string_equal(number, "0.5");
    assert_string_equal(setlocale(LC_ALL, NULL), "C");
    assert_string_equal(strerror(2), "No such file or directory");
    assert_string_equal(_("No such file or directory"), "No existe el archivo o la carpeta");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_translated_before_or_after),
        cmocka_unit_test(the_first_variable_that_is_set_decides),
        cmocka_unit_test(letters_are_utf8),
        cmocka_unit_test(each_count_has_its_form),
        cmocka_unit_test(an_unknown_or_empty_text_stays_as_it_is),
        cmocka_unit_test(the_rest_of_the_process_stays_as_it_was),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
