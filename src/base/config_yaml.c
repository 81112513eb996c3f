// Reads YAML files through libyaml's events: maps of maps of scalars, flattened to dotted keys. Lists,
// aliases and further documents are refused, since no setting has such a value.
#include "base/config_yaml.h"

#include "base/translate.h"
#include "base/utf8.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

enum { KEY_BYTES_MAX = 128 }; // of a dotted key; also bounds how deep maps can nest

struct yaml_source {
    const char *path;
    FILE *file;
    yaml_parser_t parser;
    config_entry entry;
    void *context;
    struct error *error;
    char key[KEY_BYTES_MAX]; // the current dotted key
};

static bool fail(struct yaml_source *source, size_t line, const char *reason) {
    return error_set(source->error, ERROR_BAD_SETTING, "%.150s:%zu: %s", source->path, line,
                     translate(reason));
}

static size_t line_of(yaml_mark_t mark) {
    return mark.line + 1;
}

// The line of the byte at that offset: for bytes that are not text, libyaml reports only the offset.
static size_t line_of_offset(FILE *file, size_t offset) {
    size_t line = 1;
    rewind(file);
    for (int byte; offset > 0 && (byte = getc(file)) != EOF; offset--) {
        line += byte == '\n';
    }
    return line;
}

// Turns the parser's failure into `error`. Returns false.
static bool parser_failed(struct yaml_source *source) {
    const yaml_parser_t *parser = &source->parser;
    const char *problem = parser->problem != NULL ? parser->problem : N_("it is not YAML");
    switch (parser->error) {
    case YAML_MEMORY_ERROR:
        return error_set(source->error, ERROR_NO_MEMORY, "%.150s: no memory to read it", source->path);
    case YAML_READER_ERROR:
        if (ferror(source->file)) {
            return error_set(source->error, ERROR_BAD_SETTING, "%.150s: %s", source->path,
                             translate(strerror(errno)));
        }
        return fail(source, line_of_offset(source->file, parser->problem_offset), problem);
    default:
        return fail(source, line_of(parser->problem_mark), problem);
    }
}

// The next event; on success the caller deletes it.
static bool next_event(struct yaml_source *source, yaml_event_t *event) {
    return yaml_parser_parse(&source->parser, event) != 0 || parser_failed(source);
}

// The scalar's text, or NULL when it has a NUL byte inside.
static const char *scalar_text(const yaml_event_t *scalar) {
    const char *text = (const char *)scalar->data.scalar.value;
    return strlen(text) == scalar->data.scalar.length ? text : NULL;
}

static bool scalar_is_null(const yaml_event_t *scalar) {
    static const char *const nulls[] = {"", "~", "null", "Null", "NULL"};
    for (size_t i = 0; i < sizeof nulls / sizeof nulls[0]; i++) {
        if (strcmp((const char *)scalar->data.scalar.value, nulls[i]) == 0) {
            return scalar->data.scalar.style == YAML_PLAIN_SCALAR_STYLE && scalar->data.scalar.plain_implicit;
        }
    }
    return false;
}

// Sets source->key to its first `prefix` bytes followed by the event's text. *length becomes its length.
static bool append_key(struct yaml_source *source, size_t prefix, const yaml_event_t *event, size_t *length) {
    size_t line = line_of(event->start_mark);
    const char *text = event->type == YAML_SCALAR_EVENT ? scalar_text(event) : NULL;
    if (text == NULL || text[0] == '\0') {
        return fail(source, line, N_("a key must be a plain word"));
    }
    size_t room = sizeof source->key - prefix;
    int wanted = snprintf(source->key + prefix, room, "%s%s", prefix > 0 ? "." : "", text);
    if (wanted < 0 || (size_t)wanted >= room) {
        return fail(source, line, N_("the key is too long"));
    }
    *length = prefix + (size_t)wanted;
    return true;
}

static bool hand_over(struct yaml_source *source, const yaml_event_t *scalar, size_t line) {
    const char *value = scalar_is_null(scalar) ? "" : scalar_text(scalar);
    if (value == NULL) {
        return fail(source, line, N_("the value holds a NUL byte"));
    }
    return source->entry(source->context, source->key, value, (int)line, source->error);
}

static bool read_map(struct yaml_source *source, size_t prefix);

// Reads what belongs to source->key (`length` bytes, on `line`).
static bool read_value(struct yaml_source *source, size_t length, size_t line) {
    yaml_event_t event;
    if (!next_event(source, &event)) {
        return false;
    }
    bool good;
    switch (event.type) {
    case YAML_SCALAR_EVENT:
        good = hand_over(source, &event, line);
        break;
    case YAML_MAPPING_START_EVENT:
        good = read_map(source, length);
        break;
    default:
        good = error_set(source->error, ERROR_BAD_SETTING,
                         "%.150s:%zu: %s: a list or an alias cannot be the value of a setting", source->path,
                         line, source->key);
    }
    yaml_event_delete(&event);
    return good;
}

// Reads keys and values up to the map's end. The first `prefix` bytes of source->key are the path to this
// map.
static bool read_map(struct yaml_source *source, size_t prefix) {
    for (;;) {
        yaml_event_t event;
        if (!next_event(source, &event)) {
            return false;
        }
        bool at_end = event.type == YAML_MAPPING_END_EVENT;
        size_t line = line_of(event.start_mark);
        size_t length = prefix;
        bool good = at_end || append_key(source, prefix, &event, &length);
        yaml_event_delete(&event);
        if (at_end || !good) {
            return good;
        }
        if (!read_value(source, length, line)) {
            return false;
        }
    }
}

// Reads the top of a document, which may also be empty.
static bool read_root(struct yaml_source *source) {
    yaml_event_t event;
    if (!next_event(source, &event)) {
        return false;
    }
    bool good;
    if (event.type == YAML_MAPPING_START_EVENT) {
        good = read_map(source, 0);
    } else if (event.type == YAML_SCALAR_EVENT && scalar_is_null(&event)) {
        good = true;
    } else {
        good = fail(source, line_of(event.start_mark), N_("the file is not a map of keys and values"));
    }
    yaml_event_delete(&event);
    return good;
}

static bool read_stream(struct yaml_source *source) {
    int documents = 0;
    for (;;) {
        yaml_event_t event;
        if (!next_event(source, &event)) {
            return false;
        }
        yaml_event_type_t type = event.type;
        size_t line = line_of(event.start_mark);
        yaml_event_delete(&event);
        if (type == YAML_STREAM_END_EVENT) {
            return true;
        }
        if (type != YAML_DOCUMENT_START_EVENT) {
            continue; // the stream's start, or a document's end
        }
        if (++documents > 1) {
            return fail(source, line, N_("there is a second document"));
        }
        if (!read_root(source)) {
            return false;
        }
    }
}

// libyaml removes a mark at the beginning; a later one is invalid YAML, or part of a key or a value.
static bool check_marks(struct yaml_source *source) {
    static const char mark[] = UTF8_BYTE_ORDER_MARK;
    char *line = NULL;
    size_t room = 0, number = 0;
    bool good = true;
    for (ssize_t length; good && (length = getline(&line, &room, source->file)) > 0;) {
        size_t start = number++ == 0 && strncmp(line, mark, sizeof mark - 1) == 0 ? sizeof mark - 1 : 0;
        good = memmem(line + start, (size_t)length - start, mark, sizeof mark - 1) == NULL ||
               fail(source, number, CONFIG_INNER_MARK);
    }
    free(line);
    rewind(source->file);
    return good;
}

bool config_read_yaml(const char *path, config_entry entry, void *context, struct error *error) {
    struct yaml_source source = {.path = path, .entry = entry, .context = context, .error = error};
    source.file = fopen(path, "re");
    if (source.file == NULL) {
        return error_set(error, ERROR_BAD_SETTING, "%.150s: %s", path, translate(strerror(errno)));
    }
    bool good;
    if (yaml_parser_initialize(&source.parser)) {
        yaml_parser_set_input_file(&source.parser, source.file);
        good = check_marks(&source) && read_stream(&source);
        yaml_parser_delete(&source.parser);
    } else {
        good = error_set(error, ERROR_NO_MEMORY, "%.150s: no memory to read it", path);
    }
    fclose(source.file);
    return good;
}
