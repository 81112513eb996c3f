#include "base/settings_help.h"

#include "base/translate.h"
#include "base/utf8.h"

#include <string.h>

enum { HELP_COLUMNS = 100 };

// Prints `text` word by word, in lines of at most HELP_COLUMNS. The cursor is at `column`, where all further
// lines begin. Keeps newlines in the text. Ends the last line.
static void print_wrapped(FILE *stream, int column, const char *text) {
    int at = column;
    while (*text != '\0') {
        int length = (int)strcspn(text, " \n");
        int width = (int)utf8_columns(text, (size_t)length);
        if (at > column && at + 1 + width > HELP_COLUMNS) {
            fprintf(stream, "\n%*s", column, "");
            at = column;
        }
        fprintf(stream, "%s%.*s", at > column ? " " : "", length, text);
        at += width + (at > column);
        text += length;
        if (*text == '\n') {
            fprintf(stream, "\n%*s", text[1] != '\n' ? column : 0, "");
            at = column;
        }
        text += *text != '\0';
    }
    fputc('\n', stream);
}

// "  -o, --output PATH". Returns its length.
static int flag_column(const struct setting *setting, char *text, size_t room) {
    char name[FLAG_BYTES_MAX], letter[] = "    ";
    setting_flag_name(setting, name);
    if (setting->letter != 0) {
        snprintf(letter, sizeof letter, "-%c, ", setting->letter);
    }
    bool bare = setting->type == SETTING_SWITCH;
    const char *value_name = setting->value_name != NULL ? setting->value_name : "VALUE";
    return snprintf(text, room, "  %s--%s%s%s", letter, name, bare ? "" : " ", bare ? "" : value_name);
}

static void print_sources(const struct settings_command *command, const struct setting *setting, FILE *stream,
                          int column) {
    char text[512] = "";
    char *end = text;
    if (setting->fallback != NULL) {
        end += sprintf(end, _("; default %.100s"), setting->fallback);
    }
    if (setting->type == SETTING_TEXTS && !setting->once) {
        end += sprintf(end, "%s", _("; may be repeated"));
    }
    bool in_file = settings_command_has_in_file(command, setting);
    bool same_name =
        in_file && setting->alias == NULL && strcmp(setting_file_key(setting), setting->key) == 0;
    if (!setting->flag_only) {
        end += sprintf(end, same_name ? _("; environment and file %.60s") : _("; environment %.60s"),
                       setting->key);
    }
    if (!setting->flag_only && setting->alias != NULL) {
        end += sprintf(end, _(" or %.60s"), setting->alias);
    }
    if (in_file && !same_name) {
        end += sprintf(end, _("; file %.60s"), setting_file_key(setting));
    }
    if (end > text) {
        strcpy(end, ")");
        text[1] = '('; // replaces the "; " of the first one
        fprintf(stream, "%*s", column, "");
        print_wrapped(stream, column, text + 1);
    }
}

static void print_setting(const struct settings_command *command, const struct setting *setting, FILE *stream,
                          int column) {
    char text[2 * FLAG_BYTES_MAX];
    flag_column(setting, text, sizeof text);
    fprintf(stream, "%-*s", column, text);
    print_wrapped(stream, column, translate(setting->help));
    print_sources(command, setting, stream, column);
}

static int column_of(const struct settings_command *command) {
    int column = 2 + (int)strlen("  -h, --help"); // which every command has
    char text[2 * FLAG_BYTES_MAX];
    for (const struct setting_group *group = command->groups; group->settings != NULL; group++) {
        for (const struct setting *setting = group->settings; setting->key != NULL; setting++) {
            int width = flag_column(setting, text, sizeof text) + 2;
            column = width > column ? width : column;
        }
    }
    return column;
}

static bool has_title(const struct setting_group *group, const char *title) {
    const char *own = group->title != NULL ? group->title : "Options";
    return title != NULL && strcmp(own, title) == 0;
}

// Prints each group under its title; neighbours with the same title share it. --help itself comes last.
static void print_options(const struct settings_command *command, FILE *stream) {
    int column = column_of(command);
    const char *title = NULL;
    for (const struct setting_group *group = command->groups; group->settings != NULL; group++) {
        if (!has_title(group, title)) {
            title = group->title != NULL ? group->title : N_("Options");
            fprintf(stream, "\n%s:\n", translate(title));
        }
        for (const struct setting *setting = group->settings; setting->key != NULL; setting++) {
            print_setting(command, setting, stream, column);
        }
    }
    if (title != NULL && strcmp(title, "Options") != 0) {
        fprintf(stream, "\n%s:\n", _("Help"));
    }
    fprintf(stream, "%-*s%s\n", column, "  -h, --help", _("Print this help and exit"));
}

static bool reads_environment(const struct settings_command *command) {
    for (const struct setting_group *group = command->groups; group->settings != NULL; group++) {
        for (const struct setting *setting = group->settings; setting->key != NULL; setting++) {
            if (!setting->flag_only) {
                return true;
            }
        }
    }
    return false;
}

void settings_help_print(const struct settings_command *command, FILE *stream) {
    bool has_operands = command->arguments != NULL;
    fprintf(stream, _("Usage: quiniela %s [OPTION ...]%s%s\n\n"), command->name, has_operands ? " " : "",
            has_operands ? command->arguments : "");
    print_wrapped(stream, 0, translate(command->summary));
    print_options(command, stream);
    if (command->details != NULL) {
        fputc('\n', stream);
        print_wrapped(stream, 0, translate(command->details));
    }
    if (command->format != SETTINGS_NO_FILE) {
        fputc('\n', stream);
        print_wrapped(stream, 0,
                      _("An option wins over the environment, the environment over the file, the file over "
                        "the default. The file's keys may be in upper or lower case."));
    } else if (reads_environment(command)) {
        fprintf(stream, "\nAn option wins over the environment, the environment over the default.\n");
    }
}
