// Text becomes mdoc that means the same: nothing in it is taken for markup, and what is markup is.
#include "cmocka_all.h"

#include "manual/markdown.h"
#include "manual/mdoc.h"
#include "manual/texts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct {
    FILE *stream;
    char *text;
    size_t length;
} out;

static FILE *begin(void) {
    out.stream = open_memstream(&out.text, &out.length);
    assert_non_null(out.stream);
    return out.stream;
}

static void wrote(const char *wanted) {
    assert_int_equal(fclose(out.stream), 0);
    assert_string_equal(out.text, wanted);
    free(out.text);
}

static void paragraph(const char *text, const char *wanted) {
    mdoc_paragraph(begin(), text);
    wrote(wanted);
}

static void page(const char *text, const char *wanted) {
    struct error error;
    assert_true(markdown_print(begin(), text, &error));
    wrote(wanted);
}

static void refused(const char *text, const char *why) {
    struct error error;
    assert_false(markdown_print(begin(), text, &error));
    assert_non_null(strstr(error.text, why));
    assert_int_equal(fclose(out.stream), 0);
    free(out.text);
}

static void nothing_in_a_text_is_a_request(void **state) {
    (void)state;
    paragraph("a\\b ~ ^", "a\\eb \\(ti \\(ha\n");
    paragraph(".Sh and 'this", "\\&.Sh and \\&'this\n");
    paragraph("'quoted'", "\\&'quoted'\n");
    paragraph("--once, -o, well-known", "\\-\\-once, \\-o, well-known\n");
    paragraph("\u00e1 \u2026 \U0001F600", "\\[u00E1] \\[u2026] \\[u1F600]\n");
    paragraph("", "");
}

static void each_sentence_begins_a_line(void **state) {
    (void)state;
    paragraph("One. Two? (Three.) four", "One.\nTwo?\n(Three.)\nfour\n");
    paragraph("agency-1.csv ... and on", "agency-1.csv \\&... and on\n");
    paragraph("One\ntwo.\n\nThree", "One two.\n.Pp\nThree\n");
}

static void lines_are_short(void **state) {
    (void)state;
    char text[2000], *end = text;
    for (int i = 0; i < 100; i++) {
        end += sprintf(end, "%sword%d", i > 0 ? " " : "", i);
    }
    mdoc_paragraph(begin(), text);
    assert_int_equal(fclose(out.stream), 0);
    char *rest = out.text;
    for (char *line; (line = strsep(&rest, "\n")) != NULL;) {
        assert_true(strlen(line) <= 78);
    }
    free(out.text);
}

static void code_and_what_is_stressed_have_other_letters(void **state) {
    (void)state;
    paragraph("see `a-b '` now", "see \\fBa\\-b \\(aq\\fR now\n");
    paragraph("`{\"a\":**}`", "\\fB{\"a\":**}\\fR\n");
    paragraph("**Need `first`**: a", "\\fBNeed first\\fR: a\n");
    paragraph("a *classic* one, 2 * 3 * 4", "a \\fIclassic\\fR one, 2 * 3 * 4\n");
}

static void an_argument_is_one(void **state) {
    (void)state;
    mdoc_argument(begin(), "N");
    wrote("\\&N");
    mdoc_argument(begin(), "[FILE ...]");
    wrote("\"[FILE ...]\"");
    mdoc_marked_argument(begin(), "An `a \"b\"` c. D", strlen("An `a \"b\"` c. D"));
    wrote("\"\\&An \\fBa \\(dqb\\(dq\\fR c. D\"");
}

static void nothing_of_a_long_text_is_lost(void **state) {
    (void)state;
    static const char end[] = ".the-end";
    char text[5000 + sizeof end], wanted[sizeof text + 16];
    memset(text, 'x', 5000);
    memcpy(text + 5000, end, sizeof end);
    sprintf(wanted, "%.5000s.the\\-end\n", text);
    mdoc_literal(begin(), text, strlen(text));
    wrote(wanted);
    memcpy(text + 5000, "x'-", 4);
    sprintf(wanted, "a\n%s.\n", text);
    char sentence[sizeof text + 2];
    sprintf(sentence, "a %s", text);
    mdoc_sentence(begin(), sentence);
    wrote(wanted);
    text[5000] = '\0';
    mdoc_argument(begin(), text);
    wrote(text);
}

static void a_sentence_has_one_full_stop(void **state) {
    (void)state;
    mdoc_sentence(begin(), "One.\n\nTwo");
    wrote("One.\n.Pp\nTwo.\n");
    mdoc_sentence(begin(), "One.");
    wrote("One.\n");
}

static void headings_and_paragraphs(void **state) {
    (void)state;
    page("# Title\n\nOne [link `a`](b.md#c)\nand [b].\n\nTwo.\n\n## An end\n\nThree.\n",
         "One link \\fBa\\fR and [b].\n.Pp\nTwo.\n.Ss \"\\&An end\"\nThree.\n");
    page("One.\n<!-- not\u00a0shown -->\nTwo.\n", "One.\nTwo.\n");
}

static void lists(void **state) {
    (void)state;
    page("First:\n\n- one\n  more\n- two\n\nThen:\n\n1. a\n2. b\n",
         "First:\n.Bl -bullet\n.It\none more\n.It\ntwo\n.El\n.Pp\nThen:\n.Bl -enum\n.It\na\n.It\nb\n.El\n");
}

static void tables(void **state) {
    (void)state;
    page("| a | is |\n| --- | --- |\n| `x|y` | text |\n\nEnd.\n",
         ".Bl -tag -width Ds\n.It \"\\&\\fBx|y\\fR\"\ntext\n.El\n.Pp\nEnd.\n");
    page("| a | is | was |\n| --- | --- | --- |\n| 1 | 2 | 3 |\n",
         ".Bl -tag -width Ds\n.It \"\\&1\"\nis: 2\n.br\nwas: 3\n.El\n");
    refused("# T\n\n| a |\n| --- |\n| 1 | 2 |\n", "line 5 ");
    refused("| 6789012345678901234567890123456789012345678901234567890123456789 |\n| --- |\n", "line 1 ");
}

static void blocks_of_code(void **state) {
    (void)state;
    page("A:\n\n```sh\n.x -y\n\n# z\n```\n\nB:\n\n    indented\n      more\nC\n",
         "A:\n.Bd -literal -offset indent\n\\&.x \\-y\n\n# z\n.Ed\n.Pp\nB:\n.Bd -literal -offset "
         "indent\nindented\n"
         "  more\n.Ed\nC\n");
    page("B:\n\n    indented\n", "B:\n.Bd -literal -offset indent\nindented\n.Ed\n");
    refused("A\n\n```\nno end\n", "line 3 of the page: the block that begins here has no end");
}

static void a_section_goes_up_to_the_next(void **state) {
    (void)state;
    static const char text[] = ".Sh A\none\n.\\\" hidden\n.Ss B\ntwo\n.Sh AB\nthree\n";
    assert_true(text_print(begin(), text, "A"));
    wrote("one\n.Ss B\ntwo\n");
    text_print_section(begin(), text, "AB");
    wrote(".Sh AB\nthree\n");
    assert_false(text_print(begin(), text, "B"));
    wrote("");
}

static void a_text_that_cannot_be_read_is_named(void **state) {
    (void)state;
    static const char *const sections[] = {NULL};
    struct error error;
    assert_null(text_read("/proc/self/no-such-folder", "page", sections, &error));
    assert_non_null(strstr(error.text, "/page.mdoc is missing: what is written by hand"));
    assert_null(text_read("/proc/self/status", "page", sections, &error)); // no folder
    assert_ptr_equal(error.code, ERROR_SYSTEM);
    assert_non_null(strstr(error.text, "/proc/self/status/page.mdoc"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_in_a_text_is_a_request),
        cmocka_unit_test(each_sentence_begins_a_line),
        cmocka_unit_test(lines_are_short),
        cmocka_unit_test(code_and_what_is_stressed_have_other_letters),
        cmocka_unit_test(an_argument_is_one),
        cmocka_unit_test(nothing_of_a_long_text_is_lost),
        cmocka_unit_test(a_sentence_has_one_full_stop),
        cmocka_unit_test(headings_and_paragraphs),
        cmocka_unit_test(lists),
        cmocka_unit_test(tables),
        cmocka_unit_test(blocks_of_code),
        cmocka_unit_test(a_section_goes_up_to_the_next),
        cmocka_unit_test(a_text_that_cannot_be_read_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
