#include "base/setting_name.h"

#include <ctype.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

void setting_flag_name(const struct setting *setting, char name[FLAG_BYTES_MAX]) {
    const char *key = strncmp(setting->key, "CLI_", 4) == 0 ? setting->key + 4 : setting->key;
    snprintf(name, FLAG_BYTES_MAX, "%s", setting->flag != NULL ? setting->flag : key);
    for (char *byte = name; setting->flag == NULL && *byte != '\0'; byte++) {
        *byte = *byte == '_' ? '-' : (char)tolower((unsigned char)*byte);
    }
}

const char *setting_file_key(const struct setting *setting) {
    return setting->file_key != NULL ? setting->file_key : setting->key;
}

bool setting_is_in_file(const struct settings_command *command, const struct setting *setting) {
    return command->format != SETTINGS_NO_FILE && !setting->flag_only && setting->type != SETTING_CONFIG;
}

// Whether `setting` is an entry of this table.
static bool is_of(const struct setting *table, const struct setting *setting) {
    while (table->key != NULL && table != setting) {
        table++;
    }
    return table->key != NULL;
}

const struct setting *setting_next_of_all(const struct settings_command *command,
                                          const struct setting *setting) {
    const struct setting *const *table = command->tables;
    if (setting != NULL) {
        while (!is_of(*table, setting)) {
            table++;
        }
        setting++;
        table += setting->key == NULL;
    }
    return setting == NULL || setting->key == NULL ? *table : setting;
}

const struct setting *setting_next(const struct settings_command *command, const struct setting *setting) {
    do {
        setting = setting_next_of_all(command, setting);
    } while (setting != NULL && (setting->commands & command->bit) == 0);
    return setting;
}
