#include "manual/protocol_page.h"

#include "manual/markdown.h"
#include "manual/texts.h"

#include <stdlib.h>

bool protocol_page_print(FILE *stream, const struct manual_source *source, const char *path,
                         struct error *error) {
    static const char *const sections[] = {"!EXAMPLES", "!SEE ALSO", "!STANDARDS", NULL};
    char *page = text_read_file(path, error);
    char *text = page != NULL ? text_read(source->folder, "quiniela-protocol", sections, error) : NULL;
    bool good = text != NULL;
    if (good) {
        manual_page_begin(stream, source, "quiniela-protocol", 7,
                          "what agencies and the central say to each other");
        fputs(".Sh DESCRIPTION\n", stream);
        good = markdown_print(stream, page, error);
    }
    for (size_t i = 0; good && sections[i] != NULL; i++) {
        text_print_section(stream, text, sections[i] + 1);
    }
    free(text);
    free(page);
    return good;
}
