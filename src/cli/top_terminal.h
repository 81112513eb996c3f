// The terminal that `quiniela top` has to itself: another screen, keys as they are pressed; and the terminal
// as it was before, however the program ends.
#ifndef QUINIELA_CLI_TOP_TERMINAL_H
#define QUINIELA_CLI_TOP_TERMINAL_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

// Whether standard input and output are a terminal that can be steered. ERROR_BAD_SETTING says what to do
// instead.
bool top_terminal_check(struct error *error) MUST_CHECK;

// Whether it shows UTF-8, by the locale; whether colours are wanted (NO_COLOR, see no-color.org).
bool top_terminal_is_utf8(void);
bool top_terminal_has_colours(void);

// Takes it, once the program is in the foreground. From now on signals are held back, for
// top_terminal_take_signal, whose descriptor *signals is; other signals that end a program first give the
// terminal back. In the thread that calls this, and those that it creates from then on. ERROR_SYSTEM.
bool top_terminal_open(int *signals, struct error *error) MUST_CHECK;

// What a signal wants; TOP_NO_SIGNAL when none has come.
enum top_signal {
    TOP_NO_SIGNAL,
    TOP_SIGNAL_END,
    TOP_SIGNAL_STOP,   // Ctrl-Z: then top_terminal_stop
    TOP_SIGNAL_REDRAW, // the size has changed, or the program was stopped otherwise: then top_terminal_again
};
enum top_signal top_terminal_take_signal(int signals);

// Gives the terminal back and stops the program; takes the terminal again once it goes on in the foreground.
// As long as it is stopped, and in the background, signals end it as they end any other program. False: the
// terminal cannot be had again.
bool top_terminal_stop(void) MUST_CHECK;

// The same of a program that was stopped already; takes again what somebody else may have had.
bool top_terminal_again(void) MUST_CHECK;

// Its size now; 80 x 24 where it does not say.
void top_terminal_size(unsigned *columns, unsigned *rows);

enum top_written {
    TOP_WRITTEN,        // all of it
    TOP_WRITTEN_PARTLY, // the terminal had no room for it before a signal came, which is to be taken first
    TOP_NOT_WRITTEN,    // the terminal is gone
};

// Writes that, as soon as the terminal takes it. With `is_new` to another, empty screen.
enum top_written top_terminal_write(int signals, bool is_new, const char *bytes, size_t length) MUST_CHECK;

// Gives the terminal back, as it was before top_terminal_open.
void top_terminal_close(int signals);

#endif
