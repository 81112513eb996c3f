#include "cli/loops.h"

#include "net/limits.h"

#include <inttypes.h>
#include <uv.h>

static int64_t most_for_memory(const struct settings *settings) {
    return settings_size(settings, "MEMORY_MAX") / MEMORY_LOOP_MIN;
}

int loops_from(const struct settings *settings) {
    if (settings_is_set(settings, "LOOPS")) {
        return (int)settings_number(settings, "LOOPS");
    }
    int64_t loops = (int64_t)uv_available_parallelism(), most = most_for_memory(settings);
    loops = loops < most ? loops : most;
    return loops < LOOPS_MAX ? (int)loops : LOOPS_MAX;
}

bool loops_check(const struct settings *settings, struct error *error) {
    int64_t loops = loops_from(settings);
    return loops <= most_for_memory(settings) ||
           error_set(error, ERROR_BAD_SETTING,
                     "%s: %s is too little for %" PRId64 " loops, which need %d MiB each: give %" PRId64
                     "M, or fewer LOOPS",
                     settings_place(settings, "MEMORY_MAX"), settings_text(settings, "MEMORY_MAX"), loops,
                     MEMORY_LOOP_MIN / 1024 / 1024, loops * (MEMORY_LOOP_MIN / 1024 / 1024));
}
