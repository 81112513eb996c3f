#include "board/rows_kept.h"

#include "board/json.h"

#include <stdlib.h>

static bool write_rows(struct rows_text *rows, const struct board_snapshot *snapshot, bool is_reset) {
    struct json_writer writer = {0};
    json_begin(&writer, NULL);
    json_put_bool(&writer, "reset", is_reset);
    json_begin_list(&writer, "rows");
    agencies_json_rows(snapshot, rows->since, &writer);
    json_end_list(&writer);
    json_end(&writer);
    if (writer.failed) {
        free(writer.text);
        return false;
    }
    rows->text = writer.text;
    rows->length = writer.length;
    return true;
}

const struct rows_text *rows_kept_get(struct rows_kept *kept, const struct board_snapshot *snapshot,
                                      bool is_reset, uint64_t since) {
    struct rows_text *rows = is_reset ? &kept->whole : &kept->changed;
    uint64_t from = is_reset ? 0 : since;
    if (rows->text != NULL && rows->version == snapshot->version && rows->since == from) {
        return rows;
    }
    free(rows->text);
    *rows = (struct rows_text){.since = from, .version = snapshot->version};
    kept->written++;
    return write_rows(rows, snapshot, is_reset) ? rows : NULL;
}

void rows_kept_clear(struct rows_kept *kept) {
    free(kept->whole.text);
    free(kept->changed.text);
    kept->whole = kept->changed = (struct rows_text){0};
}
