#include "base/settings_command.h"

#include <strings.h>

bool settings_command_has_in_file(const struct settings_command *command, const struct setting *setting) {
    return command->format != SETTINGS_NO_FILE && !setting->flag_only && setting->type != SETTING_CONFIG;
}

// Whether `matches` holds for any setting of the command.
static bool any_setting(const struct settings_command *command,
                        bool (*matches)(const struct settings_command *, const struct setting *,
                                        const char *name),
                        const char *name) {
    for (const struct setting_group *group = command->groups; group->settings != NULL; group++) {
        for (const struct setting *setting = group->settings; setting->key != NULL; setting++) {
            if (matches(command, setting, name)) {
                return true;
            }
        }
    }
    return false;
}

static bool is_in_file_as(const struct settings_command *command, const struct setting *setting,
                          const char *file_key) {
    return settings_command_has_in_file(command, setting) &&
           strcasecmp(setting_file_key(setting), file_key) == 0;
}

static bool is_called(const struct settings_command *command, const struct setting *setting,
                      const char *name) {
    (void)command;
    return setting_is_called(setting, name);
}

bool settings_command_expects(const struct settings_command *command, const char *file_key) {
    return any_setting(command, is_in_file_as, file_key) ||
           (command->file_of != NULL && any_setting(command->file_of, is_in_file_as, file_key));
}

bool settings_command_any_has(const struct settings_command *const *commands, const char *name) {
    for (; commands != NULL && *commands != NULL; commands++) {
        if (any_setting(*commands, is_called, name)) {
            return true;
        }
    }
    return false;
}
