#include "board/events.h"

#include "board/json.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

void events_begin(struct events *events, const char *epoch, const char *last_id) {
    *events = (struct events){.is_begun = false};
    events->knows_agencies = last_id != NULL && event_id_read(last_id, epoch, &events->version);
}

// One event, whose data is in one line. No memory shows in the file.
static void put_event(FILE *file, const char *name, const char *id, const char *data, size_t length) {
    fprintf(file, "event: %s\n", name);
    if (id != NULL) {
        fprintf(file, "id: %s\n", id);
    }
    fputs("data: ", file);
    fwrite(data, 1, length, file);
    fputs("\n\n", file);
}

// False: no memory for the data, and there is no such event.
static bool write_event(FILE *file, const char *name, struct json_writer *data) {
    if (!data->failed) {
        put_event(file, name, NULL, data->text, data->length);
    }
    free(data->text);
    return !data->failed;
}

static bool write_draw(struct events *events, const struct events_of *of, FILE *file) {
    struct json_writer data = {0};
    draw_json_write(of->view, &data);
    events->draw_version = of->view->snapshot->version;
    events->draw_ms = of->now_ms;
    return write_event(file, "draw", &data);
}

// Agencies --------------------------------------------------------------------------------------------------

static size_t count_changed(const struct board_snapshot *snapshot, uint64_t since) {
    size_t changed = 0;
    for (size_t i = 0; i < snapshot->count; i++) {
        changed += snapshot->agencies[i].version > since;
    }
    return changed;
}

// A version that is still to come is none of this board's.
static bool needs_all(const struct events *events, const struct board_snapshot *snapshot) {
    return !events->knows_agencies || events->version > snapshot->version ||
           events->version < snapshot->whole_version;
}

static bool agencies_are_due(const struct events *events, const struct events_of *of) {
    const struct board_snapshot *snapshot = of->view->snapshot;
    uint64_t passed_ms = of->now_ms - events->agencies_ms;
    if (!events->is_begun || needs_all(events, snapshot)) {
        return true;
    }
    if (events->version == snapshot->version || passed_ms < AGENCIES_EVERY_MS) {
        return false;
    }
    size_t changed = count_changed(snapshot, events->version);
    return changed > 0 && (changed <= AGENCIES_MANY || passed_ms >= AGENCIES_MANY_EVERY_MS);
}

// Only this event has an id: whoever comes back with it lacks rows of agencies alone. False: no memory.
static bool write_agencies(struct events *events, const struct events_of *of, FILE *file) {
    const struct board_snapshot *snapshot = of->view->snapshot;
    const struct rows_text *rows =
        rows_kept_get(of->rows, snapshot, needs_all(events, snapshot), events->version);
    char id[EVENT_ID_BYTES];
    if (rows == NULL) {
        return false;
    }
    event_id_write(of->epoch, snapshot->version, id);
    put_event(file, "agencies", id, rows->text, rows->length);
    events->version = snapshot->version;
    events->knows_agencies = true;
    events->agencies_ms = of->now_ms;
    return true;
}

// The history -----------------------------------------------------------------------------------------------

static void put_step(struct json_writer *data, const char *key, uint64_t bets) {
    if (bets == HISTORY_UNKNOWN) {
        json_put_null(data, key);
    } else {
        json_put_number(data, key, bets);
    }
}

static bool write_history(struct events *events, const struct history *history, FILE *file) {
    struct json_writer data = {0};
    json_begin(&data, NULL);
    json_put_number(&data, "step_s", HISTORY_STEP_S);
    json_put_number(&data, "until", (uint64_t)history->until);
    json_begin_list(&data, "bets");
    for (uint64_t i = history->count - history_length(history); i < history->count; i++) {
        put_step(&data, NULL, history_step(history, i));
    }
    json_end_list(&data);
    json_end(&data);
    events->steps = history->count;
    events->steps_until = history->until;
    return write_event(file, "history", &data);
}

static bool write_step(const struct history *history, uint64_t number, FILE *file) {
    struct json_writer data = {0};
    json_begin(&data, NULL);
    json_put_number(&data, "until", (uint64_t)history_step_until(history, number));
    put_step(&data, "bets", history_step(history, number));
    json_end(&data);
    return write_event(file, "step", &data);
}

// A history that has begun anew, or has lost what was not told yet, is told whole.
static bool has_whole_history_to_tell(const struct events *events, const struct history *history) {
    return !events->is_begun || history->count < events->steps ||
           history->count - events->steps > HISTORY_STEPS ||
           history->until - events->steps_until != (time_t)(history->count - events->steps) * HISTORY_STEP_S;
}

static bool write_steps(struct events *events, const struct history *history, FILE *file) {
    bool done = true;
    if (has_whole_history_to_tell(events, history)) {
        return write_history(events, history, file);
    }
    for (; done && events->steps < history->count; events->steps++) {
        done = write_step(history, events->steps, file);
    }
    events->steps_until = history->until;
    return done;
}

// All together ----------------------------------------------------------------------------------------------

// False: no memory. Then nothing of it is sent, and the stream ends.
static bool write_due(struct events *events, const struct events_of *of, FILE *file) {
    bool has_changed = events->draw_version != of->view->snapshot->version;
    bool draw_is_due = !events->is_begun || has_changed || of->now_ms - events->draw_ms >= DRAW_EVERY_MS;
    bool done = (!draw_is_due || write_draw(events, of, file)) &&
                (!agencies_are_due(events, of) || write_agencies(events, of, file)) &&
                write_steps(events, of->history, file);
    if (!events->is_begun || of->now_ms - events->comment_ms >= COMMENT_EVERY_MS) {
        fputs(":\n\n", file);
        events->comment_ms = of->now_ms;
    }
    events->is_begun = true;
    return done;
}

// Until the store was read there is nothing to tell.
bool events_next(struct events *events, const struct events_of *of, char **text, size_t *length) {
    *text = NULL;
    *length = 0;
    if (!of->view->snapshot->has_draw) {
        return true;
    }
    FILE *file = open_memstream(text, length);
    if (file == NULL) {
        return false;
    }
    bool failed = !write_due(events, of, file) || ferror(file) != 0;
    failed = fclose(file) != 0 || failed;
    if (failed || *length == 0) {
        free(*text);
        *text = NULL;
        *length = 0;
    }
    return !failed;
}
