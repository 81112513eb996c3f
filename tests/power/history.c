#include "history.h"

#include <stdlib.h>
#include <string.h>

void history_add(struct history *history, const struct history_entry *entry) {
    if (history->count == history->capacity) {
        history->capacity = history->capacity * 2 + 256;
        history->entries = realloc(history->entries, history->capacity * sizeof *history->entries);
    }
    history->entries[history->count++] = *entry;
}

void history_apply(const struct history_entry *entry, struct disk *disk) {
    switch (entry->event) {
    case HISTORY_CREATE:
        disk_create(disk, entry->name);
        break;
    case HISTORY_DELETE:
        disk_delete(disk, entry->name);
        break;
    case HISTORY_WRITE:
        disk_write(disk, entry->file, entry->offset, entry->bytes, entry->length);
        break;
    case HISTORY_TRUNCATE:
        disk_truncate(disk, entry->file, entry->offset);
        break;
    case HISTORY_SYNC:
        disk_sync(disk, entry->file);
        break;
    case HISTORY_SYNC_FAILED:
        disk_sync_failed(disk, entry->file, entry->seed);
        break;
    case HISTORY_SYNC_NAMES:
        disk_sync_names(disk);
        break;
    case HISTORY_SENT:
    case HISTORY_ACKNOWLEDGED:
    case HISTORY_DRAWN:
    case HISTORY_TOLD_SENT:
    case HISTORY_TOLD:
        break;
    }
}

static void print_entry(size_t at, const struct history_entry *entry, FILE *to) {
    static const char *const names[] = {"create",       "delete",      "write",   "truncate",
                                        "sync",         "failed sync", "names",   "sent",
                                        "acknowledged", "drawn",       "telling", "told"};
    fprintf(to, "%6zu %s", at, names[entry->event]);
    if (entry->event <= HISTORY_DELETE) {
        fprintf(to, " %s\n", entry->name);
    } else if (entry->event < HISTORY_SENT) {
        fprintf(to, " file %d, offset %zu, %zu bytes\n", entry->file, entry->offset, entry->length);
    } else {
        fprintf(to, " agency %u, %u bets%s\n", entry->agency, entry->bets, entry->last ? ", last" : "");
    }
}

void history_print(const struct history *history, size_t end, FILE *to) {
    end = end < history->count ? end : history->count;
    for (size_t i = end > 60 ? end - 60 : 0; i < end; i++) {
        print_entry(i + 1, &history->entries[i], to);
    }
}

void history_clear(struct history *history) {
    for (size_t i = 0; i < history->count; i++) {
        free(history->entries[i].bytes);
    }
    free(history->entries);
    memset(history, 0, sizeof *history);
}
