// What the stories of settings have in common: a folder, an environment and an argv of their own, and two
// commands.
#ifndef QUINIELA_TESTS_SETTINGS_STORY_H
#define QUINIELA_TESTS_SETTINGS_STORY_H

#include "cmocka_all.h"
#include "descriptors.h"

#include "base/settings.h"
#include "cli/settings_table.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CENTRAL = 1 << 0, OFFICE = 1 << 1, LISTING = 1 << 2 };

static const struct setting table[] = {
    {.commands = CENTRAL | OFFICE,
     .key = "CONFIG",
     .flag_only = true,
     .type = SETTING_CONFIG,
     .help = "The file"},
    {.commands = CENTRAL,
     .key = "GATE_PORT",
     .type = SETTING_NUMBER,
     .maximum = 65535,
     .fallback = "12345",
     .value_name = "PORT",
     .help = "A help text that is long enough to be broken into more than one line, because it goes on and "
             "on and on"},
    {.commands = CENTRAL | LISTING,
     .key = "SHELF",
     .type = SETTING_TEXT,
     .fallback = "shelf.db",
     .help = "A path"},
    {.commands = CENTRAL, .key = "HOST_IP", .type = SETTING_TEXT, .help = "An address"},
    {.commands = CENTRAL, .key = "LOUDNESS", .type = SETTING_LEVEL, .fallback = "INFO", .help = "A level"},
    {.commands = CENTRAL, .key = "ONLY_ONCE", .type = SETTING_SWITCH, .help = "A switch"},
    {.commands = OFFICE,
     .key = "CLI_ID",
     .file_key = "id",
     .type = SETTING_NUMBER,
     .minimum = -5,
     .maximum = INT64_MAX,
     .help = "A number"},
    {.commands = OFFICE,
     .key = "CLI_HALL_ADDRESS",
     .file_key = "hall.address",
     .type = SETTING_TEXT,
     .fallback = "localhost:1",
     .help = "An address"},
    {.commands = OFFICE,
     .key = "PILE_SIZE",
     .file_key = "pile.maxAmount",
     .alias = "CLI_PILE_MAXAMOUNT",
     .type = SETTING_NUMBER,
     .minimum = 1,
     .maximum = 99,
     .fallback = "10",
     .help = "A number with another name"},
    {.commands = OFFICE,
     .key = "CLI_PAUSE",
     .file_key = "pause",
     .type = SETTING_DURATION,
     .help = "A duration"},
    {.commands = OFFICE,
     .key = "CLI_ROOM",
     .file_key = "room",
     .type = SETTING_SIZE,
     .minimum = 1024,
     .help = "A size"},
    {.commands = OFFICE,
     .key = "CLI_MOOD",
     .file_key = "mood",
     .type = SETTING_CHOICE,
     .choices = "calm loud shy",
     .help = "A choice"},
    {.commands = OFFICE,
     .key = "CLI_GUEST",
     .type = SETTING_TEXT,
     .free_text = true,
     .help = "A person's name"},
    {.commands = OFFICE,
     .key = "PRIZES",
     .flag = "winners",
     .flag_only = true,
     .type = SETTING_SWITCH,
     .help = "So"},
    {.commands = LISTING,
     .key = "OUTPUT",
     .letter = 'o',
     .flag_only = true,
     .type = SETTING_TEXT,
     .help = "A path"},
    {.commands = LISTING, .key = "SHELVES", .type = SETTING_TEXT, .help = "Begins like another"},
    {.commands = LISTING, .key = "HOST_UP", .type = SETTING_TEXT, .help = "Is nearly another"},
    {.key = NULL},
};

static const struct setting *const tables[] = {table, NULL};

static const char *const variables[] = {
    "GATE_PORT", "SHELF",   "SHELVES",   "HOST_IP",   "LOUDNESS", "ONLY_ONCE", "CLI_ID", "CLI_HALL_ADDRESS",
    "CLI_GUEST", "HOST_UP", "PILE_SIZE", "CLI_PAUSE", "CLI_ROOM", "CLI_MOOD",  "PRIZES", "CLI_PILE_MAXAMOUNT",
    "CONFIG",    "OUTPUT",  "STORE",     "DRAW",
};

static const struct settings_command central = {.name = "central",
                                                .summary = "Sums up.",
                                                .details = "Details.\n\nMore of them.",
                                                .bit = CENTRAL,
                                                .format = SETTINGS_INI,
                                                .file_commands = CENTRAL | LISTING,
                                                .tables = tables};
static const struct settings_command office = {.name = "office",
                                               .summary = "Sums up.",
                                               .bit = OFFICE,
                                               .format = SETTINGS_YAML,
                                               .file_commands = OFFICE,
                                               .tables = tables};
static const struct settings_command listing = {.name = "listing",
                                                .arguments = "FROM [TO]",
                                                .summary = "Sums up.",
                                                .bit = LISTING,
                                                .tables = tables,
                                                .arguments_min = 1,
                                                .arguments_max = 2};

enum { FLAGS_MAX = 16 };

struct story {
    char folder[32]; // the working directory while the test runs
    char *argv[FLAGS_MAX + 2];
    int argc;
    struct settings *settings;
    struct error error;
    int descriptors;    // that were open before
    char printed[8192]; // what settings_load wrote to standard output
};

static inline int set_up(void **state) {
    struct story *story = calloc(1, sizeof *story);
    assert_non_null(story);
    story->descriptors = descriptors();
    strcpy(story->folder, "/tmp/test_settings.XXXXXX");
    assert_non_null(mkdtemp(story->folder));
    assert_int_equal(chdir(story->folder), 0);
    for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++) {
        unsetenv(variables[i]);
    }
    *state = story;
    return 0;
}

static inline int tear_down(void **state) {
    struct story *story = *state;
    settings_free(story->settings);
    if (descriptors() != story->descriptors) {
        fail_msg("%d files were left open", descriptors() - story->descriptors);
    }
    unlink("settings.file");
    unlink("printed");
    assert_int_equal(chdir("/"), 0);
    assert_int_equal(rmdir(story->folder), 0);
    free(story);
    return 0;
}

static inline void write_bytes(const char *bytes, size_t length) {
    FILE *file = fopen("settings.file", "w");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
}

static inline void write_file(const char *text) {
    write_bytes(text, strlen(text));
}

// Calls settings_load with the story's argv, its standard output going to a file, and reads that back.
static inline enum settings_outcome load_printing(struct story *story,
                                                  const struct settings_command *command) {
    fflush(stdout);
    int terminal = dup(STDOUT_FILENO);
    FILE *file = fopen("printed", "w+");
    assert_non_null(file);
    dup2(fileno(file), STDOUT_FILENO);
    enum settings_outcome outcome =
        settings_load(command, story->argc, story->argv, &story->settings, &story->error);
    if (outcome == SETTINGS_READY) {
        settings_warn(story->settings);
    }
    fflush(stdout);
    dup2(terminal, STDOUT_FILENO);
    close(terminal);
    rewind(file);
    size_t length = fread(story->printed, 1, sizeof story->printed - 1, file);
    story->printed[length] = '\0';
    fclose(file);
    return outcome;
}

// Loads with the flags that follow, up to a NULL.
static inline enum settings_outcome load(struct story *story, const struct settings_command *command, ...) {
    settings_free(story->settings);
    story->settings = NULL;
    static char name[] = "command";
    story->argv[0] = name;
    story->argc = 1;
    va_list flags;
    va_start(flags, command);
    for (char *flag; (flag = va_arg(flags, char *)) != NULL;) {
        assert_true(story->argc <= FLAGS_MAX);
        story->argv[story->argc++] = flag;
    }
    va_end(flags);
    story->argv[story->argc] = NULL;
    enum settings_outcome outcome = load_printing(story, command);
    assert_int_equal(story->settings != NULL, outcome == SETTINGS_READY);
    return outcome;
}

#define LOAD(...) load(story, __VA_ARGS__, (char *)NULL)

#define ASSERT_READY(...)                                                                                    \
    do {                                                                                                     \
        enum settings_outcome outcome = LOAD(__VA_ARGS__);                                                   \
        if (story->error.text[0] != '\0') {                                                                  \
            fail_msg("expected no refusal, came: %s", story->error.text);                                    \
        }                                                                                                    \
        assert_int_equal(outcome, SETTINGS_READY);                                                           \
    } while (0)

#define ASSERT_WRONG(text_expected, ...)                                                                     \
    do {                                                                                                     \
        assert_int_equal(LOAD(__VA_ARGS__), SETTINGS_WRONG);                                                 \
        assert_string_equal(story->error.text, text_expected);                                               \
        assert_int_equal(story->error.code, ERROR_BAD_SETTING);                                              \
    } while (0)

#define FILE_FLAG "--config=settings.file"

#define ASSERT_TEXT(key, expected) assert_string_equal(settings_text(story->settings, key), expected)

#define STORY(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

#endif
