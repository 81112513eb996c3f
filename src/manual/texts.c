#include "manual/texts.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum { HEADING_BYTES = 4 }; // ".Sh "

// All that the file says; NULL, and an errno in `reason`, if it cannot be read.
static char *read_all(const char *path, int *reason) {
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        *reason = errno;
        return NULL;
    }
    char *text = NULL;
    size_t room = 0;
    ssize_t length = getdelim(&text, &room, '\0', file); // the whole of it: a text has no such byte
    *reason = length < 0 && !feof(file) ? errno : 0;
    (void)fclose(file);
    if (length < 0) {
        free(text);
        text = *reason == 0 ? strdup("") : NULL;
        *reason = text == NULL && *reason == 0 ? ENOMEM : *reason;
    }
    return text;
}

char *text_read_file(const char *path, struct error *error) {
    int reason;
    char *text = read_all(path, &reason);
    if (text == NULL) {
        error_set_system(error, reason, "%.200s", path);
    }
    return text;
}

// The line after `line`, or the end.
static const char *next_line(const char *line) {
    const char *end = strchr(line, '\n');
    return end != NULL ? end + 1 : line + strlen(line);
}

static bool is_heading(const char *line, const char *section) {
    size_t length = strlen(section);
    return strncmp(line, ".Sh ", HEADING_BYTES) == 0 && strncmp(line + HEADING_BYTES, section, length) == 0 &&
           line[HEADING_BYTES + length] == '\n';
}

// What the section says begins here; NULL: there is no such section.
static const char *find(const char *text, const char *section) {
    for (const char *line = text; *line != '\0'; line = next_line(line)) {
        if (is_heading(line, section)) {
            return next_line(line);
        }
    }
    return NULL;
}

static bool is_among(const char *line, const char *const *sections) {
    for (; *sections != NULL; sections++) {
        if (is_heading(line, *sections + (**sections == '!'))) {
            return true;
        }
    }
    return false;
}

static bool check(const char *path, const char *text, const char *const *sections, struct error *error) {
    for (const char *const *wanted = sections; *wanted != NULL; wanted++) {
        if (**wanted == '!' && find(text, *wanted + 1) == NULL) {
            return error_set(error, ERROR_BAD_SETTING,
                             "%.200s: the section \"%s\" is missing: see \"A command\" in docs/recipes.md",
                             path, *wanted + 1);
        }
    }
    for (const char *line = text; *line != '\0'; line = next_line(line)) {
        if (strncmp(line, ".Sh ", HEADING_BYTES) == 0 && !is_among(line, sections)) {
            return error_set(error, ERROR_BAD_SETTING, "%.200s: no page has a section \"%.*s\"", path,
                             (int)strcspn(line + HEADING_BYTES, "\n"), line + HEADING_BYTES);
        }
    }
    return true;
}

char *text_read(const char *folder, const char *name, const char *const *sections, struct error *error) {
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/%s.mdoc", folder, name);
    int reason;
    char *text = read_all(path, &reason);
    if (text == NULL && reason == ENOENT) {
        error_set(error, ERROR_BAD_SETTING,
                  "%.200s is missing: what is written by hand of the page of \"%s\", as \"A command\" in "
                  "docs/recipes.md tells",
                  path, name);
        return NULL;
    }
    if (text == NULL) {
        error_set_system(error, reason, "%.200s", path);
        return NULL;
    }
    if (!check(path, text, sections, error)) {
        free(text);
        return NULL;
    }
    return text;
}

bool text_print(FILE *stream, const char *text, const char *section) {
    const char *line = find(text, section);
    for (; line != NULL && *line != '\0' && strncmp(line, ".Sh ", HEADING_BYTES) != 0;
         line = next_line(line)) {
        if (strncmp(line, ".\\\"", 3) != 0) {
            fprintf(stream, "%.*s", (int)(next_line(line) - line), line);
        }
    }
    return line != NULL;
}

void text_print_section(FILE *stream, const char *text, const char *section) {
    if (find(text, section) != NULL) {
        fprintf(stream, ".Sh %s\n", section);
        text_print(stream, text, section);
    }
}
