#include "cli/loops.h"

#include "net/limits.h"

#include <inttypes.h>
#include <uv.h>

static int64_t most_for_memory(const struct server_options *options) {
    return (int64_t)options->memory_max / MEMORY_LOOP_MIN;
}

int loops_from(const struct server_options *options) {
    if (settings_is_set(options->settings, &options->loops)) {
        return options->loops;
    }
    int64_t loops = (int64_t)uv_available_parallelism(), most = most_for_memory(options);
    loops = loops < most ? loops : most;
    return loops < LOOPS_MAX ? (int)loops : LOOPS_MAX;
}

bool loops_check(const struct server_options *options, struct error *error) {
    int64_t loops = loops_from(options);
    return loops <= most_for_memory(options) ||
           error_set(error, ERROR_BAD_SETTING,
                     "%s: %s is too little for %" PRId64 " loops, which need %d MiB each: give %" PRId64
                     "M, or fewer LOOPS",
                     settings_place(options->settings, &options->memory_max),
                     settings_written(options->settings, &options->memory_max), loops,
                     MEMORY_LOOP_MIN / 1024 / 1024, loops * (MEMORY_LOOP_MIN / 1024 / 1024));
}
