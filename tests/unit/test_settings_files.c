// INI and YAML files set what they name, and whatever is wrong in them is named with its line.
#include "settings_story.h"

// The INI file --------------------------------------------------------------------------------------------

static void ini_keys_are_found_in_any_case(void **state) {
    struct story *story = *state;
    write_file("\xEF\xBB\xBF# a comment\r\n[DEFAULT]\r\n; another\r\n\r\ngate_port = 0077\r\n  Shelf: a = "
               "b;c ; why\r\n"
               "HOST_IP =\r\nloudness=warn");
    ASSERT_READY(&central, FILE_FLAG);
    ASSERT_WRITTEN(gate_port, "0077");
    assert_int_equal(story->values.gate_port, 77);
    assert_string_equal(story->values.shelf, "a = b;c");
    ASSERT_WRITTEN(loudness, "warn");
    assert_null(story->values.host_ip);
    assert_false(settings_is_set(story->settings, &story->values.host_ip));
    assert_string_equal(story->printed, "");
}

static void ini_keys_count_in_section_default_only(void **state) {
    struct story *story = *state;
    write_file("GATE_PORT = 1\n[other]\nSHELF = x\n[DEFAULT]\nHOST_IP = ::1\n");
    ASSERT_READY(&central, FILE_FLAG);
    ASSERT_WRITTEN(gate_port, "1");
    assert_string_equal(story->values.shelf, "shelf.db");
    assert_string_equal(story->values.host_ip, "::1");
    assert_non_null(strstr(story->printed, "| key: other.SHELF | line: 3 |"));
}

static void unknown_keys_only_cause_a_warning(void **state) {
    struct story *story = *state;
    write_file("[DEFAULT]\nNOVELTY = 1\nGATE_PORT = 2\nCONFIG = other.file\nCLI_ID = 3\n");
    ASSERT_READY(&central, FILE_FLAG);
    assert_int_equal(story->values.gate_port, 2);
    const char *warning =
        strstr(story->printed, "WARNING  action: config | result: fail | file: settings.file | "
                               "key: NOVELTY | line: 2 | error: unknown_key\n");
    assert_non_null(warning);
    assert_non_null(strstr(warning, "| key: CONFIG | line: 4 |"));
    assert_non_null(strstr(warning, "| key: CLI_ID | line: 5 |"));
    assert_null(strstr(story->printed, "GATE_PORT"));
    write_file("novelty: {a: 1}\nid: 2\n");
    ASSERT_READY(&office, FILE_FLAG);
    assert_int_equal(story->values.id, 2);
    assert_non_null(
        strstr(story->printed, "| file: settings.file | key: novelty.a | line: 1 | error: unknown_key\n"));
}

static void a_bad_value_in_the_file_is_named_with_its_line(void **state) {
    struct story *story = *state;
    write_file("[DEFAULT]\n\nGate_Port = abc\nLOUDNESS = LOUD\n");
    ASSERT_WRONG("settings.file:3: Gate_Port: \"abc\" is not a whole number from 0 to 65535", &central,
                 FILE_FLAG);
    write_file("[DEFAULT]\nGATE_PORT =\n");
    ASSERT_WRONG("settings.file:2: GATE_PORT: \"\" is not a whole number from 0 to 65535", &central,
                 FILE_FLAG);
    write_file("hall:\n  address: a:1\n\npile:\n  maxamount: 100\n");
    ASSERT_WRONG("settings.file:5: pile.maxamount: \"100\" is not a whole number from 1 to 99", &office,
                 FILE_FLAG);
}

static void a_key_given_twice_is_refused(void **state) {
    struct story *story = *state;
    write_file("GATE_PORT = 1\n\ngate_port = 1\n");
    ASSERT_WRONG("settings.file:3: gate_port: it was set on line 1 already", &central, FILE_FLAG);
    write_file("HOST_IP =\nHOST_IP = ::1\n");
    ASSERT_WRONG("settings.file:2: HOST_IP: it was set on line 1 already", &central, FILE_FLAG);
}

static void an_ini_line_that_does_not_parse_is_named(void **state) {
    struct story *story = *state;
    write_file("[DEFAULT]\nGATE_PORT\n");
    ASSERT_WRONG("settings.file:2: this is neither a section nor a key with a value nor a comment", &central,
                 FILE_FLAG);
    write_file("# so\n[DEFAULT\nGATE_PORT = 1\n");
    ASSERT_WRONG("settings.file:2: this is neither a section nor a key with a value nor a comment", &central,
                 FILE_FLAG);
    // The first one counts, whichever kind it is of.
    write_file("GATE_PORT\nLOUDNESS = LOUD\n");
    ASSERT_WRONG("settings.file:1: this is neither a section nor a key with a value nor a comment", &central,
                 FILE_FLAG);
    write_file("LOUDNESS = INFO\nGATE_PORT = x\nSHELF\n");
    ASSERT_WRONG("settings.file:2: GATE_PORT: \"x\" is not a whole number from 0 to 65535", &central,
                 FILE_FLAG);
    write_file("\n = 5\n");
    ASSERT_WRONG("settings.file:2: there is no key before the value", &central, FILE_FLAG);
    write_bytes("\nSHELF = a\0b\n", 13);
    ASSERT_WRONG("settings.file:2: the line holds a NUL byte", &central, FILE_FLAG);
}

static void an_indented_ini_line_never_continues_the_one_before(void **state) {
    struct story *story = *state;
    write_file("SHELF = a\n  GATE_PORT = 9\n");
    ASSERT_READY(&central, FILE_FLAG);
    assert_string_equal(story->values.shelf, "a");
    assert_int_equal(story->values.gate_port, 9);
    write_file("SHELF = a\n  b\n");
    ASSERT_WRONG("settings.file:2: this is neither a section nor a key with a value nor a comment", &central,
                 FILE_FLAG);
}

// Lines up to inih's limit come whole; a longer one is refused rather than cut in two.
static void a_long_ini_line_is_never_cut(void **state) {
    struct story *story = *state;
    char longest[512] = "";
    for (size_t length = 100; length < 400; length++) {
        char value[512], text[600], refusal[128];
        memset(value, 'v', length);
        value[length] = '\0';
        snprintf(text, sizeof text, "[DEFAULT]\nSHELF=%s\r\nGATE_PORT=1\n", value);
        write_file(text);
        if (LOAD(&central, FILE_FLAG) == SETTINGS_READY) {
            assert_string_equal(story->values.shelf, value);
            assert_int_equal(story->values.gate_port, 1);
            assert_int_equal(strlen(longest), length == 100 ? 0 : length - 1);
            strcpy(longest, value);
        } else {
            snprintf(refusal, sizeof refusal, "settings.file:2: the line is longer than %zu bytes",
                     strlen("SHELF=") + strlen(longest));
            assert_string_equal(story->error.text, refusal);
        }
    }
    assert_true(strlen(longest) >= 100);
    char comment[2000];
    memset(comment, '#', sizeof comment);
    memcpy(comment + sizeof comment - 13, "\nGATE_PORT=5\n", 13);
    write_bytes(comment, sizeof comment);
    ASSERT_READY(&central, FILE_FLAG);
    assert_int_equal(story->values.gate_port, 5);
}

static void a_file_that_cannot_be_read_is_named(void **state) {
    struct story *story = *state;
    ASSERT_WRONG("absent.ini: No such file or directory", &central, "--config", "absent.ini");
    ASSERT_WRONG("absent.yaml: No such file or directory", &office, "--config", "absent.yaml");
    ASSERT_WRONG("/: Is a directory", &central, "--config=/");
    ASSERT_WRONG("/: Is a directory", &office, "--config=/");
    ASSERT_WRONG("--config: \"\" is not the path of a file", &office, "--config=");
}

// The YAML file -------------------------------------------------------------------------------------------

static void yaml_keys_are_nested_and_found_in_any_case(void **state) {
    struct story *story = *state;
    write_file("# a comment\nHall:\n  ADDRESS: \"central:12345\" # with quotes\npile: {maxAmount: "
               "42}\npause: 0m20s\n");
    ASSERT_READY(&office, FILE_FLAG, "--id=1");
    assert_string_equal(story->values.hall_address, "central:12345");
    assert_int_equal(story->values.pile_size, 42);
    ASSERT_WRITTEN(pause_ms, "0m20s");
    assert_int_equal(story->values.pause_ms, 20000);
    assert_string_equal(story->printed, "");
    write_file("hall.address: \"a:1\"\n");
    ASSERT_READY(&office, FILE_FLAG);
    assert_string_equal(story->values.hall_address, "a:1");
}

static void yaml_may_be_empty_and_a_null_is_not_a_text(void **state) {
    struct story *story = *state;
    static const char *const texts[] = {"",
                                        "# nothing\n",
                                        "---\n",
                                        "~\n",
                                        "hall:\n  address:\n",
                                        "hall: {address: ~}",
                                        "hall: {address: null}",
                                        "hall: {address: ''}",
                                        "{}"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        write_file(texts[i]);
        ASSERT_READY(&office, FILE_FLAG);
        assert_string_equal(story->values.hall_address, "localhost:1");
        assert_false(settings_is_set(story->settings, &story->values.hall_address));
    }
    write_file("hall: {address: 'null'}");
    ASSERT_READY(&office, FILE_FLAG);
    assert_string_equal(story->values.hall_address, "null");
    write_file("\nid:\n");
    ASSERT_WRONG("settings.file:2: id: \"\" is not a whole number from -5 up", &office, FILE_FLAG);
}

static void yaml_that_holds_anything_but_maps_is_refused(void **state) {
    struct story *story = *state;
    static const struct {
        const char *text, *refusal;
    } bad[] = {
        {"id: 1\nhall:\n  - a\n",
         "settings.file:2: hall: a list or an alias cannot be the value of a setting"},
        {"id: &one 1\n\npause: *one\n",
         "settings.file:3: pause: a list or an alias cannot be the value of a setting"},
        {"- a\n", "settings.file:1: the file is not a map of keys and values"},
        {"\nid\n", "settings.file:2: the file is not a map of keys and values"},
        {"id: 1\n---\nid: 2\n", "settings.file:2: there is a second document"},
        {"id: 1\n? [a]\n: 2\n", "settings.file:2: a key must be a plain word"},
        {"id: 1\n'': 2\n", "settings.file:2: a key must be a plain word"},
        {"hall: {\"addr\\0ess\": 2}\n", "settings.file:1: a key must be a plain word"},
        {"hall:\n  address: \"a\\0b\"\n", "settings.file:2: the value holds a NUL byte"},
        {"id: 1\nid: 2\n", "settings.file:2: id: it was set on line 1 already"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        write_file(bad[i].text);
        ASSERT_WRONG(bad[i].refusal, &office, FILE_FLAG);
    }
}

static void yaml_that_does_not_parse_is_named_with_its_line(void **state) {
    struct story *story = *state;
    static const struct {
        const char *text, *begins;
    } bad[] = {
        {"id: 1\nhall:\n\taddress: a\n", "settings.file:3: "},
        {"id: 1\nhall: {\n", "settings.file:3: "},
        {"id: 1\nhall: 'a\n", "settings.file:3: "},
        {"id: 1\nhall: \xC3(\npause: 1s\n", "settings.file:2: "},
        {"id: 1\n\n\npause: \x01\n", "settings.file:4: "},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        write_file(bad[i].text);
        assert_int_equal(LOAD(&office, FILE_FLAG), SETTINGS_WRONG);
        assert_error(&story->error, ERROR_BAD_SETTING);
        assert_memory_equal(story->error.text, bad[i].begins, strlen(bad[i].begins));
        assert_true(strlen(story->error.text) > strlen(bad[i].begins));
        assert_null(strchr(story->error.text, '\n'));
    }
}

static void yaml_nested_without_end_is_refused(void **state) {
    struct story *story = *state;
    char text[20000] = "";
    for (char *end = text; end < text + sizeof text - 8;) {
        end = stpcpy(end, "{a: ");
    }
    write_file(text);
    ASSERT_WRONG("settings.file:1: the key is too long", &office, FILE_FLAG);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        STORY(ini_keys_are_found_in_any_case),
        STORY(ini_keys_count_in_section_default_only),
        STORY(unknown_keys_only_cause_a_warning),
        STORY(a_bad_value_in_the_file_is_named_with_its_line),
        STORY(a_key_given_twice_is_refused),
        STORY(an_ini_line_that_does_not_parse_is_named),
        STORY(an_indented_ini_line_never_continues_the_one_before),
        STORY(a_long_ini_line_is_never_cut),
        STORY(a_file_that_cannot_be_read_is_named),
        STORY(yaml_keys_are_nested_and_found_in_any_case),
        STORY(yaml_may_be_empty_and_a_null_is_not_a_text),
        STORY(yaml_that_holds_anything_but_maps_is_refused),
        STORY(yaml_that_does_not_parse_is_named_with_its_line),
        STORY(yaml_nested_without_end_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
