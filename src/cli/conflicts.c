#include "cli/conflicts.h"

#include "base/translate.h"

bool conflicts_refuse(const struct settings *settings, const struct conflict *conflict, struct error *error) {
    return error_set(error, ERROR_BAD_SETTING, "%.100s and %.100s do not go together: %s",
                     settings_place(settings, conflict->one), settings_place(settings, conflict->other),
                     translate(conflict->why));
}

bool conflicts_check(const struct settings *settings, const struct conflict *conflicts, size_t count,
                     struct error *error) {
    for (size_t i = 0; i < count; i++) {
        if (settings_is_given(settings, conflicts[i].one) &&
            settings_is_given(settings, conflicts[i].other)) {
            return conflicts_refuse(settings, &conflicts[i], error);
        }
    }
    return true;
}

bool conflicts_check_unused(const struct settings *settings, const void *const *fields, size_t count,
                            const char *why, struct error *error) {
    for (size_t i = 0; i < count; i++) {
        if (settings_is_from_flag(settings, fields[i])) {
            return error_set(error, ERROR_BAD_SETTING, "%.100s has no effect: %s",
                             settings_place(settings, fields[i]), why);
        }
    }
    return true;
}
