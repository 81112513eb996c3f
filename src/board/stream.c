// The board's streams of events, as http.h asks for them.
#include "base/clock.h"
#include "board/board.h"
#include "board/board_parts.h"
#include "board/events.h"

#include <stdlib.h>

bool board_stream_begin(void *context, const char *last_id, void **result) {
    struct board *board = context;
    struct events *events = malloc(sizeof *events);
    *result = events;
    if (events == NULL) {
        return false;
    }
    events_begin(events, board->epoch, last_id);
    board->streams++;
    reader_want(board->reader);
    return true;
}

bool board_stream_next(void *context, void *stream, char **text, size_t *length) {
    struct board *board = context;
    struct board_view view = board_view_of(board);
    struct events_of of = {&view, &board->history, board->epoch, clock_steady_ms(), &board->rows};
    return events_next(stream, &of, text, length);
}

void board_stream_end(void *context, void *stream) {
    struct board *board = context;
    board->streams--;
    if (board->streams == 0) {
        rows_kept_clear(&board->rows);
    }
    free(stream);
}
