#include "cli/top_terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <poll.h>
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

enum { GIVE_BACK_MS = 300 }; // for a terminal that nobody reads

static struct {
    struct termios before;
    int flags; // of its descriptor
    volatile sig_atomic_t is_taken, has_other_screen;
} terminal;

static const int ending[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP};
static const int redrawing[] = {SIGCONT, SIGWINCH};

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

// Writing -----------------------------------------------------------------------------------------------

// What the terminal takes at once: in a call that waits for one that nobody reads, no signal would be taken.
// Others that have the terminal share the flag, so it is set for this moment only.
static ssize_t write_some(const char *bytes, size_t length) {
    (void)fcntl(STDOUT_FILENO, F_SETFL, terminal.flags | O_NONBLOCK);
    ssize_t written = write(STDOUT_FILENO, bytes, length);
    int failure = errno;
    (void)fcntl(STDOUT_FILENO, F_SETFL, terminal.flags);
    errno = failure;
    return written;
}

static enum top_written write_all(int signals, const char *bytes, size_t length) {
    struct pollfd wanted[] = {{.fd = signals, .events = POLLIN}, {.fd = STDOUT_FILENO, .events = POLLOUT}};
    while (length > 0) {
        ssize_t written = write_some(bytes, length);
        if (written < 0 && errno != EAGAIN && errno != EINTR) {
            return TOP_NOT_WRITTEN;
        }
        bytes += written > 0 ? written : 0;
        length -= written > 0 ? (size_t)written : 0;
        if (length > 0 && poll(wanted, 2, -1) > 0 && wanted[0].revents != 0) {
            return TOP_WRITTEN_PARTLY;
        }
    }
    return TOP_WRITTEN;
}

enum top_written top_terminal_write(int signals, bool is_new, const char *bytes, size_t length) {
    enum top_written written = TOP_WRITTEN;
    if (is_new && !terminal.has_other_screen) { // or else it would forget where the cursor was
        terminal.has_other_screen = 1;
        written = write_all(signals, OTHER_SCREEN, sizeof OTHER_SCREEN - 1);
    }
    if (is_new && written == TOP_WRITTEN) {
        written = write_all(signals, PREPARE, sizeof PREPARE - 1);
    }
    return written == TOP_WRITTEN ? write_all(signals, bytes, length) : written;
}

// Taking and giving back --------------------------------------------------------------------------------

// One that is not the terminal of this session, or is that of another process namespace, has no group.
static bool is_in_foreground(void) {
    pid_t group = tcgetpgrp(STDIN_FILENO);
    return group <= 0 || group == getpgrp();
}

// Ends when nobody reads it for long. What nobody has read yet is thrown away then, so that there is room.
static void write_end(const char *bytes, size_t length) {
    struct pollfd output = {.fd = STDOUT_FILENO, .events = POLLOUT};
    bool may_wait = true;
    while (length > 0) {
        ssize_t written = write_some(bytes, length);
        if (written < 0 && errno == EAGAIN && poll(&output, 1, GIVE_BACK_MS) == 0) {
            if (!may_wait || !is_in_foreground() || tcflush(STDOUT_FILENO, TCOFLUSH) != 0) {
                return;
            }
            may_wait = false;
        } else if (written < 0 && errno != EINTR && errno != EAGAIN) {
            return;
        }
        bytes += written > 0 ? written : 0;
        length -= written > 0 ? (size_t)written : 0;
    }
}

// Only calls that a signal's handler may make. In the background somebody else has set the terminal.
static void give_back(void) {
    if (terminal.has_other_screen) {
        terminal.has_other_screen = 0;
        write_end(GIVE_BACK, sizeof GIVE_BACK - 1);
    }
    if (terminal.is_taken && is_in_foreground()) {
        (void)tcsetattr(STDIN_FILENO, TCSANOW, &terminal.before);
    }
    terminal.is_taken = 0;
}

static sigset_t set_of(const int *signals, size_t count, sigset_t set) {
    for (size_t i = 0; i < count; i++) {
        sigaddset(&set, signals[i]);
    }
    return set;
}

static sigset_t ending_signals(void) {
    sigset_t none;
    sigemptyset(&none);
    return set_of(ending, sizeof ending / sizeof *ending, none);
}

// Changing anything of the terminal stops a program that is in the background, until it no longer is; that is
// why nothing is changed yet. Signals act as usual meanwhile.
static bool wait_for_foreground(void) {
    sigset_t signals = ending_signals();
    pthread_sigmask(SIG_UNBLOCK, &signals, NULL);
    if (!is_in_foreground()) {
        (void)tcflow(STDIN_FILENO, TCOON);
    }
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    return is_in_foreground(); // not: nobody can bring it there
}

// Ctrl-C and Ctrl-Z stay signals; Ctrl-S is a key, and stops nothing.
static bool take(void) {
    if (!terminal.is_taken && tcgetattr(STDIN_FILENO, &terminal.before) != 0) {
        return false;
    }
    struct termios raw = terminal.before;
    raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO | IEXTEN);
    raw.c_iflag &= ~(tcflag_t)(IXON | ICRNL);
    raw.c_cc[VMIN] = 1;
    raw.c_cc[VTIME] = 0;
    terminal.is_taken = 1;
    return tcsetattr(STDIN_FILENO, TCSANOW, &raw) == 0;
}

bool top_terminal_again(void) {
    return (is_in_foreground() || wait_for_foreground()) && take();
}

// By then its usual action is set, which ends the program as soon as this returns.
static void on_end(int number) {
    give_back();
    raise(number);
}

static bool ends_program(int number) {
    static const int others[] = {SIGCHLD, SIGCONT, SIGURG, SIGWINCH, SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        if (others[i] == number) {
            return false;
        }
    }
    return true;
}

static void give_back_on_end(void) {
    struct sigaction action = {.sa_handler = on_end, .sa_flags = (int)SA_RESETHAND};
    for (int number = 1; number <= SIGRTMAX; number++) {
        struct sigaction before;
        if (ends_program(number) && sigaction(number, NULL, &before) == 0 &&
            before.sa_handler == SIG_DFL) { // not ignored, nor a sanitizer's
            sigaction(number, &action, NULL);
        }
    }
}

bool top_terminal_open(int *signals, struct error *error) {
    sigset_t held = set_of(redrawing, sizeof redrawing / sizeof *redrawing, ending_signals());
    *signals = -1;
    terminal.flags = fcntl(STDOUT_FILENO, F_GETFL);
    if (terminal.flags < 0) {
        return error_set_system(error, errno, "cannot ask the terminal how it is set");
    }
    pthread_sigmask(SIG_BLOCK, &held, NULL);
    *signals = signalfd(-1, &held, SFD_NONBLOCK | SFD_CLOEXEC);
    if (*signals < 0) {
        return error_set_system(error, errno, "cannot watch for signals");
    }
    give_back_on_end();
    if (!top_terminal_again()) {
        int failure = errno;
        top_terminal_close(*signals);
        return error_set_system(error, failure, "cannot have the terminal to itself");
    }
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
bool top_terminal_stop(void) {
    give_back();
    raise(SIGTSTP);
    return wait_for_foreground() && top_terminal_again();
}
