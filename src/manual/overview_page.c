#include "manual/overview_page.h"

#include "manual/mdoc.h"
#include "manual/texts.h"

#include "cli/subcommands.h"

#include <stdlib.h>
#include <string.h>

static void print_commands(FILE *stream) {
    const char *group = "";
    for (size_t i = 0; i < SUBCOMMANDS; i++) {
        if (strcmp(group, subcommands[i].group) != 0) {
            fputs(*group != '\0' ? ".El\n" : "", stream);
            group = subcommands[i].group;
            manual_page_begin_list(stream, group);
        }
        char name[PAGE_NAME_BYTES];
        manual_page_name(subcommands[i].command, name);
        fprintf(stream, ".It Xr %s 1\n", name);
        mdoc_paragraph(stream, subcommands[i].command->summary);
    }
    fputs(".El\n", stream);
}

bool overview_page_print(FILE *stream, const struct manual_source *source, struct error *error) {
    static const char *const sections[] = {"!DESCRIPTION", "!ENVIRONMENT", "!FILES",    "!EXIT STATUS",
                                           "!EXAMPLES",    "STANDARDS",    "!SEE ALSO", NULL};
    char *text = text_read(source->folder, "quiniela", sections, error);
    if (text == NULL) {
        return false;
    }
    manual_page_begin(stream, source, "quiniela", 1, "the central of a lottery and its agencies");
    fputs(".Sh SYNOPSIS\n.Nm\n.Ar subcommand\n.Op Ar option ...\n.Nm\n.Ar subcommand\n.Fl -help\n"
          ".Nm\n.Fl -version\n",
          stream);
    text_print_section(stream, text, "DESCRIPTION");
    fputs(".Sh SUBCOMMANDS\n", stream);
    print_commands(stream);
    for (size_t i = 1; sections[i] != NULL; i++) {
        text_print_section(stream, text, sections[i] + (sections[i][0] == '!'));
    }
    free(text);
    return true;
}
