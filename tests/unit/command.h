// For the tests of the reading tools: a working folder of their own, a way to run a subcommand inside the
// test and catch its output, and stores with bets in them.
#ifndef QUINIELA_TESTS_COMMAND_H
#define QUINIELA_TESTS_COMMAND_H

#include "cmocka_all.h"
#include "temporary.h"

#include "bet/chunk.h"
#include "cli/cli.h"
#include "cli/command.h"
#include "store/store.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { COMMAND_OUTPUT_BYTES_MAX = 64 * 1024, COMMAND_ARGUMENTS_MAX = 32 };

#define STORY(name) cmocka_unit_test_setup_teardown(name, enter_folder, leave_folder)

// The folder ----------------------------------------------------------------------------------------------

static char command_folder[TEMPORARY_BYTES];

// How many names there are in the folder `path`.
static inline int count_files(const char *path) {
    DIR *folder = opendir(path);
    assert_non_null(folder);
    int count = 0;
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    }
    closedir(folder);
    return count;
}

static inline int enter_folder(void **state) {
    (void)state;
    unsetenv("STORE");
    unsetenv("DRAW");
    temporary_make(command_folder, "test_quiniela");
    return chdir(command_folder) != 0;
}

static inline int leave_folder(void **state) {
    (void)state;
    int left = chdir("/");
    return temporary_remove(command_folder) != 0 || left;
}

static inline void write_text(const char *path, const char *text) {
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
    assert_int_equal(fclose(file), 0);
}

// Reads the whole file of the descriptor into `text`, ended by a NUL.
static inline void read_descriptor(int descriptor, char text[COMMAND_OUTPUT_BYTES_MAX]) {
    ssize_t length = pread(descriptor, text, COMMAND_OUTPUT_BYTES_MAX - 1, 0);
    assert_true(length >= 0 && length < COMMAND_OUTPUT_BYTES_MAX - 1);
    text[length] = '\0';
}

static inline void assert_file(const char *path, const char *expected) {
    static char text[COMMAND_OUTPUT_BYTES_MAX];
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    assert_true(descriptor >= 0);
    read_descriptor(descriptor, text);
    close(descriptor);
    assert_string_equal(text, expected);
}

// Running -------------------------------------------------------------------------------------------------

static char command_output[COMMAND_OUTPUT_BYTES_MAX]; // of the last command
static char command_errors[COMMAND_OUTPUT_BYTES_MAX];

static inline int take_place_of(int place, int descriptor) {
    int kept = dup(place);
    assert_true(kept >= 0 && dup2(descriptor, place) == place);
    return kept;
}

static inline void give_back(int place, int kept) {
    dup2(kept, place);
    close(kept);
}

// Runs the command with these words, the first its own name, the last NULL; its standard output goes to
// `output`.
static inline int run_to(int output, int (*command)(const struct command_line *line), va_list words) {
    char *argv[COMMAND_ARGUMENTS_MAX];
    int argc = 0;
    while ((argv[argc] = va_arg(words, char *)) != NULL) {
        argc++;
        assert_true(argc < COMMAND_ARGUMENTS_MAX);
    }
    int errors = memfd_create("errors", MFD_CLOEXEC);
    fflush(stdout);
    int kept_output = take_place_of(STDOUT_FILENO, output),
        kept_errors = take_place_of(STDERR_FILENO, errors);
    const struct command_line line = {.argc = argc, .argv = argv};
    int status = command(&line);
    fflush(stdout);
    clearerr(stdout);
    give_back(STDOUT_FILENO, kept_output);
    give_back(STDERR_FILENO, kept_errors);
    read_descriptor(errors, command_errors);
    close(errors);
    return status;
}

// Like run_to, with the output in command_output. Returns the exit code.
static inline int run_command(int (*command)(const struct command_line *line), ...) {
    va_list words;
    va_start(words, command);
    int output = memfd_create("output", MFD_CLOEXEC);
    int status = run_to(output, command, words);
    va_end(words);
    read_descriptor(output, command_output);
    close(output);
    return status;
}

// Like run_to, but closes `output` afterwards.
static inline int run_command_into(int output, int (*command)(const struct command_line *line), ...) {
    va_list words;
    va_start(words, command);
    assert_true(output >= 0);
    int status = run_to(output, command, words);
    va_end(words);
    close(output);
    return status;
}

// Checks that the last command printed only one line, to standard error, and that it contains `part`.
static inline void assert_one_error(const char *part) {
    assert_string_equal(command_output, "");
    assert_non_null(strstr(command_errors, part));
    char *newline = strchr(command_errors, '\n');
    assert_non_null(newline);
    assert_string_equal(newline, "\n");
}

// Stores --------------------------------------------------------------------------------------------------

static inline struct store *open_store(const char *draw) {
    struct store *store;
    struct error error;
    assert_true(store_open("store.db", draw, STORE_SERVE, &store, &error));
    assert_true(store_begin(store, &error));
    return store;
}

static inline void close_store(struct store *store) {
    struct error error;
    assert_true(store_commit(store, &error));
    store_close(&store);
}

static inline void put_draw(struct store *store, struct stored_draw draw) {
    struct error error;
    assert_true(store_put_draw(store, &draw, &error));
}

static inline void put_agency(struct store *store, struct stored_agency agency) {
    struct error error;
    assert_true(store_put_agency(store, &agency, &error));
}

static inline void put_winner(struct store *store, uint32_t agency, uint64_t bet) {
    struct error error;
    struct stored_winner winner = {.agency = agency, .bet = bet, .document = "30904465"};
    assert_true(store_add_winner(store, &winner, &error));
}

// Stores a chunk of `count` bets with this text and these numbers, which need not fit each other, and its
// digest.
static inline void put_chunk(struct store *store, uint32_t agency, uint64_t first, uint32_t count,
                             const char *rows, const uint16_t *numbers) {
    uint8_t packed[64];
    assert_true(2 * count <= sizeof packed);
    for (uint32_t i = 0; i < count; i++) {
        packed[2 * i] = (uint8_t)numbers[i];
        packed[2 * i + 1] = (uint8_t)(numbers[i] >> 8);
    }
    struct stored_chunk chunk = {
        .agency = agency,
        .first = first,
        .count = count,
        .numbers = packed,
        .rows = rows,
        .rows_length = strlen(rows),
    };
    struct error error;
    assert_true(chunk_digest(packed, count, rows, chunk.rows_length, chunk.digest));
    assert_true(store_add_chunk(store, &chunk, &error));
}

#endif
