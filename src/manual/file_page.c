#include "manual/file_page.h"

#include "manual/mdoc.h"
#include "manual/texts.h"
#include "manual/value.h"

#include "cli/subcommands.h"

#include <stdlib.h>
#include <string.h>

static void print_key(FILE *stream, const struct settings_command *command, const struct setting *setting) {
    char flag[FLAG_BYTES_MAX], name[PAGE_NAME_BYTES];
    setting_flag_name(setting, flag);
    manual_page_name(command, name);
    fprintf(stream, ".It Cm %s", setting_file_key(setting));
    if (setting->value_name != NULL) {
        fputs(" Ar ", stream);
        mdoc_argument(stream, setting->value_name);
    }
    fputc('\n', stream);
    mdoc_sentence(stream, setting->help);
    value_print(stream, setting, true);
    manual_page_print_sources(stream, setting, false);
    fprintf(stream, "Option:\n.Fl -%s\nof\n.Xr %s 1 .\n", flag, name);
}

static bool has_keys(const struct settings_command *owner, const struct setting_group *group) {
    for (const struct setting *setting = group->settings; setting->key != NULL; setting++) {
        if (settings_command_has_in_file(owner, setting)) {
            return true;
        }
    }
    return false;
}

static void print_group(FILE *stream, const struct settings_command *owner,
                        const struct setting_group *group) {
    for (const struct setting *setting = group->settings; setting->key != NULL; setting++) {
        if (settings_command_has_in_file(owner, setting)) {
            print_key(stream, owner, setting);
        }
    }
}

static void print_keys(FILE *stream, const struct settings_command *owner) {
    const char *title = NULL;
    for (const struct setting_group *group = owner->groups; group->settings != NULL; group++) {
        if (!has_keys(owner, group)) {
            continue;
        }
        const char *own = group->title != NULL ? group->title : "Options";
        if (title == NULL || strcmp(own, title) != 0) {
            fputs(title != NULL ? ".El\n" : "", stream);
            manual_page_begin_list(stream, own);
            title = own;
        }
        print_group(stream, owner, group);
    }
    fputs(".El\n", stream);
}

// The key that only `command` has: not the owner, and no command before it.
static bool is_new(const struct settings_command *owner, size_t command, const struct setting *setting) {
    const char *key = setting_file_key(setting);
    bool is_known = settings_command_expects(owner, key);
    for (size_t i = 0; i < command && !is_known; i++) {
        is_known = subcommands[i].command->format == owner->format &&
                   settings_command_expects(subcommands[i].command, key);
    }
    return !is_known && settings_command_has_in_file(subcommands[command].command, setting);
}

static void print_others(FILE *stream, const struct settings_command *owner) {
    bool any = false;
    for (size_t i = 0; i < SUBCOMMANDS; i++) {
        const struct settings_command *command = subcommands[i].command;
        for (const struct setting_group *group = command->groups;
             command->format == owner->format && group->settings != NULL; group++) {
            for (const struct setting *setting = group->settings; setting->key != NULL; setting++) {
                if (is_new(owner, i, setting)) {
                    if (!any) {
                        manual_page_begin_list(stream, "Of other commands");
                    }
                    any = true;
                    print_key(stream, command, setting);
                }
            }
        }
    }
    fputs(any ? ".El\n" : "", stream);
}

bool file_page_print(FILE *stream, const struct manual_source *source, const struct settings_command *owner,
                     struct error *error) {
    static const char *const sections[] = {"!DESCRIPTION", "!FILES", "!EXAMPLES", "!SEE ALSO", NULL};
    const char *name = manual_page_of_file(owner);
    char *text = text_read(source->folder, name, sections, error);
    if (text == NULL) {
        return false;
    }
    manual_page_begin(stream, source, name, 5,
                      owner->format == SETTINGS_YAML ? "settings of an agency" : "settings of the central");
    text_print_section(stream, text, "DESCRIPTION");
    fputs(".Sh KEYS\n", stream);
    print_keys(stream, owner);
    print_others(stream, owner);
    for (size_t i = 1; sections[i] != NULL; i++) {
        text_print_section(stream, text, sections[i] + 1);
    }
    free(text);
    return true;
}
