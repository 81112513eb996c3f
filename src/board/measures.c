#include "board/measures.h"

#include "board/options.h"
#include "board/process.h"

const char *board_disk_name(enum board_disk disk) {
    static const char *const names[BOARD_DISKS] = {[BOARD_DISK_STORE] = "store",
                                                   [BOARD_DISK_AUDIT_LOG] = "audit_log",
                                                   [BOARD_DISK_LOG] = "log",
                                                   [BOARD_DISK_SEALS] = "seals"};
    return names[disk];
}

void board_measure(const struct board_options *options, struct board_measures *measures) {
    const struct board_places *places = &options->places;
    const char *const paths[BOARD_DISKS] = {[BOARD_DISK_STORE] = places->store,
                                            [BOARD_DISK_AUDIT_LOG] = places->audit_log,
                                            [BOARD_DISK_LOG] = places->log,
                                            [BOARD_DISK_SEALS] = places->seals};
    *measures = (struct board_measures){.is_taken = true};
    for (int i = 0; i < BOARD_DISKS; i++) {
        struct board_room *room = &measures->disks[i];
        room->is_known = paths[i] != NULL && disk_room(paths[i], &room->free_bytes, &room->size_bytes);
    }
    if (options->last_backup != NULL &&
        !options->last_backup(options->context, &measures->backup_at, &measures->backup_bytes)) {
        measures->backup_at = 0;
        measures->backup_bytes = 0;
    }
    measures->has_descriptors =
        options->process != NULL && process_open_descriptors(options->process, &measures->descriptors);
}
