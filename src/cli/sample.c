// `quiniela sample`: writes made-up bets, one file per agency, with a known number of winners in each.
// Everything is checked before anything is written.
#include "cli/cli.h"

#include "bet/limits.h"
#include "cli/command.h"
#include "cli/help_texts.h"
#include "cli/output_file.h"
#include "cli/sample_bets.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum {
    SAMPLE_FILES_MAX = 10000,
    SAMPLE_BETS_MAX = 1000 * 1000 * 1000, // in a file
};

struct sample_options {
    const char *dir, *sizes, *winners;
    uint64_t seed;
    uint16_t number;
};

static const struct setting table[] = {
    SETTING_TEXT_IN(struct sample_options, dir, "DIR", "data", HELP_SAMPLE_DIR, .flag_only = true),
    SETTING_TEXT_IN(struct sample_options, sizes, "SIZES", "26936,25518,16014,9238,991", HELP_SAMPLE_SIZES,
                    .flag_only = true),
    SETTING_TEXT_IN(struct sample_options, winners, "WINNERS", "2,3,3,2,0", HELP_SAMPLE_WINNERS,
                    .flag_only = true),
    SETTING_NUMBER_IN(struct sample_options, number, "NUMBER", "7574", 0, BET_NUMBER_MAX, HELP_SAMPLE_NUMBER,
                      .flag_only = true),
    SETTING_NUMBER_IN(struct sample_options, seed, "SEED", "1", 0, INT64_MAX, HELP_SAMPLE_SEED,
                      .flag_only = true),
    {.key = NULL},
};

static const struct setting_group groups[] = {{NULL, table, 0}, {.settings = NULL}};

const struct settings_command sample_command = {
    .name = "sample",
    .summary = HELP_SAMPLE_SUMMARY,
    .groups = groups,
};

struct sample {
    const struct sample_options *options;
    int files;
    uint32_t sizes[SAMPLE_FILES_MAX];
    uint32_t winners[SAMPLE_FILES_MAX];
};

// The lists -----------------------------------------------------------------------------------------------

// Reads the whole number that *text begins with into *number, and moves *text past it.
static bool take_number(const char **text, uint32_t *number) {
    uint32_t value = 0;
    const char *at = *text;
    for (; *at >= '0' && *at <= '9'; at++) {
        value = value * 10 + (uint32_t)(*at - '0');
        if (value > SAMPLE_BETS_MAX) {
            return false;
        }
    }
    bool taken = at > *text;
    *text = at;
    *number = value;
    return taken;
}

// Reads "N,N,…" into `numbers`, and their count into *count.
static bool read_list(const char *flag, const char *text, uint32_t numbers[SAMPLE_FILES_MAX], int *count,
                      struct error *error) {
    for (*count = 0;; text++) {
        if (*count == SAMPLE_FILES_MAX) {
            return error_set(error, ERROR_BAD_SETTING, "%s: it has more than %d numbers", flag,
                             SAMPLE_FILES_MAX);
        }
        if (!take_number(&text, &numbers[*count]) || (*text != ',' && *text != '\0')) {
            return error_set(error, ERROR_BAD_SETTING,
                             "%s: number %d of the list is not a whole number from 0 to %d", flag, *count + 1,
                             SAMPLE_BETS_MAX);
        }
        ++*count;
        if (*text == '\0') {
            return true;
        }
    }
}

static bool read_lists(struct sample *sample, struct error *error) {
    int winners;
    if (!read_list("--sizes", sample->options->sizes, sample->sizes, &sample->files, error) ||
        !read_list("--winners", sample->options->winners, sample->winners, &winners, error)) {
        return false;
    }
    if (winners != sample->files) {
        return error_set(error, ERROR_BAD_SETTING, "--winners: it has %d number%s, --sizes has %d", winners,
                         winners == 1 ? "" : "s", sample->files);
    }
    for (int i = 0; i < sample->files; i++) {
        if (sample->winners[i] > sample->sizes[i]) {
            return error_set(error, ERROR_BAD_SETTING,
                             "--winners: agency %d cannot have %" PRIu32 " among %" PRIu32 " bets", i + 1,
                             sample->winners[i], sample->sizes[i]);
        }
    }
    return true;
}

// Writing -------------------------------------------------------------------------------------------------

static bool write_bets(struct output_file *file, struct sample_bets *bets, struct error *error) {
    char text[BET_TEXT_BYTES_MAX + 2];
    size_t length;
    while ((length = sample_bets_next(bets, text)) > 0) {
        memcpy(text + length, "\r\n", 2);
        if (!output_file_write(file, text, length + 2, error)) {
            return false;
        }
    }
    return true;
}

static bool write_file(const struct sample *sample, int index, const char *path, struct error *error) {
    struct sample_bets bets;
    sample_bets_begin(&bets, sample->options->seed, (uint32_t)index + 1, sample->sizes[index],
                      sample->winners[index], sample->options->number);
    struct output_file *file;
    if (!output_file_open(path, &file, error)) {
        return false;
    }
    if (!write_bets(file, &bets, error)) {
        output_file_drop(&file);
        return false;
    }
    return output_file_finish(&file, error);
}

static bool write_and_tell(const struct sample *sample, int index, struct error *error) {
    char *path;
    if (asprintf(&path, "%s/agency-%d.csv", sample->options->dir, index + 1) < 0) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for a path");
    }
    bool done = write_file(sample, index, path, error);
    if (done) {
        printf("%s: %" PRIu32 " bet%s, %" PRIu32 " winner%s\n", path, sample->sizes[index],
               sample->sizes[index] == 1 ? "" : "s", sample->winners[index],
               sample->winners[index] == 1 ? "" : "s");
    }
    free(path);
    return done;
}

static bool write_files(const struct sample *sample, struct error *error) {
    if (mkdir(sample->options->dir, 0777) != 0 && errno != EEXIST) {
        return error_set_system(error, errno, "%.150s: cannot make the directory", sample->options->dir);
    }
    for (int i = 0; i < sample->files; i++) {
        if (!write_and_tell(sample, i, error)) {
            return false;
        }
    }
    return command_flush_output(error);
}

// The command ---------------------------------------------------------------------------------------------

static bool make_sample(const struct sample_options *options, struct error *error) {
    struct sample *sample = calloc(1, sizeof *sample);
    if (sample == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for the lists");
    }
    sample->options = options;
    bool done = read_lists(sample, error) && write_files(sample, error);
    free(sample);
    return done;
}

int cli_sample(const struct command_line *line) {
    struct sample_options options;
    struct settings *settings;
    struct error error;
    int status;
    if (!command_begin(&sample_command, line, &options, &settings, &status)) {
        return status;
    }
    bool done = make_sample(&options, &error);
    settings_free(settings);
    return done ? EXIT_DONE : command_fail(&sample_command, &error);
}
