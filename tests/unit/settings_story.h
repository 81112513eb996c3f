// What the stories of settings have in common: a folder, an environment and an argv of their own, and four
// commands.
#ifndef QUINIELA_TESTS_SETTINGS_STORY_H
#define QUINIELA_TESTS_SETTINGS_STORY_H

#include "cmocka_all.h"
#include "descriptors.h"

#include "base/log.h"
#include "base/settings.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// The values that all four commands fill in.
struct values {
    const char *config;
    uint16_t gate_port;
    const char *shelf, *host_ip;
    enum log_level loudness;
    bool only_once;
    int64_t id;
    const char *hall_address;
    uint32_t pile_size;
    int64_t pause_ms;
    size_t room;
    enum { CALM, LOUD, SHY } mood;
    const char *guest;
    bool prizes;
    const char *output, *shelves, *host_up;
};

static const struct setting of_central[] = {
    SETTING_CONFIG_IN(struct values, config, "CONFIG", .help = "The file"),
    SETTING_NUMBER_IN(struct values, gate_port, "GATE_PORT", "12345", 0, UINT16_MAX, .value_name = "PORT",
                      .help = "A help text that is long enough to be broken into more than one line, because "
                              "it goes on and on and on"),
    {.key = NULL},
};
static const struct setting of_shelf[] = {
    SETTING_TEXT_IN(struct values, shelf, "SHELF", "shelf.db", .help = "A path"),
    {.key = NULL},
};
static const struct setting of_host[] = {
    SETTING_TEXT_IN(struct values, host_ip, "HOST_IP", NULL, .help = "An address"),
    SETTING_LEVEL_IN(struct values, loudness, "LOUDNESS", "INFO", .help = "A level"),
    SETTING_SWITCH_IN(struct values, only_once, "ONLY_ONCE", .help = "A switch"),
    {.key = NULL},
};
static const struct setting of_office[] = {
    SETTING_CONFIG_IN(struct values, config, "CONFIG", .help = "The file"),
    SETTING_NUMBER_IN(struct values, id, "CLI_ID", NULL, -5, INT64_MAX, .help = "A number", .file_key = "id"),
    SETTING_TEXT_IN(struct values, hall_address, "CLI_HALL_ADDRESS", "localhost:1", .help = "An address",
                    .file_key = "hall.address"),
    SETTING_NUMBER_IN(struct values, pile_size, "PILE_SIZE", "10", 1, 99,
                      .help = "A number with another name", .file_key = "pile.maxAmount",
                      .alias = "CLI_PILE_MAXAMOUNT"),
    SETTING_DURATION_IN(struct values, pause_ms, "CLI_PAUSE", NULL, .help = "A duration",
                        .file_key = "pause"),
    SETTING_SIZE_IN(struct values, room, "CLI_ROOM", NULL, 1024, .help = "A size", .file_key = "room"),
    SETTING_CHOICE_IN(struct values, mood, "CLI_MOOD", NULL, "calm loud shy", .help = "A choice",
                      .file_key = "mood"),
    SETTING_TEXT_IN(struct values, guest, "CLI_GUEST", NULL, .help = "A person's name", .free_text = true),
    SETTING_SWITCH_IN(struct values, prizes, "PRIZES", .help = "So", .flag = "winners", .flag_only = true),
    {.key = NULL},
};
static const struct setting of_listing[] = {
    SETTING_TEXT_IN(struct values, output, "OUTPUT", NULL, .help = "A path", .letter = 'o',
                    .flag_only = true),
    SETTING_TEXT_IN(struct values, shelves, "SHELVES", NULL, .help = "Begins like another"),
    SETTING_TEXT_IN(struct values, host_up, "HOST_UP", NULL, .help = "Is nearly another"),
    {.key = NULL},
};
static const struct setting of_caller[] = {
    SETTING_CONFIG_IN(struct values, config, "CONFIG", .help = "The file"),
    SETTING_TEXT_IN(struct values, host_ip, "HOST_IP", NULL, .help = "An address"),
    {.key = NULL},
};

static const char *const variables[] = {
    "GATE_PORT", "SHELF",   "SHELVES",   "HOST_IP",   "LOUDNESS", "ONLY_ONCE", "CLI_ID", "CLI_HALL_ADDRESS",
    "CLI_GUEST", "HOST_UP", "PILE_SIZE", "CLI_PAUSE", "CLI_ROOM", "CLI_MOOD",  "PRIZES", "CLI_PILE_MAXAMOUNT",
    "CONFIG",    "OUTPUT",  "STORE",     "DRAW",
};

static const struct setting_group central_groups[] = {
    {"Gate", of_central, 0}, {"Storage", of_shelf, 0}, {"Host", of_host, 0}, {.settings = NULL}};
static const struct settings_command central = {.name = "central",
                                                .summary = "Sums up.",
                                                .details = "Details.\n\nMore of them.",
                                                .groups = central_groups,
                                                .format = SETTINGS_INI};
static const struct setting_group office_groups[] = {{NULL, of_office, 0}, {.settings = NULL}};
static const struct settings_command office = {
    .name = "office", .summary = "Sums up.", .groups = office_groups, .format = SETTINGS_YAML};
static const struct setting_group listing_groups[] = {
    {"Storage", of_shelf, 0}, {"Storage", of_listing, 0}, {.settings = NULL}};
static const struct settings_command listing = {.name = "listing",
                                                .arguments = "FROM [TO]",
                                                .summary = "Sums up.",
                                                .groups = listing_groups,
                                                .arguments_min = 1,
                                                .arguments_max = 2};
// Reads the central's file.
static const struct setting_group caller_groups[] = {{NULL, of_caller, 0}, {.settings = NULL}};
static const struct settings_command caller = {.name = "caller",
                                               .summary = "Sums up.",
                                               .groups = caller_groups,
                                               .format = SETTINGS_INI,
                                               .file_of = &central};

static const struct settings_command *const known[] = {&central, &office, &listing, &caller, NULL};

enum { FLAGS_MAX = 16 };

struct story {
    char folder[32]; // the working directory while the test runs
    char *argv[FLAGS_MAX + 2];
    int argc;
    struct settings *settings;
    struct values values; // of the commands above
    void *options;        // where the values go; NULL: into `values`
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
    const struct command_line line = {.argc = story->argc, .argv = story->argv, .known = known};
    void *options = story->options != NULL ? story->options : &story->values;
    enum settings_outcome outcome = settings_load(command, &line, options, &story->settings, &story->error);
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
        assert_error(&story->error, ERROR_BAD_SETTING);                                                      \
    } while (0)

#define FILE_FLAG "--config=settings.file"

// What was written for a setting, or its default.
#define ASSERT_WRITTEN(field, expected)                                                                      \
    assert_string_equal(settings_written(story->settings, &story->values.field), expected)

#define STORY(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

#endif
