// Reads INI files with inih. The library gets its lines from our own reader. It counts them, and refuses what
// inih would misread: inih would split a line longer than its buffer in two. An indented line is a key like
// any other, not a continuation of the line above it.
#include "base/config_ini.h"

#include "base/translate.h"
#include "base/utf8.h"

#include <errno.h>
#include <ini.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#if INI_HANDLER_LINENO
#error "this inih hands line numbers to its handler: on_entry needs one argument more"
#endif

enum { KEY_BYTES_MAX = 256 };

struct ini_source {
    const char *path;
    FILE *file;
    char *line; // allocated by getline
    size_t line_room;
    int line_number; // of the line that inih is processing
    config_entry entry;
    void *context;
    struct error *error;
    bool failed; // `error` says why; it happened on line_number
};

static void fail(struct ini_source *source, const char *reason) {
    source->failed = true;
    error_set(source->error, ERROR_BAD_SETTING, "%.150s:%d: %s", source->path, source->line_number,
              translate(reason));
}

// Whether there is a CR anywhere but at the end of the line.
static bool has_inner_return(const char *line) {
    const char *at = line + strcspn(line, "\r");
    return at[strspn(at, "\r\n")] != '\0';
}

// Removes the byte order mark that may begin the file. Refuses bytes that would make lines or names differ
// from what people see.
static bool check_line(struct ini_source *source, size_t length) {
    static const char mark[] = UTF8_BYTE_ORDER_MARK;
    char *line = source->line;
    if (source->line_number == 1 && (memcmp(line, "\xFF\xFE", 2) == 0 || memcmp(line, "\xFE\xFF", 2) == 0)) {
        fail(source, N_("the file is UTF-16: save it as UTF-8"));
    } else if (strlen(line) != length) {
        fail(source, N_("the line holds a NUL byte"));
    } else if (has_inner_return(line)) {
        fail(source, N_("its lines end in CR alone: save the file with LF, or CR and LF"));
    } else if (source->line_number == 1 && strncmp(line, mark, sizeof mark - 1) == 0) {
        memmove(line, line + sizeof mark - 1, length - (sizeof mark - 1) + 1);
    }
    if (!source->failed && strstr(line, mark) != NULL) {
        fail(source, CONFIG_INNER_MARK);
    }
    return !source->failed;
}

// Puts the next line into source->line, with its number. Returns false at the end of the file, and when
// reading fails.
static bool next_line(struct ini_source *source) {
    errno = 0;
    ssize_t length = getline(&source->line, &source->line_room, source->file);
    if (length < 0) {
        if (!feof(source->file)) {
            source->failed = true;
            error_set(source->error, ERROR_BAD_SETTING, "%.150s: %s", source->path,
                      translate(strerror(errno)));
        }
        return false;
    }
    source->line_number++;
    return check_line(source, (size_t)length);
}

// inih reads with this function, as if with fgets: NULL ends the file.
static char *read_line(char *into, int room, void *stream) {
    struct ini_source *source = stream;
    if (source->failed || !next_line(source)) {
        return NULL;
    }
    const char *start = source->line + strspn(source->line, " \t\v\f\r\n");
    if (*start == ';' || *start == '#') {
        start = ""; // a comment may have any length
    }
    size_t length = strlen(start);
    while (length > 0 && strchr(" \t\v\f\r\n", start[length - 1]) != NULL) {
        length--;
    }
    if (length >= (size_t)room) {
        char reason[80];
        snprintf(reason, sizeof reason, _("the line is longer than %d bytes"), room - 1);
        fail(source, reason);
        return NULL;
    }
    memcpy(into, start, length);
    into[length] = '\0';
    return into;
}

// inih calls this for each key. Returns 0 to refuse the key.
static int on_entry(void *context, const char *section, const char *name, const char *value) {
    struct ini_source *source = context;
    if (name[0] == '\0') {
        fail(source, N_("there is no key before the value"));
        return 0;
    }
    char key[KEY_BYTES_MAX];
    if (section[0] == '\0' || strcasecmp(section, "DEFAULT") == 0) {
        snprintf(key, sizeof key, "%s", name);
    } else {
        snprintf(key, sizeof key, "%s.%s", section, name);
    }
    source->failed = !source->entry(source->context, key, value, source->line_number, source->error);
    return !source->failed;
}

bool config_read_ini(const char *path, config_entry entry, void *context, struct error *error) {
    struct ini_source source = {.path = path, .entry = entry, .context = context, .error = error};
    source.file = fopen(path, "re");
    if (source.file == NULL) {
        return error_set(error, ERROR_BAD_SETTING, "%.150s: %s", path, translate(strerror(errno)));
    }
    // inih continues after a line that it cannot parse, and at the end returns the number of the first such
    // line.
    int wrong_line = ini_parse_stream(read_line, &source, on_entry, &source);
    if (wrong_line > 0 && (!source.failed || wrong_line < source.line_number)) {
        source.line_number = wrong_line;
        fail(&source, N_("this is neither a section nor a key with a value nor a comment"));
    } else if (wrong_line < 0 && !source.failed) {
        source.failed = true;
        error_set(error, ERROR_NO_MEMORY, "%.150s: no memory to read it", path);
    }
    free(source.line);
    fclose(source.file);
    return !source.failed;
}
