#include "manual/manual_page.h"

#include "manual/mdoc.h"

#include <ctype.h>
#include <string.h>

void manual_page_begin(FILE *stream, const struct manual_source *source, const char *name, int section,
                       const char *summary) {
    fprintf(stream, ".\\\" Made by quiniela-manual; what is written by hand is in manual/.\n.Dd %s\n.Dt ",
            source->date);
    for (const char *letter = name; *letter != '\0'; letter++) {
        fputc(toupper((unsigned char)*letter), stream);
    }
    fprintf(stream, " %d\n.Os\n.Sh NAME\n.Nm %s\n.Nd ", section, name);
    // In the midst of a line a first word is no sentence's, unless it is a name.
    bool is_name = isupper((unsigned char)summary[1]);
    size_t length = strlen(summary);
    length -= summary[length - 1] == '.';
    fprintf(stream, "%c%.*s\n", is_name ? summary[0] : tolower((unsigned char)summary[0]), (int)length - 1,
            summary + 1);
}

void manual_page_begin_list(FILE *stream, const char *title) {
    if (title != NULL) {
        fputs(".Ss ", stream);
        mdoc_marked_argument(stream, title, strlen(title)); // "An" is also the name of a macro
        fputc('\n', stream);
    }
    fputs(".Bl -tag -width Ds\n", stream);
}

void manual_page_name(const struct settings_command *command, char name[PAGE_NAME_BYTES]) {
    snprintf(name, PAGE_NAME_BYTES, "quiniela-%s", command->name);
}

const char *manual_page_of_file(const struct settings_command *command) {
    static const char *const pages[] = {
        [SETTINGS_NO_FILE] = NULL,
        [SETTINGS_INI] = "quiniela.ini",
        [SETTINGS_YAML] = "quiniela-client.yaml",
    };
    return pages[command->format];
}

static void print_default(FILE *stream, const struct setting *setting) {
    if (setting->fallback != NULL) {
        fputs("The default is\n.Ql ", stream);
        mdoc_argument(stream, setting->fallback);
        fputs(" .\n", stream);
    }
    if (setting->type == SETTING_TEXTS && !setting->once) {
        fputs("It may be given several times.\n", stream);
    }
}

void manual_page_print_sources(FILE *stream, const struct setting *setting, bool key_too) {
    print_default(stream, setting);
    if (!setting->flag_only) {
        fprintf(stream, "Environment:\n.Ev %s%s\n", setting->key, setting->alias == NULL ? " ." : " ,");
        if (setting->alias != NULL) {
            fprintf(stream, ".Ev %s .\n", setting->alias);
        }
    }
    if (key_too) {
        fprintf(stream, "In the file:\n.Ql %s .\n", setting_file_key(setting));
    }
}

void manual_page_each_setting(const struct settings_command *command,
                              void (*each)(FILE *stream, const struct settings_command *command,
                                           const struct setting *setting),
                              FILE *stream) {
    for (const struct setting_group *group = command->groups; group->settings != NULL; group++) {
        for (const struct setting *setting = group->settings; setting->key != NULL; setting++) {
            each(stream, command, setting);
        }
    }
}
