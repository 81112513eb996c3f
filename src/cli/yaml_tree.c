#include "cli/yaml_tree.h"

#include "cli/output_file.h"

#include <stdarg.h>
#include <stdio.h>

// Building ------------------------------------------------------------------------------------------------

bool yaml_tree_begin(struct yaml_tree *tree, struct error *error) {
    tree->failed = false;
    return yaml_document_initialize(&tree->document, NULL, NULL, NULL, 1, 1) ||
           error_set(error, ERROR_NO_MEMORY, "no memory to write YAML");
}

static int check(struct yaml_tree *tree, int node) {
    tree->failed = tree->failed || node == 0;
    return node;
}

int yaml_tree_text(struct yaml_tree *tree, const char *format, ...) {
    char value[YAML_TEXT_BYTES_MAX];
    va_list values;
    va_start(values, format);
    int length = vsnprintf(value, sizeof value, format, values);
    va_end(values);
    if (length < 0 || (size_t)length >= sizeof value) {
        tree->failed = true;
        return 0;
    }
    return check(tree, yaml_document_add_scalar(&tree->document, NULL, (yaml_char_t *)value, length,
                                                YAML_ANY_SCALAR_STYLE));
}

int yaml_tree_map(struct yaml_tree *tree) {
    return check(tree, yaml_document_add_mapping(&tree->document, NULL, YAML_ANY_MAPPING_STYLE));
}

int yaml_tree_list(struct yaml_tree *tree) {
    return check(tree, yaml_document_add_sequence(&tree->document, NULL, YAML_ANY_SEQUENCE_STYLE));
}

int yaml_tree_put(struct yaml_tree *tree, int parent, const char *key, int value) {
    int name = yaml_tree_text(tree, "%s", key);
    if (!tree->failed && !yaml_document_append_mapping_pair(&tree->document, parent, name, value)) {
        tree->failed = true;
    }
    return value;
}

void yaml_tree_add(struct yaml_tree *tree, int parent, int value) {
    if (!tree->failed && !yaml_document_append_sequence_item(&tree->document, parent, value)) {
        tree->failed = true;
    }
}

int yaml_tree_texts(struct yaml_tree *tree, ...) {
    int node = yaml_tree_list(tree);
    va_list values;
    va_start(values, tree);
    for (const char *value; (value = va_arg(values, const char *)) != NULL;) {
        yaml_tree_add(tree, node, yaml_tree_text(tree, "%s", value));
    }
    va_end(values);
    return node;
}

// Writing -------------------------------------------------------------------------------------------------

struct writing {
    struct output_file *file;
    struct error *error;
    bool failed;
};

static int write_bytes(void *context, unsigned char *bytes, size_t length) {
    struct writing *writing = context;
    writing->failed = writing->failed || !output_file_write(writing->file, bytes, length, writing->error);
    return !writing->failed;
}

static bool emit(struct yaml_tree *tree, struct output_file *file, struct error *error) {
    yaml_emitter_t emitter;
    struct writing writing = {.file = file, .error = error};
    if (!yaml_emitter_initialize(&emitter)) {
        return error_set(error, ERROR_NO_MEMORY, "no memory to write YAML");
    }
    yaml_emitter_set_output(&emitter, write_bytes, &writing);
    yaml_emitter_set_unicode(&emitter, 1);
    yaml_emitter_set_width(&emitter, -1);
    bool done = yaml_emitter_open(&emitter) && yaml_emitter_dump(&emitter, &tree->document) &&
                yaml_emitter_close(&emitter);
    yaml_emitter_delete(&emitter);
    if (!done && !writing.failed) {
        error_set(error, ERROR_NO_MEMORY, "no memory to write YAML");
    }
    return done;
}

bool yaml_tree_write(struct yaml_tree *tree, const char *path, struct error *error) {
    struct output_file *file;
    if (tree->failed) {
        yaml_document_delete(&tree->document);
        return error_set(error, ERROR_NO_MEMORY, "no memory, or a text that is too long");
    }
    if (!output_file_open(path, &file, error)) {
        yaml_document_delete(&tree->document);
        return false;
    }
    if (!emit(tree, file, error)) { // which frees the document, even when it fails
        output_file_drop(&file);
        return false;
    }
    return output_file_finish(&file, error);
}
