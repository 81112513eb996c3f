#include "manual/command_page.h"

#include "manual/mdoc.h"
#include "manual/texts.h"
#include "manual/value.h"

#include <stdlib.h>
#include <string.h>

static void print_synopsis(FILE *stream, const struct settings_command *command) {
    fprintf(stream, ".Sh SYNOPSIS\n.Nm quiniela\n.Cm %s\n.Op Ar option ...\n", command->name);
    if (command->arguments != NULL) {
        fputs(".Ar ", stream);
        mdoc_argument(stream, command->arguments);
        fputc('\n', stream);
    }
}

// ".It Fl o , Fl -output Ar PATH"
static void print_flag(FILE *stream, const struct setting *setting) {
    char flag[FLAG_BYTES_MAX];
    setting_flag_name(setting, flag);
    fputs(".It ", stream);
    if (setting->letter != 0) {
        fprintf(stream, "Fl %c , ", setting->letter);
    }
    fprintf(stream, "Fl -%s", flag);
    if (setting->type != SETTING_SWITCH) {
        fputs(" Ar ", stream);
        mdoc_argument(stream, value_name(setting));
    }
    fputc('\n', stream);
}

static void print_option(FILE *stream, const struct settings_command *command,
                         const struct setting *setting) {
    print_flag(stream, setting);
    mdoc_sentence(stream, setting->help);
    value_print(stream, setting, false);
    manual_page_print_sources(stream, setting, settings_command_has_in_file(command, setting));
}

static void print_group(FILE *stream, const struct settings_command *command,
                        const struct setting_group *group) {
    for (const struct setting *setting = group->settings; setting->key != NULL; setting++) {
        print_option(stream, command, setting);
    }
}

static void print_options(FILE *stream, const struct settings_command *command) {
    const char *title = "";
    fputs(".Sh OPTIONS\n", stream);
    bool is_open = false;
    for (const struct setting_group *group = command->groups; group->settings != NULL; group++) {
        const char *own = group->title != NULL ? group->title : "Options";
        if (strcmp(own, title) != 0) {
            title = own;
            fputs(is_open ? ".El\n" : "", stream);
            bool is_titled = strcmp(title, "Options") != 0; // which the section says
            manual_page_begin_list(stream, is_titled ? title : NULL);
            is_open = true;
        }
        print_group(stream, command, group);
    }
    fprintf(stream, "%s.It Fl h , Fl -help\nPrint a short help and exit.\n.El\n",
            is_open ? "" : ".Bl -tag -width Ds\n");
    if (manual_page_of_file(command) != NULL) {
        fputs(".Pp\n", stream);
        mdoc_paragraph(stream, "An option wins over the environment, the environment over the file, the file "
                               "over the default.");
    }
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

static void print_variable(FILE *stream, const struct settings_command *command,
                           const struct setting *setting) {
    (void)command;
    char flag[FLAG_BYTES_MAX];
    setting_flag_name(setting, flag);
    if (setting->flag_only) {
        return;
    }
    fprintf(stream, ".It Ev %s\nAs\n.Fl -%s .\n", setting->key, flag);
    if (setting->alias != NULL) {
        fprintf(stream, ".It Ev %s\nThe same.\n", setting->alias);
    }
}

static void print_environment(FILE *stream, const struct settings_command *command, const char *text) {
    if (!reads_environment(command)) {
        text_print_section(stream, text, "ENVIRONMENT");
        return;
    }
    fputs(".Sh ENVIRONMENT\nA variable that is empty counts as unset.\n"
          ".Bl -tag -width Ds -compact\n",
          stream);
    manual_page_each_setting(command, print_variable, stream);
    fputs(".El\n", stream);
    text_print(stream, text, "ENVIRONMENT");
}

static void print_files(FILE *stream, const struct settings_command *command, const char *text) {
    const char *page = manual_page_of_file(command);
    if (page == NULL) {
        text_print_section(stream, text, "FILES");
        return;
    }
    fprintf(stream, ".Sh FILES\nThe file of\n.Fl -config\nis described in\n.Xr %s 5 .\n", page);
    text_print(stream, text, "FILES");
}

static void print_status(FILE *stream, const char *text) {
    fputs(".Sh EXIT STATUS\n", stream);
    if (!text_print(stream, text, "EXIT STATUS")) {
        fputs(".Bl -tag -width Ds -compact\n.It 0\nIt is done.\n.It 1\nIt has failed.\n"
              ".It 2\nIt was used wrongly, and nothing was done.\n.El\n",
              stream);
    }
}

bool command_page_print(FILE *stream, const struct manual_source *source,
                        const struct settings_command *command, struct error *error) {
    static const char *const sections[] = {"DESCRIPTION", "ENVIRONMENT", "FILES",     "EXIT STATUS",
                                           "!EXAMPLES",   "DIAGNOSTICS", "!SEE ALSO", NULL};
    char name[PAGE_NAME_BYTES];
    manual_page_name(command, name);
    char *text = text_read(source->folder, name, sections, error);
    if (text == NULL) {
        return false;
    }
    manual_page_begin(stream, source, name, 1, command->summary);
    print_synopsis(stream, command);
    fputs(".Sh DESCRIPTION\n", stream);
    mdoc_paragraph(stream, command->summary);
    if (command->details != NULL) {
        fputs(".Pp\n", stream);
        mdoc_paragraph(stream, command->details);
    }
    text_print(stream, text, "DESCRIPTION");
    print_options(stream, command);
    print_environment(stream, command, text);
    print_files(stream, command, text);
    print_status(stream, text);
    text_print_section(stream, text, "EXAMPLES");
    text_print_section(stream, text, "DIAGNOSTICS");
    text_print_section(stream, text, "SEE ALSO");
    free(text);
    return true;
}
