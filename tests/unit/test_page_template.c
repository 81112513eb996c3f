// What is put into a page stands in its places as text, and only scripts and styles as what they are.
#include "cmocka_all.h"

#include "bet/errors.h"
#include "cli/page_template.h"

#include <string.h>

static const struct page_value values[] = {
    {"key", {"a+b<\"&\">", 8}, false}, {"script", {"1 < 2 && {{key}}", 16}, true},
    {"empty", {"", 0}, false},         {"nothing", {NULL, 0}, false}, // as a file that is not there is read
    {"no-script", {NULL, 0}, true},    {.name = NULL},
};

struct written {
    char text[256];
    size_t length, room; // what fails when there is none
};

static bool write(void *context, struct slice piece, struct error *error) {
    struct written *written = context;
    assert_true(piece.text != NULL && piece.length > 0);
    if (piece.length > written->room - written->length) {
        return error_set(error, ERROR_SYSTEM, "no room");
    }
    memcpy(written->text + written->length, piece.text, piece.length);
    written->length += piece.length;
    return true;
}

static void gives(const char *text, const char *wanted) {
    struct written written = {.room = sizeof written.text - 1};
    struct error error;
    assert_true(page_template_fill(slice_of(text), values, write, &written, &error));
    written.text[written.length] = '\0';
    assert_string_equal(written.text, wanted);
}

static void values_stand_in_their_places(void **state) {
    (void)state;
    gives("", "");
    gives("no place", "no place");
    gives("{{key}}", "a+b&lt;&quot;&amp;&quot;&gt;");
    gives("<b title=\"{{key}}\">{{empty}}</b>", "<b title=\"a+b&lt;&quot;&amp;&quot;&gt;\"></b>");
    gives("{{nothing}}{{empty}}<i>{{no-script}}</i>", "<i></i>");
    gives("{{{key}}}{{key}}", "{a+b&lt;&quot;&amp;&quot;&gt;}a+b&lt;&quot;&amp;&quot;&gt;");
}

static void markup_is_put_in_as_it_is(void **state) {
    (void)state;
    gives("<script>{{script}}</script>", "<script>1 < 2 && {{key}}</script>"); // and not filled in again
}

static void other_braces_are_left(void **state) {
    (void)state;
    gives("{{", "{{");
    gives("{{key}", "{{key}");
    gives("{{keys}} {{ key }} {key} }}", "{{keys}} {{ key }} {key} }}");
}

static void a_write_that_fails_is_a_failure(void **state) {
    (void)state;
    static const char text[] = "before {{key}} {{script}} behind";
    struct written whole = {.room = sizeof whole.text};
    struct error error;
    assert_true(page_template_fill(slice_of(text), values, write, &whole, &error));
    for (size_t room = 0; room < whole.length; room++) {
        struct written written = {.room = room};
        assert_false(page_template_fill(slice_of(text), values, write, &written, &error));
        assert_ptr_equal(error.code, ERROR_SYSTEM);
        assert_memory_equal(written.text, whole.text, written.length);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_stand_in_their_places),
        cmocka_unit_test(markup_is_put_in_as_it_is),
        cmocka_unit_test(other_braces_are_left),
        cmocka_unit_test(a_write_that_fails_is_a_failure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
