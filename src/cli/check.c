// `quiniela check`: reads all of a draw, and the files it is in, and says what is damaged and how much is
// good.
#include "cli/cli.h"

#include "base/settings.h"
#include "bet/errors.h"
#include "cli/command.h"
#include "cli/settings_table.h"
#include "ledger/check.h"
#include "store/store.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

static void print_damage(void *context, const char *damage) {
    const char *draw_name = context;
    printf("draw %s: damaged: %s\n", draw_name, damage);
}

static void print_result(const char *draw_name, const struct check_result *result) {
    printf("draw %s: good: %" PRIu64 " chunks with %" PRIu64 " bets | winners: %" PRIu64
           " | damages: %" PRIu64 "\n",
           draw_name, result->chunks, result->bets, result->winners, result->damages);
}

static bool check(const struct settings *settings, struct error *error) {
    const char *path = settings_text(settings, "STORE");
    char *draw_name = (char *)(uintptr_t)settings_text(settings, "DRAW");
    struct store *store;
    struct check_result result;
    if (!store_open(path, draw_name, STORE_READ, &store, error)) {
        return false;
    }
    bool done = check_draw(store, print_damage, draw_name, &result, error);
    store_close(&store);
    if (!done) {
        return false;
    }
    print_result(draw_name, &result);
    errno = EIO; // an earlier write may have failed, and its reason is gone
    if (fflush(stdout) != 0 || ferror(stdout)) {
        return error_set_system(error, errno, "standard output: cannot write");
    }
    char shown[STORE_ADDRESS_BYTES];
    store_show_address(path, shown);
    return result.damages == 0 ||
           error_set(error, ERROR_STORE_FAILED, "%.150s: it is damaged; keep it, and restore it from a copy",
                     shown);
}

int cli_check(int argc, char **argv) {
    struct settings *settings;
    struct error error;
    int status;
    if (!command_begin(&check_command, argc, argv, &settings, &status)) {
        return status;
    }
    bool done = check(settings, &error);
    settings_free(settings);
    return done ? EXIT_DONE : command_fail(&check_command, &error);
}
