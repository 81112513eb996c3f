// Flags win over the environment, that over the file, that over defaults, and errors say where and why.
// What every type takes and refuses, each refusal in one line, and which field a value goes into.
#include "settings_story.h"

#include <limits.h>

// Who wins ------------------------------------------------------------------------------------------------

static void the_default_holds_when_nothing_is_set(void **state) {
    struct story *story = *state;
    ASSERT_READY(&central);
    ASSERT_WRITTEN(gate_port, "12345");
    assert_int_equal(story->values.gate_port, 12345);
    assert_false(settings_is_set(story->settings, &story->values.gate_port));
    assert_null(story->values.host_ip);
    assert_false(settings_is_set(story->settings, &story->values.host_ip));
    assert_false(story->values.only_once);
    assert_null(story->values.config);
}

static void the_flag_wins_over_the_environment_and_that_over_the_file(void **state) {
    struct story *story = *state;
    write_file("[DEFAULT]\nGATE_PORT = 1\n");
    ASSERT_READY(&central, FILE_FLAG);
    assert_int_equal(story->values.gate_port, 1);
    assert_true(settings_is_set(story->settings, &story->values.gate_port));
    setenv("GATE_PORT", "2", 1);
    ASSERT_READY(&central, FILE_FLAG);
    assert_int_equal(story->values.gate_port, 2);
    ASSERT_READY(&central, FILE_FLAG, "--gate-port", "3");
    assert_int_equal(story->values.gate_port, 3);
    ASSERT_WRITTEN(gate_port, "3");
    assert_true(settings_is_set(story->settings, &story->values.gate_port));
}

// Kubernetes, for one, sets variables of its own, which a flag has to override.
static void a_value_that_is_overridden_is_not_checked(void **state) {
    struct story *story = *state;
    write_file("GATE_PORT = x\nSHELF = \"x\"\n");
    ASSERT_READY(&central, FILE_FLAG, "--gate-port=3", "--shelf=y");
    assert_int_equal(story->values.gate_port, 3);
    assert_string_equal(story->values.shelf, "y");
    setenv("GATE_PORT", "4", 1);
    setenv("SHELF", "z", 1);
    ASSERT_READY(&central, FILE_FLAG);
    assert_int_equal(story->values.gate_port, 4);
    setenv("GATE_PORT", "y", 1);
    setenv("SHELF", "z\r", 1);
    ASSERT_READY(&central, "--gate-port=3", "--shelf=y");
    assert_int_equal(story->values.gate_port, 3);
    ASSERT_WRONG("environment: GATE_PORT: \"y\" is not a whole number from 0 to 65535", &central,
                 "--shelf=y");
}

static void what_kubernetes_sets_for_a_service_is_explained(void **state) {
    struct story *story = *state;
    setenv("GATE_PORT", "tcp://10.96.0.17:12345", 1);
    ASSERT_WRONG(
        "environment: GATE_PORT: \"tcp://10.96.0.17:12345\" is not a whole number from 0 to 65535; "
        "Kubernetes sets it for a service called gate: set GATE_PORT in the pod, or use --gate-port, "
        "or set enableServiceLinks: false",
        &central);
    ASSERT_READY(&central, "--gate-port=3");
}

static void an_empty_variable_counts_as_none(void **state) {
    struct story *story = *state;
    write_file("GATE_PORT = 1\n");
    setenv("GATE_PORT", "", 1);
    setenv("SHELF", "", 1);
    ASSERT_READY(&central, FILE_FLAG);
    assert_int_equal(story->values.gate_port, 1);
    assert_string_equal(story->values.shelf, "shelf.db");
    assert_false(settings_is_set(story->settings, &story->values.shelf));
}

static void an_alias_is_read_from_the_environment(void **state) {
    struct story *story = *state;
    setenv("CLI_PILE_MAXAMOUNT", "20", 1);
    ASSERT_READY(&office);
    assert_int_equal(story->values.pile_size, 20);
    setenv("PILE_SIZE", "30", 1);
    ASSERT_READY(&office);
    assert_int_equal(story->values.pile_size, 30);
    unsetenv("PILE_SIZE");
    setenv("CLI_PILE_MAXAMOUNT", "0", 1);
    ASSERT_WRONG("environment: CLI_PILE_MAXAMOUNT: \"0\" is not a whole number from 1 to 99", &office);
}

static void flag_only_settings_are_neither_in_the_environment_nor_in_the_file(void **state) {
    struct story *story = *state;
    setenv("PRIZES", "true", 1);
    setenv("CONFIG", "nowhere.yaml", 1);
    write_file("pause: 1s\nPRIZES: true\n");
    ASSERT_READY(&office, FILE_FLAG);
    assert_false(story->values.prizes);
    ASSERT_READY(&office, "--winners");
    assert_true(story->values.prizes);
}

static void a_command_sees_only_its_own_settings(void **state) {
    struct story *story = *state;
    setenv("GATE_PORT", "not read", 1);
    ASSERT_READY(&listing, "a");
    ASSERT_WRONG("--gate-port: unknown flag, or short for several; see quiniela listing --help", &listing,
                 "a", "--gate-port=1");
}

// Flags ---------------------------------------------------------------------------------------------------

static void a_flag_takes_its_value_after_a_space_or_an_equals_sign(void **state) {
    struct story *story = *state;
    ASSERT_READY(&office, "--hall-address", "a:1", "--id=7", "--pile-size", "5");
    assert_string_equal(story->values.hall_address, "a:1");
    assert_int_equal(story->values.id, 7);
    assert_int_equal(story->values.pile_size, 5);
    ASSERT_READY(&office, "--hall-address=a:1=b", "--id=1", "--id=2");
    assert_string_equal(story->values.hall_address, "a:1=b");
    assert_int_equal(story->values.id, 2);
}

static void operands_may_stand_anywhere_between_the_flags(void **state) {
    struct story *story = *state;
    ASSERT_READY(&listing, "from", "--shelf=x", "to", "-o", "out.csv");
    assert_string_equal(settings_operand(story->settings, 0), "from");
    assert_string_equal(settings_operand(story->settings, 1), "to");
    assert_null(settings_operand(story->settings, 2));
    assert_string_equal(story->values.output, "out.csv");
    ASSERT_READY(&listing, "--", "--shelf");
    assert_string_equal(settings_operand(story->settings, 0), "--shelf");
    assert_null(settings_operand(story->settings, 1));
}

static void too_few_and_too_many_operands_are_refused(void **state) {
    struct story *story = *state;
    ASSERT_WRONG("needs FROM [TO]; see quiniela listing --help", &listing);
    ASSERT_WRONG("\"c\": one argument too many; see quiniela listing --help", &listing, "a", "b", "c", "d");
    ASSERT_WRONG("\"a\": one argument too many; see quiniela central --help", &central, "a");
}

static void wrong_flags_are_named(void **state) {
    struct story *story = *state;
    ASSERT_WRONG("--nothing: unknown flag, or short for several; see quiniela listing --help", &listing,
                 "--nothing=5");
    ASSERT_WRONG("--shel: unknown flag, or short for several; see quiniela listing --help", &listing,
                 "--shel", "5");
    ASSERT_WRONG("-x: unknown flag; see quiniela listing --help", &listing, "-x");
    ASSERT_WRONG("--shelf: needs a value", &listing, "a", "--shelf");
    ASSERT_WRONG("--output: needs a value", &listing, "a", "-o");
    ASSERT_WRONG("--help: does not take a value", &listing, "--help=all");
    ASSERT_WRONG("--shelf: \"\" is not a text of at least one character", &listing, "a", "--shelf=");
    ASSERT_WRONG("--output: \"\" is not a text of at least one character", &listing, "a", "-o", "");
}

static void help_is_printed_in_groups_and_nothing_else_is_read(void **state) {
    struct story *story = *state;
    assert_int_equal(LOAD(&central, "--help"), SETTINGS_DONE);
    assert_string_equal(
        story->printed,
        "Usage: quiniela central [OPTION ...]\n"
        "\n"
        "Sums up.\n"
        "\n"
        "Gate:\n"
        "      --config VALUE    The file\n"
        "      --gate-port PORT  A help text that is long enough to be broken into more than one line,\n"
        "                        because it goes on and on and on\n"
        "                        (default 12345; environment and file GATE_PORT)\n"
        "\n"
        "Storage:\n"
        "      --shelf VALUE     A path\n"
        "                        (default shelf.db; environment and file SHELF)\n"
        "\n"
        "Host:\n"
        "      --host-ip VALUE   An address\n"
        "                        (environment and file HOST_IP)\n"
        "      --loudness VALUE  A level\n"
        "                        (default INFO; environment and file LOUDNESS)\n"
        "      --only-once       A switch\n"
        "                        (environment and file ONLY_ONCE)\n"
        "\n"
        "Help:\n"
        "  -h, --help            Print this help and exit\n"
        "\n"
        "Details.\n"
        "\n"
        "More of them.\n"
        "\n"
        "An option wins over the environment, the environment over the file, the file over the default. The\n"
        "file's keys may be in upper or lower case.\n");
    assert_int_equal(LOAD(&office, "-h", "--id=wrong"), SETTINGS_DONE);
    assert_non_null(strstr(story->printed, "(default 10; environment PILE_SIZE or CLI_PILE_MAXAMOUNT;"));
    assert_non_null(strstr(story->printed, "\n\nOptions:\n      --config VALUE"));
    assert_non_null(
        strstr(story->printed,
               "      --winners             So\n  -h, --help                Print this help and exit\n"));
    assert_int_equal(LOAD(&listing, "--help"), SETTINGS_DONE);
    assert_non_null(strstr(story->printed, "quiniela listing [OPTION ...] FROM [TO]\n"));
    assert_non_null(strstr(story->printed,
                           "(default shelf.db; environment SHELF)\n  -o, --output VALUE   A path\n      "
                           "--shelves")); // two groups under one title
    assert_null(strstr(story->printed, "file"));
}

// Types ---------------------------------------------------------------------------------------------------

static void numbers_are_whole_and_within_their_bounds(void **state) {
    struct story *story = *state;
    static const struct {
        const char *text;
        int64_t number;
    } good[] = {{"0", 0}, {"-5", -5}, {"007", 7}, {"9223372036854775807", INT64_MAX}};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        ASSERT_READY(&office, "--id", good[i].text);
        assert_int_equal(story->values.id, good[i].number);
        ASSERT_WRITTEN(id, good[i].text);
    }
    static const char *const bad[] = {
        "-6",  "",      "-", "+1", " 1", "1 ", "1.5", "0x10", "9223372036854775808", "-99999999999999999999",
        "1e3", "\u0661"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        char expected[128];
        snprintf(expected, sizeof expected, "--id: \"%s\" is not a whole number from -5 up", bad[i]);
        ASSERT_WRONG(expected, &office, "--id", bad[i]);
    }
    ASSERT_READY(&central, "--gate-port=65535");
    ASSERT_WRONG("--gate-port: \"65536\" is not a whole number from 0 to 65535", &central,
                 "--gate-port=65536");
}

static void durations_are_as_go_writes_them(void **state) {
    struct story *story = *state;
    static const struct {
        const char *text;
        int64_t milliseconds;
    } good[] = {
        {"5s", 5000},
        {"100ms", 100},
        {"0m20s", 20000},
        {"1h30m", 5400000},
        {"1.5h", 5400000},
        {"0", 0},
        {"0s", 0},
        {".5s", 500},
        {"1.s", 1000},
        {"1us", 1},
        {"1000us", 1},
        {"1000001ns", 2},
        {"1500\u00b5s", 2},
        {"1s1ns", 1001},
        {"1m0.25s", 60250},
        {"2\u03bcs", 1},
        {"2540400h10m10.000000000s", 9145440610000},
    };
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        ASSERT_READY(&office, "--pause", good[i].text);
        assert_int_equal(story->values.pause_ms, good[i].milliseconds);
        ASSERT_WRITTEN(pause_ms, good[i].text);
    }
    static const char *const bad[] = {"",     "5",     "s",  ".s",  "5 s",      "-5s",
                                      "+5s",  "5s ",   "5d", "1h2", "5S",       "1.5",
                                      "1,5s", "1..5s", "ms", "0s0", "2562048h", "99999999999999999999s"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        char expected[128];
        snprintf(expected, sizeof expected, "--pause: \"%s\" is not a duration such as 5s, 100ms or 1h30m",
                 bad[i]);
        ASSERT_WRONG(expected, &office, "--pause", bad[i]);
    }
}

static void sizes_are_powers_of_1024(void **state) {
    struct story *story = *state;
    static const struct {
        const char *text;
        int64_t bytes;
    } good[] = {
        {"1024", 1024},      {"1K", 1024},
        {"1k", 1024},        {"1KiB", 1024},
        {"1g", 1073741824},  {"256M", 268435456},
        {"256m", 268435456}, {"1GiB", 1073741824},
        {"3MiB", 3145728},   {"8589934591G", 8589934591 * 1073741824},
    };
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        ASSERT_READY(&office, "--room", good[i].text);
        assert_int_equal(story->values.room, good[i].bytes);
    }
    static const char *const bad[] = {"",       "M",      "1023", "0",   "-1M",         "1.5M", "64MB",
                                      "64kB",   "1 M",    "1Mi",  "1T",  "1MM",         "1mib", "1iB",
                                      "1024iB", "1023K ", "1TiB", "+1M", "8589934592G", "0x10M"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        char expected[160];
        snprintf(expected, sizeof expected,
                 "--room: \"%s\" is not a size of 1K or more, in bytes or as in 256M or 1G", bad[i]);
        ASSERT_WRONG(expected, &office, "--room", bad[i]);
    }
}

static void a_choice_is_one_of_the_words(void **state) {
    struct story *story = *state;
    static const char *const good[] = {"calm", "loud", "shy"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        ASSERT_READY(&office, "--mood", (char *)good[i]);
        ASSERT_WRITTEN(mood, good[i]);
        assert_int_equal(story->values.mood, i);
    }
    static const char *const bad[] = {"",      " ",     "cal", "calmer", "alm", "calm loud",
                                      "calm ", " loud", "sh",  "Shy",    "shy "};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        char expected[100];
        snprintf(expected, sizeof expected, "--mood: \"%s\" is not one of: calm loud shy", bad[i]);
        ASSERT_WRONG(expected, &office, "--mood", (char *)bad[i]);
    }
}

static void levels_keep_the_text_they_were_written_with(void **state) {
    struct story *story = *state;
    ASSERT_READY(&central, "--loudness=debug");
    ASSERT_WRITTEN(loudness, "debug");
    assert_int_equal(story->values.loudness, LOG_LEVEL_DEBUG);
    ASSERT_READY(&central);
    assert_int_equal(story->values.loudness, LOG_LEVEL_INFO);
    ASSERT_WRONG("--loudness: \"LOUD\" is not a log level: DEBUG, INFO, WARNING, ERROR or CRITICAL", &central,
                 "--loudness=LOUD");
}

static void switches_are_flags_without_a_value_and_words_elsewhere(void **state) {
    struct story *story = *state;
    ASSERT_READY(&central, "--only-once");
    assert_true(story->values.only_once);
    static const char *const words[] = {"false", "true", "no", "YES", "0", "1", "False", "True"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        setenv("ONLY_ONCE", words[i], 1);
        ASSERT_READY(&central);
        assert_int_equal(story->values.only_once, i % 2);
    }
    setenv("ONLY_ONCE", "yes", 1);
    ASSERT_READY(&central, "--only-once=no");
    assert_false(story->values.only_once);
    setenv("ONLY_ONCE", "maybe", 1);
    ASSERT_WRONG("environment: ONLY_ONCE: \"maybe\" is not yes or no (true or false, 1 or 0)", &central);
}

static void a_value_in_an_error_is_cut_and_stays_on_one_line(void **state) {
    struct story *story = *state;
    ASSERT_WRONG(
        "--gate-port: \"1\\n2\\x7f\\u0085\\ufeff\\xff\\\"\\\\\" is not a whole number from 0 to 65535",
        &central, "--gate-port=1\n2\x7f\xC2\x85\xEF\xBB\xBF\xFF\"\\");
    ASSERT_WRONG("--gate-port: \"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...\" is not a whole number "
                 "from 0 to 65535",
                 &central,
                 "--gate-port=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx");
    // 43 bytes and then two of one character: it is left out whole.
    ASSERT_WRONG("--gate-port: \"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...\" is not a whole number from "
                 "0 to 65535",
                 &central, "--gate-port=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\u00e9xxxxxxxxxxxxxxxxx");
}

// Fields --------------------------------------------------------------------------------------------------

struct inner {
    int number;
    bool is_on;
    unsigned char beside; // which no setting is bound to
    const char *text;
};

struct outer {
    uint32_t before;
    struct inner first, second;
    uint32_t after;
};

static const struct setting of_first[] = {
    SETTING_NUMBER_IN(struct inner, number, "FIRST_NUMBER", "-7", INT_MIN, INT_MAX, .help = "A number"),
    SETTING_SWITCH_IN(struct inner, is_on, "FIRST_ON", .help = "A switch"),
    SETTING_TEXT_IN(struct inner, text, "FIRST_TEXT", NULL, .help = "A text"),
    {.key = NULL},
};
static const struct setting of_second[] = {
    SETTING_NUMBER_IN(struct inner, number, "SECOND_NUMBER", NULL, INT_MIN, INT_MAX, .help = "A number"),
    SETTING_TEXT_IN(struct inner, text, "SECOND_TEXT", "b", .help = "A text"),
    {.key = NULL},
};
static const struct setting of_outer[] = {
    SETTING_NUMBER_IN(struct outer, after, "AFTER", "1", 0, UINT32_MAX, .help = "A number"),
    {.key = NULL},
};
static const struct setting_group nested_groups[] = {
    SETTING_GROUP_IN(struct outer, first, struct inner, "First", of_first),
    SETTING_GROUP_IN(struct outer, second, struct inner, "Second", of_second),
    {NULL, of_outer, 0},
    {.settings = NULL},
};
static const struct settings_command nested = {
    .name = "nested", .summary = "Sums up.", .groups = nested_groups};

static void a_group_fills_its_own_part_of_the_options(void **state) {
    struct story *story = *state;
    struct outer outer;
    memset(&outer, 0xA5, sizeof outer);
    story->options = &outer;
    ASSERT_READY(&nested, "--first-on", "--second-number=-2147483648", "--after=4294967295");
    assert_int_equal(outer.before, 0xA5A5A5A5); // which no setting is bound to
    assert_int_equal(outer.first.number, -7);
    assert_true(outer.first.is_on);
    assert_int_equal(outer.first.beside, 0xA5);
    assert_null(outer.first.text);
    assert_int_equal(outer.second.number, INT_MIN);
    assert_int_equal(*(unsigned char *)&outer.second.is_on, 0xA5);
    assert_string_equal(outer.second.text, "b");
    assert_int_equal(outer.after, UINT32_MAX);
    assert_string_equal(settings_key(story->settings, &outer.second.text), "SECOND_TEXT");
    assert_string_equal(settings_place(story->settings, &outer.first.number), "FIRST_NUMBER");
    assert_string_equal(settings_place(story->settings, &outer.second.number), "--second-number");
    assert_false(settings_is_set(story->settings, &outer.first.number));
    assert_true(settings_is_given(story->settings, &outer.first.is_on));
    ASSERT_READY(&nested, "--first-on=no");
    assert_true(settings_is_set(story->settings, &outer.first.is_on));
    assert_false(settings_is_given(story->settings, &outer.first.is_on));
    assert_int_equal(outer.second.number, 0); // neither a value nor a default
}

int main(void) {
    const struct CMUnitTest tests[] = {
        STORY(the_default_holds_when_nothing_is_set),
        STORY(the_flag_wins_over_the_environment_and_that_over_the_file),
        STORY(a_value_that_is_overridden_is_not_checked),
        STORY(what_kubernetes_sets_for_a_service_is_explained),
        STORY(an_empty_variable_counts_as_none),
        STORY(an_alias_is_read_from_the_environment),
        STORY(flag_only_settings_are_neither_in_the_environment_nor_in_the_file),
        STORY(a_command_sees_only_its_own_settings),
        STORY(a_flag_takes_its_value_after_a_space_or_an_equals_sign),
        STORY(operands_may_stand_anywhere_between_the_flags),
        STORY(too_few_and_too_many_operands_are_refused),
        STORY(wrong_flags_are_named),
        STORY(help_is_printed_in_groups_and_nothing_else_is_read),
        STORY(numbers_are_whole_and_within_their_bounds),
        STORY(durations_are_as_go_writes_them),
        STORY(sizes_are_powers_of_1024),
        STORY(a_choice_is_one_of_the_words),
        STORY(levels_keep_the_text_they_were_written_with),
        STORY(switches_are_flags_without_a_value_and_words_elsewhere),
        STORY(a_value_in_an_error_is_cut_and_stays_on_one_line),
        STORY(a_group_fills_its_own_part_of_the_options),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
