#include "board/board.h"

#include "base/random.h"
#include "board/board_parts.h"
#include "ledger/pulse.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static bool start(struct board *board, struct error *error) {
    const struct board_options *options = &board->options;
    snprintf(board->epoch, sizeof board->epoch, "%016" PRIx64, random_seed());
    board->snapshot = calloc(1, sizeof *board->snapshot);
    if (board->snapshot == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for the board");
    }
    const struct reader_options reading = {.open = options->open_reader,
                                           .context = options->context,
                                           .pulse = options->pulse,
                                           .measured = options,
                                           .every_ms = options->read_every_ms};
    return reader_start(&reading, &board->reader, error);
}

bool board_open(const struct board_options *options, struct board **result, struct error *error) {
    struct board *board = calloc(1, sizeof *board);
    *result = NULL;
    if (board == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for the board");
    }
    board->options = *options;
    if (!start(board, error)) {
        board_close(&board);
        return false;
    }
    *result = board;
    return true;
}

void board_close(struct board **pointer) {
    struct board *board = *pointer;
    *pointer = NULL;
    if (board != NULL) {
        reader_stop(&board->reader);
        board_snapshot_free(board->snapshot);
        rows_kept_clear(&board->rows);
        free(board);
    }
}

// A reading that hangs brings no snapshot that would say so.
static void note_hanging(struct board *board) {
    uint64_t busy_ms = reader_busy_ms(board->reader);
    if (busy_ms >= READ_HANGS_MS && board->snapshot->trouble[0] == '\0') {
        snprintf(board->snapshot->trouble, sizeof board->snapshot->trouble,
                 "the store, or a disk that is measured, has not answered for more than %d s",
                 READ_HANGS_MS / 1000);
    }
}

void board_update(struct board *board) {
    struct board_snapshot *fresh = reader_take(board->reader);
    if (fresh != NULL) {
        board_snapshot_free(board->snapshot);
        board->snapshot = fresh;
        if (fresh->trouble[0] == '\0') {
            history_note(&board->history, fresh->read_at, fresh->bets);
        }
    }
    note_hanging(board);
}

struct board_view board_view_of(const struct board *board) {
    return (struct board_view){&board->options, board->snapshot, pulse_age_s(board->options.pulse)};
}

void board_tick(void *context) {
    struct board *board = context;
    if (board->streams > 0) {
        reader_want(board->reader);
    }
    board_update(board);
}
