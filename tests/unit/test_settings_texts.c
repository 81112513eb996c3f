// A setting that was not meant as it is written is refused rather than taken unnoticed.
// Invisible characters, quotes and comments that the source does not have, and keys and files that are nearly
// right.
#include "settings_story.h"

static void invisible_characters_are_refused_from_every_source(void **state) {
    struct story *story = *state;
#define HIDDEN "has a control character, which would become part of a name: delete it"
    static const struct {
        const char *text, *shown;
    } bad[] = {{"night.db\r", "night.db\\r"},
               {"a\tb", "a\\tb"},
               {"a\x1b[2J", "a\\x1b[2J"},
               {"a\xC2\x85", "a\\u0085"},
               {"a\x7f", "a\\x7f"},
               {"\n", "\\n"},
               {"\xEF\xBB\xBFnight.db", "\\ufeffnight.db"},
               {"noche\u00f1\x1b", "noche\u00f1\\x1b"},
               {"\u6c34\u00f1\x7f", "\u6c34\u00f1\\x7f"},
               {"\xff\xfe.db\x1b", "\\xff\\xfe.db\\x1b"},
               {"\xff\t", "\\xff\\t"}};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        char expected[200], flag[64];
        setenv("SHELF", bad[i].text, 1);
        snprintf(expected, sizeof expected, "environment: SHELF: \"%s\" " HIDDEN, bad[i].shown);
        ASSERT_WRONG(expected, &central);
        unsetenv("SHELF");
        snprintf(flag, sizeof flag, "--shelf=%s", bad[i].text);
        snprintf(expected, sizeof expected, "--shelf: \"%s\" " HIDDEN, bad[i].shown);
        ASSERT_WRONG(expected, &central, flag);
    }
    write_file("SHELF = a\tb\n");
    ASSERT_WRONG("settings.file:1: SHELF: \"a\\tb\" " HIDDEN, &central, FILE_FLAG);
    write_file("hall: {address: \"a:1\\r\"}\n");
    ASSERT_WRONG("settings.file:1: hall.address: \"a:1\\r\" " HIDDEN, &office, FILE_FLAG);
    setenv("GATE_PORT", "5\r", 1);
    ASSERT_WRONG("environment: GATE_PORT: \"5\\r\" is not a whole number from 0 to 65535", &central);
    // Letters of any alphabet are seen, and what is no UTF-8 may be a file's name.
    ASSERT_READY(&central, "--gate-port=1", "--shelf=noche\u00f1 \u6c34\xff.db");
    assert_string_equal(story->values.shelf, "noche\u00f1 \u6c34\xff.db");
#undef HIDDEN
}

static void quotes_are_refused_where_they_would_be_part_of_a_name(void **state) {
    struct story *story = *state;
    write_file("[DEFAULT]\nSHELF = \"night.db\"\n");
    ASSERT_WRONG(
        "settings.file:2: SHELF: \"\\\"night.db\\\"\" has quotes, which are part of the value in an INI "
        "file: leave them out",
        &central, FILE_FLAG);
    write_file("hall:\n  address: \"'a:1'\"\n");
    ASSERT_WRONG(
        "settings.file:2: hall.address: \"'a:1'\" has quotes within YAML's own, which are part of the "
        "value: leave them out",
        &office, FILE_FLAG);
    write_file("hall:\n  address: \"a:1\"\n");
    ASSERT_READY(&office, FILE_FLAG);
    assert_string_equal(story->values.hall_address, "a:1");
    setenv("SHELF", "'night.db'", 1);
    ASSERT_WRONG(
        "environment: SHELF: \"'night.db'\" has quotes, which are part of the value in the environment: "
        "leave them out",
        &central);
    // On purpose it can be had: a flag is taken as it is.
    ASSERT_READY(&central, "--shelf='night.db'");
    assert_string_equal(story->values.shelf, "'night.db'");
    setenv("SHELF", "the \"night\".db", 1);
    ASSERT_READY(&central);
}

static void comments_are_refused_where_they_would_be_part_of_a_name(void **state) {
    struct story *story = *state;
#define SEEMS "seems to end in a comment"
    static const char *const bad[] = {"night.db # the night's", "night.db #", "# none", "; none"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        char text[100], expected[200];
        setenv("SHELF", bad[i], 1);
        snprintf(expected, sizeof expected,
                 "environment: SHELF: \"%s\" " SEEMS ": there are none in the environment; leave it out",
                 bad[i]);
        ASSERT_WRONG(expected, &central);
        unsetenv("SHELF");
        snprintf(text, sizeof text, "SHELF = %s\n", bad[i]);
        snprintf(expected, sizeof expected,
                 "settings.file:1: SHELF: \"%s\" " SEEMS ": in an INI file one with # has a line of its own",
                 bad[i]);
        write_file(text);
        if (bad[i][0] != ';') { // which is one there
            ASSERT_WRONG(expected, &central, FILE_FLAG);
        }
    }
    setenv("SHELF", "night.db ; why", 1);
    ASSERT_WRONG("environment: SHELF: \"night.db ; why\" " SEEMS
                 ": there are none in the environment; leave it out",
                 &central);
    write_file("SHELF = night.db ; why\n");
    unsetenv("SHELF");
    ASSERT_READY(&central, FILE_FLAG);
    assert_string_equal(story->values.shelf, "night.db");
    write_file("hall: {address: 'a:1 # why'}\n");
    ASSERT_WRONG("settings.file:1: hall.address: \"a:1 # why\" " SEEMS
                 ", which the quotes make part of the value: put it after them",
                 &office, FILE_FLAG);
    write_file("hall:\n  address: a:1 # why\n");
    ASSERT_READY(&office, FILE_FLAG);
    assert_string_equal(story->values.hall_address, "a:1");
    setenv("SHELF", "night#1;2.db", 1);
    ASSERT_READY(&central);
    assert_string_equal(story->values.shelf, "night#1;2.db");
#undef SEEMS
}

static void people_may_have_any_name(void **state) {
    struct story *story = *state;
    setenv("CLI_GUEST", "\"Pepe\" # 2", 1);
    ASSERT_READY(&office);
    assert_string_equal(story->values.guest, "\"Pepe\" # 2");
}

// Files ---------------------------------------------------------------------------------------------------

static void a_byte_order_mark_in_the_middle_is_named(void **state) {
    struct story *story = *state;
#define MARK "a byte order mark (U+FEFF) in the middle, as of two files put together: delete it"
    write_file("\xEF\xBB\xBFGATE_PORT = 1\n\xEF\xBB\xBF[DEFAULT]\nSHELF = a\n");
    ASSERT_WRONG("settings.file:2: " MARK, &central, FILE_FLAG);
    write_file("\xEF\xBB\xBF\xEF\xBB\xBFGATE_PORT = 1\n");
    ASSERT_WRONG("settings.file:1: " MARK, &central, FILE_FLAG);
    write_file("SHELF = a\xEF\xBB\xBF.db\n");
    ASSERT_WRONG("settings.file:1: " MARK, &central, FILE_FLAG);
    write_file("\xEF\xBB\xBFGATE_PORT = 1\r\n");
    ASSERT_READY(&central, FILE_FLAG);
    assert_int_equal(story->values.gate_port, 1);
    assert_string_equal(story->printed, "");
    write_file("\xEF\xBB\xBFid: 1\n\xEF\xBB\xBFpause: 1s\n");
    ASSERT_WRONG("settings.file:2: " MARK, &office, FILE_FLAG);
    write_file("\xEF\xBB\xBF\xEF\xBB\xBFid: 1\n");
    ASSERT_WRONG("settings.file:1: " MARK, &office, FILE_FLAG);
    write_file("hall: {address: \xEF\xBB\xBF"
               "a:1}\n");
    ASSERT_WRONG("settings.file:1: " MARK, &office, FILE_FLAG);
    write_file("\xEF\xBB\xBFid: 7\n");
    ASSERT_READY(&office, FILE_FLAG);
    assert_int_equal(story->values.id, 7);
#undef MARK
}

static void lines_that_end_in_cr_alone_are_named(void **state) {
    struct story *story = *state;
    static const char *const bad[] = {"[DEFAULT]\rGATE_PORT = 1\r", "# so\rGATE_PORT = 1\n",
                                      "GATE_PORT = 1\rSHELF = a"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        write_file(bad[i]);
        ASSERT_WRONG("settings.file:1: its lines end in CR alone: save the file with LF, or CR and LF",
                     &central, FILE_FLAG);
    }
    write_file("[DEFAULT]\r\r\nGATE_PORT = 1\r\r\n");
    ASSERT_READY(&central, FILE_FLAG);
    assert_int_equal(story->values.gate_port, 1);
    write_file("id: 3\rpause: 1s\r"); // line ends as good as any, in YAML
    ASSERT_READY(&office, FILE_FLAG);
    assert_int_equal(story->values.id, 3);
    write_bytes("\xFF\xFE[\0D\0", 6);
    ASSERT_WRONG("settings.file:1: the file is UTF-16: save it as UTF-8", &central, FILE_FLAG);
}

static void a_file_without_any_known_key_is_refused(void **state) {
    struct story *story = *state;
    write_file("# so\n[SERVER]\nGATE_PORT = 1\nSHELF = a\n");
    ASSERT_WRONG(
        "settings.file:3: no key is known: this one is in section [SERVER], and only [DEFAULT] is read",
        &central, FILE_FLAG);
    write_file("hall:\n  address: \"a:1\"\npause: 5s\n");
    ASSERT_WRONG("settings.file: it looks like a YAML file, as the client has; quiniela central reads INI",
                 &central, FILE_FLAG);
    write_file("\nnovelty = 1\nother = 2\n");
    ASSERT_WRONG("settings.file:2: no key is known to quiniela central; the first is novelty", &central,
                 FILE_FLAG);
    write_file("\nnovelty: {a: 1}\n");
    ASSERT_WRONG("settings.file:2: no key is known to quiniela office; the first is novelty.a", &office,
                 FILE_FLAG);
    static const char *const ini[] = {"[DEFAULT]\nGATE_PORT = 1\n", "GATE_PORT = 1\n",
                                      "# so\n\nGATE_PORT = 1\nSHELF = a\n",
                                      "\xEF\xBB\xBF[DEFAULT]\r\nGATE_PORT = 1\r\n"};
    for (size_t i = 0; i < sizeof ini / sizeof ini[0]; i++) {
        write_file(ini[i]);
        ASSERT_WRONG(
            "settings.file: it looks like an INI file, as the server has; quiniela office reads YAML",
            &office, FILE_FLAG);
    }
    static const char *const good[] = {"", "# so\n; so\n", "[DEFAULT]\n", "HOST_IP =\n"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        write_file(good[i]);
        ASSERT_READY(&central, FILE_FLAG);
    }
    // A caller reads the central's file, so that one is good without any key of the caller's.
    write_file("GATE_PORT = 1\n");
    ASSERT_READY(&caller, FILE_FLAG);
    assert_non_null(strstr(story->printed, "| key: GATE_PORT | line: 1 |"));
    write_file("SHELVES = 1\n");
    ASSERT_WRONG("settings.file:1: no key is known to quiniela caller; the first is SHELVES", &caller,
                 FILE_FLAG);
}

static void a_key_that_is_nearly_one_is_refused(void **state) {
    struct story *story = *state;
    static const char *const near[] = {"GATE_POR",  "GATE_PORTS", "GATEPORT",
                                       "GATE_PROT", "gate_p0rt",  "XGATE_PORT"};
    for (size_t i = 0; i < sizeof near / sizeof near[0]; i++) {
        char text[100], expected[100];
        snprintf(text, sizeof text, "[DEFAULT]\nSHELF = a\n%s = 1\n", near[i]);
        snprintf(expected, sizeof expected,
                 "settings.file:3: %s: there is no such key; did you mean GATE_PORT?", near[i]);
        write_file(text);
        ASSERT_WRONG(expected, &central, FILE_FLAG);
    }
    write_file("hall: {adress: \"a:1\"}\n");
    ASSERT_WRONG("settings.file:1: hall.adress: there is no such key; did you mean hall.address?", &office,
                 FILE_FLAG);
    // Two edits are another word; and SHELVES would be a listing's.
    write_file("SHELF = a\nGATE_PO = 1\nSHELFES = 2\nSHELVES = 3\n");
    ASSERT_READY(&central, FILE_FLAG);
    assert_non_null(strstr(story->printed, "| key: GATE_PO | line: 2 |"));
    assert_non_null(strstr(story->printed, "| key: SHELVES | line: 4 |"));
    // One that is nearly ours and is another command's: HOST_IP's neighbour is a listing's.
    write_file("SHELF = a\nHOST_UP = 1\n");
    ASSERT_READY(&central, FILE_FLAG);
    assert_non_null(strstr(story->printed, "| key: HOST_UP | line: 2 |"));
}

// Flags that may be given several times, and one that may not.
struct guests {
    struct setting_texts guests;
    const char *host;
};
static const struct setting of_guests[] = {
    SETTING_TEXTS_IN(struct guests, guests, "GUEST", .help = "Who comes", .value_name = "NAME"),
    SETTING_TEXT_IN(struct guests, host, "HOST_IP", NULL, .help = "Who asks", .flag_only = true,
                    .once = true),
    {.key = NULL},
};
static const struct setting_group guests_groups[] = {{NULL, of_guests, 0}, {.settings = NULL}};
static const struct settings_command party = {
    .name = "party", .summary = "Invites.", .groups = guests_groups};

static void a_flag_may_be_given_several_times(void **state) {
    struct story *story = *state;
    struct guests guests;
    story->options = &guests;
    ASSERT_READY(&party);
    assert_int_equal(guests.guests.count, 0);
    ASSERT_READY(&party, "--guest=Ana", "--host-ip=1", "--guest", "Paz", "--guest=Ana");
    assert_int_equal(guests.guests.count, 3);
    assert_string_equal(guests.guests.list[0], "Ana");
    assert_string_equal(guests.guests.list[1], "Paz");
    assert_string_equal(guests.guests.list[2], "Ana");
    assert_string_equal(settings_written(story->settings, &guests.guests), "Ana");
    assert_true(settings_is_given(story->settings, &guests.guests));
    ASSERT_WRONG("--guest: \"a\\tb\" has a control character, which would become part of a name: delete it",
                 &party, "--guest=Ana", "--guest=a\tb");
    ASSERT_WRONG("--guest: \"\" is not a text of at least one character", &party, "--guest=");
    assert_int_equal(LOAD(&party, "--help"), SETTINGS_DONE);
    assert_non_null(strstr(story->printed, "(may be repeated)"));
}

static void a_flag_that_is_given_twice_is_refused_where_it_must_be_one(void **state) {
    struct story *story = *state;
    struct guests guests;
    story->options = &guests;
    ASSERT_WRONG("--host-ip: is given twice", &party, "--host-ip=1", "--host-ip=1");
    ASSERT_READY(&party, "--host-ip=1");
    assert_string_equal(guests.host, "1");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        STORY(invisible_characters_are_refused_from_every_source),
        STORY(quotes_are_refused_where_they_would_be_part_of_a_name),
        STORY(comments_are_refused_where_they_would_be_part_of_a_name),
        STORY(people_may_have_any_name),
        STORY(a_byte_order_mark_in_the_middle_is_named),
        STORY(lines_that_end_in_cr_alone_are_named),
        STORY(a_file_without_any_known_key_is_refused),
        STORY(a_key_that_is_nearly_one_is_refused),
        STORY(a_flag_may_be_given_several_times),
        STORY(a_flag_that_is_given_twice_is_refused_where_it_must_be_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
