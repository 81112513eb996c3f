#include "base/config_guess.h"

#include "base/config_entry.h"
#include "base/utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Judges by a line that is neither empty nor a comment.
static enum config_kind kind_of_line(const char *line) {
    size_t key = strcspn(line, "=:");
    if (line[0] == '[') {
        return CONFIG_INI;
    }
    if (strncmp(line, "---", 3) == 0 || strncmp(line, "- ", 2) == 0) {
        return CONFIG_YAML;
    }
    if (line[key] == '=') {
        return CONFIG_INI;
    }
    return line[key] == ':' && strchr(" \r\n", line[key + 1]) != NULL ? CONFIG_YAML : CONFIG_UNKNOWN;
}

enum config_kind config_guess(const char *path) {
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        return CONFIG_UNKNOWN;
    }
    enum config_kind kind = CONFIG_UNKNOWN;
    char *line = NULL;
    size_t room = 0;
    while (getline(&line, &room, file) > 0) {
        const char *start = strncmp(line, UTF8_BYTE_ORDER_MARK, 3) == 0 ? line + 3 : line;
        start += strspn(start, " \t\r\n");
        if (*start != '\0' && *start != '#' && *start != ';') {
            kind = kind_of_line(start);
            break;
        }
    }
    free(line);
    fclose(file);
    return kind;
}
