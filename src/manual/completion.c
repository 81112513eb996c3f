#include "manual/completion.h"

#include "cli/subcommands.h"

#include <string.h>

// Where the first few words end.
static size_t first_words(const char *help) {
    size_t length = 0;
    for (; help[length] != '\0' && help[length] != '\n'; length++) {
        bool ends_here =
            strchr(":;.", help[length]) != NULL && (help[length + 1] == ' ' || help[length + 1] == '\0');
        if (ends_here) {
            break;
        }
    }
    return length;
}

void completion_words(const char *help, char words[COMPLETION_BYTES]) {
    size_t length = first_words(help), used = 0;
    for (size_t at = 0; at < length && used + 1 < COMPLETION_BYTES; at++) {
        if (strchr("'`\"[]\\:$", help[at]) == NULL) {
            words[used++] = help[at];
        }
    }
    words[used] = '\0';
}

bool completion_of_others(const struct settings_command *command, char names[COMPLETION_BYTES]) {
    if (command->arguments == NULL || strstr(command->arguments, "[OPTION ...]") == NULL) {
        return false;
    }
    snprintf(names, COMPLETION_BYTES, "%.*s", (int)strcspn(command->arguments + 1, "]"),
             command->arguments + 1);
    for (char *bar; (bar = strchr(names, '|')) != NULL;) {
        *bar = ' ';
    }
    return true;
}

void completion_each_of_others(FILE *stream,
                               void (*print)(FILE *stream, const char *command, const char *names)) {
    char names[COMPLETION_BYTES];
    for (size_t i = 0; i < SUBCOMMANDS; i++) {
        const struct settings_command *command = subcommands[i].command;
        if (completion_of_others(command, names)) {
            print(stream, command->name, names);
        }
    }
}

void completion_each_flag(FILE *stream, const struct settings_command *command,
                          void (*each)(FILE *stream, const struct settings_command *command,
                                       const struct completed_flag *flag)) {
    for (const struct setting_group *group = command->groups; group->settings != NULL; group++) {
        for (const struct setting *setting = group->settings; setting->key != NULL; setting++) {
            struct completed_flag flag = {.setting = setting, .kind = value_kind(setting)};
            setting_flag_name(setting, flag.name);
            each(stream, command, &flag);
        }
    }
}
