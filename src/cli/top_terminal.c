#include "cli/top_terminal.h"

#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

// xterm's private modes: another screen (1049), no cursor (25), no wrapping (7). A terminal that has no other
// screen ignores that.
#define OTHER_SCREEN "\033[?1049h"
#define PREPARE "\033[?25l\033[?7l\033[H\033[2J"
#define GIVE_BACK "\033[0m\033[?7h\033[?25h\033[H\033[2J\033[?1049l"

static struct {
    struct termios before;
    volatile sig_atomic_t is_taken;
} terminal;

static const int failures[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
static const int held[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGCONT, SIGWINCH};

// What it is --------------------------------------------------------------------------------------------

bool top_terminal_check(struct error *error) {
    const char *name = getenv("TERM");
    if (isatty(STDIN_FILENO) != 1 || isatty(STDOUT_FILENO) != 1) {
        return error_set(
            error, ERROR_BAD_SETTING,
            "it is for a terminal, and this is none: quiniela status says the same, once or with "
            "--watch");
    }
    return (name != NULL && name[0] != '\0' && strcmp(name, "dumb") != 0) ||
           error_set(
               error, ERROR_BAD_SETTING,
               "TERM=%.40s is a terminal that cannot be steered: quiniela status --watch needs none that "
               "can",
               name == NULL ? "" : name);
}

bool top_terminal_is_utf8(void) {
    locale_t locale = newlocale(LC_CTYPE_MASK, "", (locale_t)0);
    bool is_utf8 = locale != (locale_t)0 && strcmp(nl_langinfo_l(CODESET, locale), "UTF-8") == 0;
    if (locale != (locale_t)0) {
        freelocale(locale);
    }
    return is_utf8;
}

bool top_terminal_has_colours(void) {
    const char *none = getenv("NO_COLOR");
    return none == NULL || none[0] == '\0';
}

void top_terminal_size(unsigned *columns, unsigned *rows) {
    struct winsize size;
    bool is_known = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 && size.ws_row > 0;
    *columns = is_known ? size.ws_col : 80;
    *rows = is_known ? size.ws_row : 24;
}

bool top_terminal_write(const char *bytes, size_t length) {
    while (length > 0) {
        ssize_t written = write(STDOUT_FILENO, bytes, length);
        if (written < 0 && errno != EINTR) {
            return false;
        }
        bytes += written > 0 ? written : 0;
        length -= written > 0 ? (size_t)written : 0;
    }
    return true;
}

// Taking and giving back --------------------------------------------------------------------------------

// One that is gone needs nothing more.
static void steer(const char *bytes, size_t length) {
    if (!top_terminal_write(bytes, length)) {
        return;
    }
}

// Ctrl-C and Ctrl-Z stay signals; Ctrl-S is a key, and stops nothing.
void top_terminal_again(void) {
    struct termios raw = terminal.before;
    raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO | IEXTEN);
    raw.c_iflag &= ~(tcflag_t)(IXON | ICRNL);
    raw.c_cc[VMIN] = 1;
    raw.c_cc[VTIME] = 0;
    (void)tcsetattr(STDIN_FILENO, TCSANOW, &raw);
    if (!terminal.is_taken) { // or else it would forget where the cursor was
        terminal.is_taken = 1;
        steer(OTHER_SCREEN, sizeof OTHER_SCREEN - 1);
    }
    steer(PREPARE, sizeof PREPARE - 1);
}

// Only calls that a signal's handler may make.
static void give_back(void) {
    if (terminal.is_taken) {
        terminal.is_taken = 0;
        steer(GIVE_BACK, sizeof GIVE_BACK - 1);
        (void)tcsetattr(STDIN_FILENO, TCSANOW, &terminal.before);
    }
}

// By then its usual action is set, which ends the program as soon as this returns.
static void on_failure(int number) {
    give_back();
    raise(number);
}

static void give_back_on_failure(void) {
    struct sigaction action = {.sa_handler = on_failure, .sa_flags = (int)SA_RESETHAND};
    for (size_t i = 0; i < sizeof failures / sizeof *failures; i++) {
        struct sigaction before;
        if (sigaction(failures[i], NULL, &before) == 0 && before.sa_handler == SIG_DFL) { // not a sanitizer's
            sigaction(failures[i], &action, NULL);
        }
    }
}

bool top_terminal_open(int *signals, struct error *error) {
    sigset_t all;
    sigemptyset(&all);
    for (size_t i = 0; i < sizeof held / sizeof *held; i++) {
        sigaddset(&all, held[i]);
    }
    *signals = -1;
    if (tcgetattr(STDIN_FILENO, &terminal.before) != 0) {
        return error_set_system(error, errno, "cannot ask the terminal how it is set");
    }
    pthread_sigmask(SIG_BLOCK, &all, NULL);
    *signals = signalfd(-1, &all, SFD_NONBLOCK | SFD_CLOEXEC);
    if (*signals < 0) {
        return error_set_system(error, errno, "cannot watch for signals");
    }
    give_back_on_failure();
    top_terminal_again();
    return true;
}

void top_terminal_close(int signals) {
    give_back();
    close(signals);
}

// Signals -----------------------------------------------------------------------------------------------

enum top_signal top_terminal_take_signal(int signals) {
    struct signalfd_siginfo taken;
    if (read(signals, &taken, sizeof taken) != (ssize_t)sizeof taken) {
        return TOP_NO_SIGNAL;
    }
    switch ((int)taken.ssi_signo) {
    case SIGTSTP:
        return TOP_SIGNAL_STOP;
    case SIGWINCH:
    case SIGCONT:
        return TOP_SIGNAL_REDRAW;
    default:
        return TOP_SIGNAL_END;
    }
}

// The signal's own action stops all of the program, so it is let through here.
void top_terminal_stop(void) {
    sigset_t stop;
    sigemptyset(&stop);
    sigaddset(&stop, SIGTSTP);
    give_back();
    raise(SIGTSTP);
    pthread_sigmask(SIG_UNBLOCK, &stop, NULL); // stopped here
    pthread_sigmask(SIG_BLOCK, &stop, NULL);
    top_terminal_again();
}
