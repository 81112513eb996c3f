// `quiniela sample`: CSV files of bets as agencies have them, the same ones for the same seed, with a known number of
// winners.
#include "cli/cli.h"

#include "base/limits.h"
#include "base/settings.h"
#include "cli/settings_table.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SAMPLE_FILES_MAX = 10000 };

static const char *const first_names[] = {
    "Santiago", "Agustín", "Tiago", "Sofía", "Martín", "Camila", "Joaquín", "Lucía", "Tomás", "Valentina", "Nicolás",
    "Julieta", "Benjamín", "Martina", "Facundo", "Abril", "Bautista", "Guadalupe", "Ramón", "Inés", "Ñandú", "Zoé",
    "Emanuel", "Lionel", "Milagros", "Sebastián", "Belén", "Germán", "Rocío", "Iñaki",
};

static const char *const last_names[] = {
    "Lorca", "Zambrano", "Rivera", "Núñez", "González", "Fernández", "Peña", "Gómez", "Muñoz", "Díaz", "Pérez",
    "Agüero", "Ibáñez", "Sosa", "Quiroga", "Cáceres", "Álvarez", "Benítez", "Ojeda", "Giménez", "Ledesma", "Páez",
};

// splitmix64 (Steele, Lea, Flood 2014; public domain version by Sebastiano Vigna).
static uint64_t next_random(uint64_t *state) {
    uint64_t mixed = *state += 0x9e3779b97f4a7c15;
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
    return mixed ^ (mixed >> 31);
}

static uint32_t below(uint64_t *state, uint32_t bound) {
    return (uint32_t)((next_random(state) >> 32) * bound >> 32);
}

static void write_bet(FILE *file, uint64_t *random, uint32_t number) {
    const char *first = first_names[below(random, sizeof first_names / sizeof first_names[0])];
    const char *second = first_names[below(random, sizeof first_names / sizeof first_names[0])];
    const char *last = last_names[below(random, sizeof last_names / sizeof last_names[0])];
    bool has_second = below(random, 2) == 0;
    fprintf(file, "%s%s%s,%s,%u,%u-%02u-%02u,%u\r\n", first, has_second ? " " : "", has_second ? second : "", last,
            20000000 + below(random, 20000000), 1940 + below(random, 66), 1 + below(random, 12),
            1 + below(random, 28), number);
}

// Of the `left` bets that are still to be written, `winners` shall win: each with the same probability.
static void write_bets(FILE *file, uint64_t random, uint64_t bets, uint64_t winners, uint32_t winning_number) {
    for (uint64_t left = bets; left > 0; left--) {
        bool wins = next_random(&random) % left < winners;
        uint32_t number = below(&random, BET_NUMBER_MAX); // one of all but the winning one
        winners -= wins;
        write_bet(file, &random, wins ? winning_number : number + (number >= winning_number));
    }
}

static bool write_file(const char *directory, uint32_t agency, uint64_t seed, uint64_t bets, uint64_t winners,
                       uint32_t winning_number, struct error *error) {
    char path[PATH_MAX], temporary[PATH_MAX];
    if (snprintf(path, sizeof path, "%s/agency-%" PRIu32 ".csv", directory, agency) >= (int)sizeof path ||
        snprintf(temporary, sizeof temporary, "%s.new", path) >= (int)sizeof temporary) {
        return error_set(error, ERROR_SYSTEM, "%s: the path is too long", directory);
    }
    FILE *file = fopen(temporary, "w");
    if (file == NULL) {
        return error_set_system(error, errno, "%s: cannot be written", path);
    }
    uint64_t random = seed * 0x100000001b3 + agency; // each file depends on the seed and its own number only
    write_bets(file, next_random(&random), bets, winners, winning_number);
    bool failed = ferror(file) != 0;
    if (fclose(file) != 0 || failed || rename(temporary, path) != 0) {
        error_set_system(error, errno, "%s: cannot be written", path);
        unlink(temporary);
        return false;
    }
    printf("%s: %" PRIu64 " bets, %" PRIu64 " winners\n", path, bets, winners);
    return true;
}

// A list as "3,2,0" into *numbers, which the caller frees.
static bool parse_list(const char *name, const char *text, uint64_t **numbers, size_t *count, struct error *error) {
    *count = 0;
    *numbers = calloc(SAMPLE_FILES_MAX, sizeof **numbers);
    if (*numbers == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory");
    }
    for (const char *at = text;;) {
        size_t digits = strspn(at, "0123456789");
        if (digits == 0 || digits > 12 || (at[digits] != ',' && at[digits] != '\0')) {
            return error_set(error, ERROR_BAD_SETTING, "--%s: \"%.100s\" is no list of whole numbers such as 3,2,0", name,
                             text);
        }
        if (*count == SAMPLE_FILES_MAX) {
            return error_set(error, ERROR_BAD_SETTING, "--%s: more than %d numbers", name, SAMPLE_FILES_MAX);
        }
        (*numbers)[(*count)++] = strtoull(at, NULL, 10);
        if (at[digits] == '\0') {
            return true;
        }
        at += digits + 1;
    }
}

struct sample {
    uint64_t *sizes, *winners;
    size_t files;
};

static bool read_sample(const struct settings *settings, struct sample *sample, struct error *error) {
    size_t winner_count;
    if (!parse_list("sizes", settings_text(settings, "SIZES"), &sample->sizes, &sample->files, error) ||
        !parse_list("winners", settings_text(settings, "WINNERS"), &sample->winners, &winner_count, error)) {
        return false;
    }
    if (sample->files != winner_count) {
        return error_set(error, ERROR_BAD_SETTING, "--sizes has %zu numbers, --winners %zu: one each for every agency",
                         sample->files, winner_count);
    }
    for (size_t i = 0; i < sample->files; i++) {
        if (sample->winners[i] > sample->sizes[i]) {
            return error_set(error, ERROR_BAD_SETTING,
                             "--winners: agency %zu has %" PRIu64 " bets and cannot have %" PRIu64 " winners", i + 1,
                             sample->sizes[i], sample->winners[i]);
        }
    }
    return true;
}

static bool write_sample(const struct settings *settings, const struct sample *sample, struct error *error) {
    const char *directory = settings_text(settings, "DIR");
    if (mkdir(directory, 0777) != 0 && errno != EEXIST) {
        return error_set_system(error, errno, "%s: cannot be made", directory);
    }
    for (size_t i = 0; i < sample->files; i++) {
        if (!write_file(directory, (uint32_t)i + 1, (uint64_t)settings_number(settings, "SEED"), sample->sizes[i],
                        sample->winners[i], (uint32_t)settings_number(settings, "NUMBER"), error)) {
            return false;
        }
    }
    return true;
}

int cli_sample(int argc, char **argv) {
    struct settings *settings;
    struct error error;
    enum settings_outcome outcome = settings_load(&sample_command, argc, argv, &settings, &error);
    if (outcome == SETTINGS_DONE) {
        return EXIT_DONE;
    }
    struct sample sample = {0};
    int status = EXIT_DONE;
    if (outcome == SETTINGS_WRONG || !read_sample(settings, &sample, &error)) {
        status = EXIT_WRONG_USE;
    } else if (!write_sample(settings, &sample, &error)) {
        status = EXIT_FAILED;
    }
    if (status != EXIT_DONE) {
        fprintf(stderr, "quiniela sample: %s\n", error.text);
    }
    free(sample.sizes);
    free(sample.winners);
    settings_free(settings);
    return status;
}
