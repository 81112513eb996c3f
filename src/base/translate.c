#include "base/translate.h"

#include <stddef.h>

static const struct translator *in_general_use, *beside_log_use;

void translate_use(const struct translator *in_general, const struct translator *beside_log) {
    in_general_use = in_general;
    beside_log_use = beside_log;
}

const char *translate(const char *text) {
    return in_general_use != NULL ? in_general_use->text(text) : text;
}

const char *translate_beside_log(const char *text) {
    return beside_log_use != NULL ? beside_log_use->text(text) : text;
}

const char *translate_count(const char *one, const char *more, uint64_t count) {
    if (in_general_use != NULL) {
        return in_general_use->count(one, more, count);
    }
    return count == 1 ? one : more;
}
