// `quiniela top`: the night on a terminal. One thread waits for keys, signals and what is new, and lays it
// all out anew; another one reads.
#include "cli/cli.h"

#include "cli/command.h"
#include "cli/help_texts.h"
#include "cli/top_help.h"
#include "cli/top_layout.h"
#include "cli/top_reader.h"
#include "cli/top_terminal.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { EVERY_MS_MIN = 100, EVERY_MS_MAX = 60 * 1000 };
enum { KEYS_BYTES = 64, KEY_MS = 50 }; // for the rest of a key's bytes

struct top_options {
    struct top_source source;
    uint64_t every_ms;
};

static const struct setting showing[] = {
    SETTING_DURATION_IN(struct top_options, every_ms, "EVERY", "1s", HELP_TOP_EVERY, .flag_only = true),
    {.key = NULL},
};

static const struct setting_group groups[] = {
    CONTROL_CALL_GROUPS_IN(struct top_options, source.call),
    {"Output", showing, 0},
    {.settings = NULL},
};

const struct settings_command top_command = {
    .name = "top",
    .summary = HELP_TOP_SUMMARY,
    .details = HELP_TOP_DETAILS,
    .groups = groups,
    CONFIG_OF_SERVER,
};

struct top {
    struct top_reader *reader;
    int signals;
    struct top_facts *facts;
    struct top_numbers numbers;
    struct top_view view;
    struct top_screen shown, next;
    bool is_shown; // `shown` is what stands on the screen
    char keys[KEYS_BYTES];
    size_t key_length; // of those that are no whole key yet
};

// Showing ---------------------------------------------------------------------------------------------------

// False when the terminal is gone, or there is no memory.
static bool show(struct top *top) {
    unsigned columns, rows;
    size_t length;
    top_terminal_size(&columns, &rows);
    top_screen_begin(&top->next, columns, rows);
    top_layout(top->facts, &top->numbers, &top->view, &top->next);
    char *bytes = top_screen_change(top->is_shown ? &top->shown : NULL, &top->next, &length);
    enum top_written written =
        bytes == NULL ? TOP_NOT_WRITTEN : top_terminal_write(top->signals, !top->is_shown, bytes, length);
    free(bytes);
    top->shown = top->next;
    top->is_shown = written == TOP_WRITTEN;
    return written != TOP_NOT_WRITTEN;
}

// Keys ------------------------------------------------------------------------------------------------------

// False: one of them ends the program.
static bool take_keys(struct top *top, bool is_whole) {
    size_t at = 0, taken;
    bool goes_on = true;
    do {
        enum top_key key = top_key_take(top->keys + at, top->key_length - at, is_whole, &taken);
        goes_on = taken == 0 || top_view_key(&top->view, key);
        at += taken;
    } while (goes_on && taken > 0);
    top->key_length -= at;
    memmove(top->keys, top->keys + at, top->key_length);
    top_reader_want_numbers(top->reader, top->view.page == TOP_NUMBERS);
    return goes_on;
}

// What does not become a key in so many bytes is none.
static bool read_keys(struct top *top) {
    if (top->key_length == sizeof top->keys) {
        top->key_length = 0;
    }
    ssize_t length = read(STDIN_FILENO, top->keys + top->key_length, sizeof top->keys - top->key_length);
    if (length <= 0) {
        return length < 0 && (errno == EINTR || errno == EAGAIN);
    }
    top->key_length += (size_t)length;
    return take_keys(top, false);
}

// Signals ---------------------------------------------------------------------------------------------------

static bool take_signals(struct top *top) {
    for (enum top_signal signal; (signal = top_terminal_take_signal(top->signals)) != TOP_NO_SIGNAL;) {
        if (signal == TOP_SIGNAL_END ||
            !(signal == TOP_SIGNAL_STOP ? top_terminal_stop() : top_terminal_again())) {
            return false;
        }
        top->is_shown = false;
    }
    return true;
}

// The loop --------------------------------------------------------------------------------------------------

static bool run_once(struct top *top) {
    struct pollfd wanted[] = {{.fd = top->signals, .events = POLLIN},
                              {.fd = STDIN_FILENO, .events = POLLIN},
                              {.fd = top_reader_descriptor(top->reader), .events = POLLIN}};
    int count = poll(wanted, 3, top->key_length > 0 ? KEY_MS : -1);
    if (count == 0) {
        return take_keys(top, true);
    }
    if (count > 0 && wanted[2].revents != 0) {
        top_reader_take(top->reader, &top->facts, &top->numbers);
    }
    return (count > 0 || errno == EINTR) && (wanted[0].revents == 0 || take_signals(top)) &&
           (wanted[1].revents == 0 || read_keys(top));
}

static bool run(struct top *top, uint64_t every_ms, struct error *error) {
    top_reader_take(top->reader, &top->facts, &top->numbers);
    top->next.is_utf8 = top->shown.is_utf8 = top_terminal_is_utf8();
    top->next.has_colours = top->shown.has_colours = top_terminal_has_colours();
    if (!top_terminal_open(&top->signals, error)) {
        return false;
    }
    bool done = top_reader_run(top->reader, every_ms, error);
    while (done && show(top) && run_once(top)) {
    }
    top_terminal_close(top->signals);
    return done;
}

// The settings and the texts that the reader uses live until it has ended; where that takes too long, the
// program ends at once.
static bool show_night(const struct top_options *options, struct error *error) {
    struct top *top = calloc(1, sizeof *top);
    if (top == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for the screen");
    }
    bool done = top_terminal_check(error) && top_reader_begin(&options->source, &top->reader, error) &&
                run(top, options->every_ms, error);
    if (top->reader != NULL && !top_reader_stop(top->reader)) {
        _exit(done ? EXIT_DONE : EXIT_FAILED);
    }
    top_facts_free(top->facts);
    free(top);
    return done;
}

static bool check_every(const struct top_options *options, const struct settings *settings,
                        struct error *error) {
    return (options->every_ms >= EVERY_MS_MIN && options->every_ms <= EVERY_MS_MAX) ||
           error_set(error, ERROR_BAD_SETTING, "%s: it is to be from 100ms to 1m",
                     settings_place(settings, &options->every_ms));
}

int cli_top(const struct command_line *line) {
    struct top_options options;
    struct settings *settings;
    struct error error;
    int status;
    if (!command_begin(&top_command, line, &options, &settings, &status)) {
        return status;
    }
    call_flags_write(&options.source.call, settings, options.source.flags);
    bool done = check_every(&options, settings, &error) && show_night(&options, &error);
    settings_free(settings);
    return done ? EXIT_DONE : command_fail(&top_command, &error);
}
