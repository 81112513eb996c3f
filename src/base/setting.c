#include "base/setting.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

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

bool setting_is_called(const struct setting *setting, const char *key) {
    return strcasecmp(setting->key, key) == 0 || strcasecmp(setting_file_key(setting), key) == 0 ||
           (setting->alias != NULL && strcasecmp(setting->alias, key) == 0);
}
