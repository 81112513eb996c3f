#include "cli/progress.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/translate.h"

#include <inttypes.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { BAR_CELLS = 20, REDRAW_MS = 100, ROW_BYTES = 224, DRAWING_BYTES = 256 };

#define ERASE "\r\033[K"
// A row that is too long for the terminal is cut instead of continued in the next one, which no ERASE
// reaches.
#define WITHOUT_WRAPPING "\033[?7l"
#define WITH_WRAPPING "\033[?7h"
// The terminal shows a key that is pressed, such as ^C, where the row begins: it is erased with the row.
#define TO_THE_BEGINNING "\r"

// The log's thread draws, too.
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static struct {
    bool is_on;
    bool is_aside; // the log is being written: the bar is drawn after that
    uint64_t drawn_at_ms;
    uint32_t agency;
    uint64_t done, total, bets;
    enum progress_state state;
    char since[CLOCK_TEXT_BYTES]; // it waits for the draw; "": it has not begun to
} bar;

// Drawing ---------------------------------------------------------------------------------------------------

// A terminal that its user has stopped is left alone: the agency has better things to do than to wait for it.
static void put(const char *text, size_t length) {
    struct pollfd terminal = {.fd = STDERR_FILENO, .events = POLLOUT};
    if (poll(&terminal, 1, 0) == 1 && write(STDERR_FILENO, text, length) < 0) {
        return; // it is gone
    }
}

static void write_cells(char cells[64]) {
    char filled[BAR_CELLS + 1] = {0};
    uint64_t done = bar.done < bar.total ? bar.done : bar.total;
    cells[0] = '\0';
    if (bar.total > 0) {
        uint64_t count = (uint64_t)((double)done / (double)bar.total * BAR_CELLS);
        memset(filled, '.', BAR_CELLS);
        memset(filled, '#', count);
        snprintf(cells, 64, " [%s] %3u %%", filled, (unsigned)((double)done / (double)bar.total * 100));
    }
}

static void draw(void) {
    char cells[64], row[ROW_BYTES], text[DRAWING_BYTES];
    write_cells(cells);
    const char *what = bar.state == PROGRESS_CONNECTING ? translate_beside_log(", connecting")
                       : bar.state == PROGRESS_WAITING ? translate_beside_log(", waiting for the draw since ")
                                                       : "";
    snprintf(row, sizeof row, translate_beside_log("agency %" PRIu32 "%s  bets stored: %" PRIu64 "%s%s"),
             bar.agency, cells, bar.bets, what, bar.state == PROGRESS_WAITING ? bar.since : "");
    int length = snprintf(text, sizeof text, ERASE WITHOUT_WRAPPING "%s" WITH_WRAPPING TO_THE_BEGINNING, row);
    put(text, (size_t)length);
    bar.drawn_at_ms = clock_steady_ms();
}

static void draw_if_possible(void) {
    if (bar.is_on && !bar.is_aside) {
        draw();
    }
}

static void erase_if_possible(void) {
    if (bar.is_on && !bar.is_aside) {
        put(ERASE, sizeof ERASE - 1);
    }
}

// The log is about to be written, or has been.
static void step_aside(bool begins) {
    pthread_mutex_lock(&mutex);
    if (begins) {
        erase_if_possible();
    }
    bar.is_aside = begins;
    draw_if_possible();
    pthread_mutex_unlock(&mutex);
}

// What others call ------------------------------------------------------------------------------------------

void progress_begin(uint32_t agency) {
    if (!isatty(STDERR_FILENO)) {
        return;
    }
    log_set_beside(step_aside);
    pthread_mutex_lock(&mutex);
    bar.is_on = true;
    bar.agency = agency;
    draw_if_possible();
    pthread_mutex_unlock(&mutex);
}

void progress_enter(enum progress_state state) {
    pthread_mutex_lock(&mutex);
    bar.state = state;
    if (state == PROGRESS_WAITING && bar.since[0] == '\0') {
        clock_local_text(bar.since);
    }
    draw_if_possible();
    pthread_mutex_unlock(&mutex);
}

void progress_show(uint64_t done, uint64_t total, uint64_t bets) {
    pthread_mutex_lock(&mutex);
    bar.done = done;
    bar.total = total;
    bar.bets = bets;
    if (done >= total || clock_steady_ms() - bar.drawn_at_ms >= REDRAW_MS) {
        draw_if_possible();
    }
    pthread_mutex_unlock(&mutex);
}

void progress_end(void) {
    log_set_beside(NULL);
    pthread_mutex_lock(&mutex);
    erase_if_possible();
    bar.is_on = false;
    pthread_mutex_unlock(&mutex);
}
