// Settings: --help, from the same tables as everything else.
#include "base/setting_name.h"
#include "base/settings.h"

#include <stdio.h>
#include <string.h>

enum { HELP_COLUMNS = 100 };

// Prints `text` word by word, each line no longer than HELP_COLUMNS. The cursor stands at `column`, where
// further lines begin too. A newline in the text is kept. Ends the last line.
static void print_wrapped(FILE *stream, int column, const char *text) {
    int at = column;
    while (*text != '\0') {
        int length = (int)strcspn(text, " \n");
        if (at > column && at + 1 + length > HELP_COLUMNS) {
            fprintf(stream, "\n%*s", column, "");
            at = column;
        }
        at += fprintf(stream, "%s%.*s", at > column ? " " : "", length, text);
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
        end += sprintf(end, "; default %.100s", setting->fallback);
    }
    bool in_file = setting_is_in_file(command, setting);
    bool same_name =
        in_file && setting->alias == NULL && strcmp(setting_file_key(setting), setting->key) == 0;
    if (!setting->flag_only) {
        end += sprintf(end, "; environment%s %.60s", same_name ? " and file" : "", setting->key);
    }
    if (!setting->flag_only && setting->alias != NULL) {
        end += sprintf(end, " or %.60s", setting->alias);
    }
    if (in_file && !same_name) {
        end += sprintf(end, "; file %.60s", setting_file_key(setting));
    }
    if (end > text) {
        strcpy(end, ")");
        text[1] = '('; // instead of the first one's "; "
        fprintf(stream, "%*s", column, "");
        print_wrapped(stream, column, text + 1);
    }
}

static void print_setting(const struct settings_command *command, const struct setting *setting, FILE *stream,
                          int column) {
    char text[2 * FLAG_BYTES_MAX];
    flag_column(setting, text, sizeof text);
    fprintf(stream, "%-*s", column, text);
    print_wrapped(stream, column, setting->help);
    print_sources(command, setting, stream, column);
}

static void print_options(const struct settings_command *command, FILE *stream, bool *has_environment) {
    int column = 0;
    char text[2 * FLAG_BYTES_MAX];
    for (const struct setting *setting = NULL; (setting = setting_next(command, setting)) != NULL;) {
        int width = flag_column(setting, text, sizeof text) + 2;
        column = width > column ? width : column;
    }
    *has_environment = false;
    for (const struct setting *setting = NULL; (setting = setting_next(command, setting)) != NULL;) {
        print_setting(command, setting, stream, column);
        *has_environment = *has_environment || !setting->flag_only;
    }
    fprintf(stream, "%-*sPrint this and exit\n", column, "  -h, --help");
}

void settings_print_help(const struct settings_command *command, FILE *stream) {
    bool has_arguments = command->arguments != NULL, has_environment;
    fprintf(stream, "Usage: quiniela %s [OPTION ...]%s%s\n\n", command->name, has_arguments ? " " : "",
            has_arguments ? command->arguments : "");
    print_wrapped(stream, 0, command->summary);
    fprintf(stream, "\nOptions:\n");
    print_options(command, stream, &has_environment);
    if (command->details != NULL) {
        fputc('\n', stream);
        print_wrapped(stream, 0, command->details);
    }
    if (command->format != SETTINGS_NO_FILE) {
        fputc('\n', stream);
        print_wrapped(stream, 0,
                      "An option wins over the environment, the environment over the file, the file over "
                      "the default. The file's keys may be in upper or lower case.");
    } else if (has_environment) {
        fprintf(stream, "\nAn option wins over the environment, the environment over the default.\n");
    }
}
