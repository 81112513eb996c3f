// The right one of flag, environment, file and default wins, and a refusal says where and why.
// What every type takes and refuses, each refusal in one line. Then the program's own table.
#include "settings_story.h"

#include "agency/limits.h"
#include "service/limits.h"

// Who wins ------------------------------------------------------------------------------------------------

static void the_default_holds_when_nobody_speaks(void **state) {
    struct story *story = *state;
    ASSERT_READY(&central);
    ASSERT_TEXT("GATE_PORT", "12345");
    assert_int_equal(settings_number(story->settings, "GATE_PORT"), 12345);
    assert_false(settings_is_set(story->settings, "GATE_PORT"));
    assert_null(settings_text(story->settings, "HOST_IP"));
    assert_false(settings_is_set(story->settings, "HOST_IP"));
    assert_false(settings_switch(story->settings, "ONLY_ONCE"));
    assert_null(settings_text(story->settings, "CONFIG"));
}

static void the_flag_wins_over_the_environment_that_over_the_file(void **state) {
    struct story *story = *state;
    write_file("[DEFAULT]\nGATE_PORT = 1\n");
    ASSERT_READY(&central, FILE_FLAG);
    assert_int_equal(settings_number(story->settings, "GATE_PORT"), 1);
    assert_true(settings_is_set(story->settings, "GATE_PORT"));
    setenv("GATE_PORT", "2", 1);
    ASSERT_READY(&central, FILE_FLAG);
    assert_int_equal(settings_number(story->settings, "GATE_PORT"), 2);
    ASSERT_READY(&central, FILE_FLAG, "--gate-port", "3");
    assert_int_equal(settings_number(story->settings, "GATE_PORT"), 3);
    ASSERT_TEXT("GATE_PORT", "3");
    assert_true(settings_is_set(story->settings, "GATE_PORT"));
}

// Kubernetes, for one, sets variables of its own making, and a flag has to help against them.
static void a_value_that_does_not_win_is_not_looked_at(void **state) {
    struct story *story = *state;
    write_file("GATE_PORT = x\nSHELF = \"x\"\n");
    ASSERT_READY(&central, FILE_FLAG, "--gate-port=3", "--shelf=y");
    assert_int_equal(settings_number(story->settings, "GATE_PORT"), 3);
    ASSERT_TEXT("SHELF", "y");
    setenv("GATE_PORT", "4", 1);
    setenv("SHELF", "z", 1);
    ASSERT_READY(&central, FILE_FLAG);
    assert_int_equal(settings_number(story->settings, "GATE_PORT"), 4);
    setenv("GATE_PORT", "y", 1);
    setenv("SHELF", "z\r", 1);
    ASSERT_READY(&central, "--gate-port=3", "--shelf=y");
    assert_int_equal(settings_number(story->settings, "GATE_PORT"), 3);
    ASSERT_WRONG("environment: GATE_PORT: \"y\" is not a whole number from 0 to 65535", &central,
                 "--shelf=y");
}

static void what_kubernetes_sets_beside_a_service_is_explained(void **state) {
    struct story *story = *state;
    setenv("GATE_PORT", "tcp://10.96.0.17:12345", 1);
    ASSERT_WRONG(
        "environment: GATE_PORT: \"tcp://10.96.0.17:12345\" is not a whole number from 0 to 65535; "
        "Kubernetes sets it so beside a service called gate: set GATE_PORT in the pod, or give --gate-port, "
        "or say enableServiceLinks: false",
        &central);
    ASSERT_READY(&central, "--gate-port=3");
}

static void an_empty_variable_counts_as_none(void **state) {
    struct story *story = *state;
    write_file("GATE_PORT = 1\n");
    setenv("GATE_PORT", "", 1);
    setenv("SHELF", "", 1);
    ASSERT_READY(&central, FILE_FLAG);
    assert_int_equal(settings_number(story->settings, "GATE_PORT"), 1);
    ASSERT_TEXT("SHELF", "shelf.db");
    assert_false(settings_is_set(story->settings, "SHELF"));
}

static void the_environment_has_another_name_for_it(void **state) {
    struct story *story = *state;
    setenv("CLI_PILE_MAXAMOUNT", "20", 1);
    ASSERT_READY(&office);
    assert_int_equal(settings_number(story->settings, "PILE_SIZE"), 20);
    setenv("PILE_SIZE", "30", 1);
    ASSERT_READY(&office);
    assert_int_equal(settings_number(story->settings, "PILE_SIZE"), 30);
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
    assert_false(settings_switch(story->settings, "PRIZES"));
    ASSERT_READY(&office, "--winners");
    assert_true(settings_switch(story->settings, "PRIZES"));
}

static void a_command_sees_only_its_own_settings(void **state) {
    struct story *story = *state;
    setenv("GATE_PORT", "not read", 1);
    ASSERT_READY(&listing, "a");
    ASSERT_WRONG("--gate-port: it is no flag, or short for several; see quiniela listing --help", &listing,
                 "a", "--gate-port=1");
}

// Flags ---------------------------------------------------------------------------------------------------

static void a_flag_takes_its_value_behind_a_space_or_an_equals_sign(void **state) {
    struct story *story = *state;
    ASSERT_READY(&office, "--hall-address", "a:1", "--id=7", "--pile-size", "5");
    ASSERT_TEXT("CLI_HALL_ADDRESS", "a:1");
    assert_int_equal(settings_number(story->settings, "CLI_ID"), 7);
    assert_int_equal(settings_number(story->settings, "PILE_SIZE"), 5);
    ASSERT_READY(&office, "--hall-address=a:1=b", "--id=1", "--id=2");
    ASSERT_TEXT("CLI_HALL_ADDRESS", "a:1=b");
    assert_int_equal(settings_number(story->settings, "CLI_ID"), 2);
}

static void operands_stand_anywhere_between_the_flags(void **state) {
    struct story *story = *state;
    ASSERT_READY(&listing, "from", "--shelf=x", "to", "-o", "out.csv");
    assert_int_equal(settings_argument_count(story->settings), 2);
    assert_string_equal(settings_argument(story->settings, 0), "from");
    assert_string_equal(settings_argument(story->settings, 1), "to");
    ASSERT_TEXT("OUTPUT", "out.csv");
    ASSERT_READY(&listing, "--", "--shelf");
    assert_int_equal(settings_argument_count(story->settings), 1);
    assert_string_equal(settings_argument(story->settings, 0), "--shelf");
}

static void too_few_and_too_many_operands_are_refused(void **state) {
    struct story *story = *state;
    ASSERT_WRONG("it takes FROM [TO]; see quiniela listing --help", &listing);
    ASSERT_WRONG("\"c\": that is an argument too many; see quiniela listing --help", &listing, "a", "b", "c",
                 "d");
    ASSERT_WRONG("\"a\": that is an argument too many; see quiniela central --help", &central, "a");
}

static void wrong_flags_are_named(void **state) {
    struct story *story = *state;
    ASSERT_WRONG("--nothing: it is no flag, or short for several; see quiniela listing --help", &listing,
                 "--nothing=5");
    ASSERT_WRONG("--shel: it is no flag, or short for several; see quiniela listing --help", &listing,
                 "--shel", "5");
    ASSERT_WRONG("-x: there is no such flag; see quiniela listing --help", &listing, "-x");
    ASSERT_WRONG("--shelf: its value is missing", &listing, "a", "--shelf");
    ASSERT_WRONG("--output: its value is missing", &listing, "a", "-o");
    ASSERT_WRONG("--help: it takes no value", &listing, "--help=all");
    ASSERT_WRONG("--shelf: \"\" is not a text of at least one character", &listing, "a", "--shelf=");
    ASSERT_WRONG("--output: \"\" is not a text of at least one character", &listing, "a", "-o", "");
}

static void help_is_printed_and_ends_the_matter(void **state) {
    struct story *story = *state;
    assert_int_equal(LOAD(&central, "--help"), SETTINGS_DONE);
    assert_string_equal(
        story->printed,
        "Usage: quiniela central [OPTION ...]\n"
        "\n"
        "Sums up.\n"
        "\n"
        "Options:\n"
        "      --config VALUE    The file\n"
        "      --gate-port PORT  A help text that is long enough to be broken into more than one line,\n"
        "                        because it goes on and on and on\n"
        "                        (default 12345; environment and file GATE_PORT)\n"
        "      --shelf VALUE     A path\n"
        "                        (default shelf.db; environment and file SHELF)\n"
        "      --host-ip VALUE   An address\n"
        "                        (environment and file HOST_IP)\n"
        "      --loudness VALUE  A level\n"
        "                        (default INFO; environment and file LOUDNESS)\n"
        "      --only-once       A switch\n"
        "                        (environment and file ONLY_ONCE)\n"
        "  -h, --help            Print this and exit\n"
        "\n"
        "Details.\n"
        "\n"
        "More of them.\n"
        "\n"
        "An option wins over the environment, the environment over the file, the file over the default. The\n"
        "file's keys may be in upper or lower case.\n");
    assert_int_equal(LOAD(&office, "-h", "--id=wrong"), SETTINGS_DONE);
    assert_non_null(strstr(story->printed, "(default 10; environment PILE_SIZE or CLI_PILE_MAXAMOUNT;"));
    assert_non_null(strstr(story->printed, "      --winners             So\n"));
    assert_int_equal(LOAD(&listing, "--help"), SETTINGS_DONE);
    assert_non_null(strstr(story->printed, "quiniela listing [OPTION ...] FROM [TO]\n"));
    assert_non_null(strstr(story->printed, "  -o, --output VALUE   A path\n      --shelves"));
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
        assert_int_equal(settings_number(story->settings, "CLI_ID"), good[i].number);
        ASSERT_TEXT("CLI_ID", good[i].text);
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
        assert_int_equal(settings_duration_ms(story->settings, "CLI_PAUSE"), good[i].milliseconds);
        ASSERT_TEXT("CLI_PAUSE", good[i].text);
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
        assert_int_equal(settings_size(story->settings, "CLI_ROOM"), good[i].bytes);
    }
    static const char *const bad[] = {"",       "M",      "1023", "0",   "-1M",         "1.5M", "64MB",
                                      "64kB",   "1 M",    "1Mi",  "1T",  "1MM",         "1mib", "1iB",
                                      "1024iB", "1023K ", "1TiB", "+1M", "8589934592G", "0x10M"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        char expected[160];
        snprintf(expected, sizeof expected,
                 "--room: \"%s\" is not a size such as 256M, 1G or a number of bytes, 1024 bytes or more",
                 bad[i]);
        ASSERT_WRONG(expected, &office, "--room", bad[i]);
    }
}

static void a_choice_is_one_of_the_words(void **state) {
    struct story *story = *state;
    static const char *const good[] = {"calm", "loud", "shy"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        ASSERT_READY(&office, "--mood", (char *)good[i]);
        ASSERT_TEXT("CLI_MOOD", good[i]);
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
    ASSERT_TEXT("LOUDNESS", "debug");
    ASSERT_WRONG("--loudness: \"LOUD\" is not a log level: DEBUG, INFO, WARNING, ERROR or CRITICAL", &central,
                 "--loudness=LOUD");
}

static void switches_are_flags_without_a_value_and_words_elsewhere(void **state) {
    struct story *story = *state;
    ASSERT_READY(&central, "--only-once");
    assert_true(settings_switch(story->settings, "ONLY_ONCE"));
    static const char *const words[] = {"false", "true", "no", "YES", "0", "1", "False", "True"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        setenv("ONLY_ONCE", words[i], 1);
        ASSERT_READY(&central);
        assert_int_equal(settings_switch(story->settings, "ONLY_ONCE"), i % 2);
    }
    setenv("ONLY_ONCE", "yes", 1);
    ASSERT_READY(&central, "--only-once=no");
    assert_false(settings_switch(story->settings, "ONLY_ONCE"));
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

// The program's own table ---------------------------------------------------------------------------------

static const struct settings_command *const commands[] = {&server_command, &client_command, &export_command,
                                                          &status_command, &sample_command};

static void every_command_has_flags_of_its_own_and_help_that_fits(void **state) {
    struct story *story = *state;
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        assert_int_equal(LOAD(commands[i], "--help"), SETTINGS_DONE);
        assert_non_null(strstr(story->printed, commands[i]->summary));
        char *rest = story->printed, flags[64][64] = {{0}};
        int count = 0;
        for (char *line; (line = strsep(&rest, "\n")) != NULL;) {
            assert_true(strlen(line) <= 100);
            if (strncmp(line, "      --", 8) != 0 || line[8] == ' ') {
                continue;
            }
            assert_int_equal(sscanf(line, " --%63s", flags[count]), 1);
            for (int other = 0; other < count; other++) {
                assert_string_not_equal(flags[other], flags[count]);
            }
            count++;
        }
        assert_true(count >= 3);
    }
}

static_assert((int)WINDOW_DEFAULT <= (int)REQUESTS_OUTSTANDING_MAX,
              "a default agency is never held back by its own window");

static void the_defaults_are_those_of_the_contract(void **state) {
    struct story *story = *state;
    ASSERT_READY(&server_command);
    ASSERT_TEXT("SERVER_PORT", "12345");
    ASSERT_TEXT("CONSULT_SERVER_PORT", "12346");
    ASSERT_TEXT("SERVER_LISTEN_BACKLOG", "5");
    ASSERT_TEXT("STORE", "quiniela.db");
    ASSERT_TEXT("DRAW", "1");
    assert_int_equal(settings_number(story->settings, "WINNING_NUMBER"), 7574);
    ASSERT_READY(&client_command);
    ASSERT_TEXT("CLI_DATA_DIR", "data");
    assert_int_equal(settings_number(story->settings, "CHUNK_SIZE"), CHUNK_BETS_DEFAULT);
    assert_int_equal(settings_number(story->settings, "CLI_WINDOW"), WINDOW_DEFAULT);
    ASSERT_READY(&sample_command);
    ASSERT_TEXT("SIZES", "26936,25518,16014,9238,991");
    ASSERT_TEXT("WINNERS", "2,3,3,2,0");
}

static void the_classic_files_are_read_without_a_warning(void **state) {
    struct story *story = *state;
    write_file("[DEFAULT]\nSERVER_PORT = 12345\nCONSULT_SERVER_PORT = 12346\nSERVER_IP = server\n"
               "SERVER_LISTEN_BACKLOG = 5\nLOGGING_LEVEL = DEBUG\n");
    ASSERT_READY(&server_command, FILE_FLAG, "--agencies=3", "--once", "--loops", "2");
    assert_string_equal(story->printed, "");
    ASSERT_TEXT("SERVER_IP", "server");
    assert_int_equal(settings_number(story->settings, "AGENCIES"), 3);
    write_file(
        "server:\n  address: \"server:12345\"\n  consult_address: \"server:12346\"\nloop:\n  amount: 5\n"
        "  lapse: \"0m20s\"\n  period: \"5s\"\nlog:\n  level: \"info\"\nbatch:\n  maxAmount: 500\n");
    ASSERT_READY(&client_command, FILE_FLAG, "--id=1", "--winners", "--window=1", "--nombre=Ana");
    assert_string_equal(story->printed, "");
    ASSERT_TEXT("CLI_SERVER_CONSULT_ADDRESS", "server:12346");
    ASSERT_TEXT("CLI_LOG_LEVEL", "info");
    ASSERT_TEXT("NOMBRE", "Ana");
    assert_int_equal(settings_number(story->settings, "CHUNK_SIZE"), 500);
    assert_int_equal(settings_number(story->settings, "CLI_LOOP_AMOUNT"), 5);
    assert_int_equal(settings_duration_ms(story->settings, "CLI_LOOP_LAPSE"), 20000);
    assert_true(settings_switch(story->settings, "CLI_WINNERS"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        STORY(the_default_holds_when_nobody_speaks),
        STORY(the_flag_wins_over_the_environment_that_over_the_file),
        STORY(a_value_that_does_not_win_is_not_looked_at),
        STORY(what_kubernetes_sets_beside_a_service_is_explained),
        STORY(an_empty_variable_counts_as_none),
        STORY(the_environment_has_another_name_for_it),
        STORY(flag_only_settings_are_neither_in_the_environment_nor_in_the_file),
        STORY(a_command_sees_only_its_own_settings),
        STORY(a_flag_takes_its_value_behind_a_space_or_an_equals_sign),
        STORY(operands_stand_anywhere_between_the_flags),
        STORY(too_few_and_too_many_operands_are_refused),
        STORY(wrong_flags_are_named),
        STORY(help_is_printed_and_ends_the_matter),
        STORY(numbers_are_whole_and_within_their_bounds),
        STORY(durations_are_as_go_writes_them),
        STORY(sizes_are_powers_of_1024),
        STORY(a_choice_is_one_of_the_words),
        STORY(levels_keep_the_text_they_were_written_with),
        STORY(switches_are_flags_without_a_value_and_words_elsewhere),
        STORY(a_value_in_an_error_is_cut_and_stays_on_one_line),
        STORY(every_command_has_flags_of_its_own_and_help_that_fits),
        STORY(the_defaults_are_those_of_the_contract),
        STORY(the_classic_files_are_read_without_a_warning),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
