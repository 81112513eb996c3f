// A YAML document put together node by node, and written to a file by libyaml.
#ifndef QUINIELA_CLI_YAML_TREE_H
#define QUINIELA_CLI_YAML_TREE_H

#include "base/attributes.h"
#include "base/error.h"

#include <stdbool.h>
#include <yaml.h>

enum { YAML_TEXT_BYTES_MAX = 4200 };

struct yaml_tree {
    yaml_document_t document;
    bool failed; // no memory, or a text that is too long; checked once, by yaml_tree_write
};

// Begins an empty document; yaml_tree_write ends it. The first node becomes its root. ERROR_NO_MEMORY.
bool yaml_tree_begin(struct yaml_tree *tree, struct error *error) MUST_CHECK;

// New nodes: a text, a map, a list, and a list of texts, up to a NULL. Each returns the node's number.
int yaml_tree_text(struct yaml_tree *tree, const char *format, ...) PRINTF_LIKE(2, 3);
int yaml_tree_map(struct yaml_tree *tree);
int yaml_tree_list(struct yaml_tree *tree);
int yaml_tree_texts(struct yaml_tree *tree, ...);

// Puts `value` into the map `parent` under `key`. Returns `value`.
int yaml_tree_put(struct yaml_tree *tree, int parent, const char *key, int value);

// Appends `value` to the list `parent`.
void yaml_tree_add(struct yaml_tree *tree, int parent, int value);

// Writes the document to `path` (output_file.h), and frees it in any case.
bool yaml_tree_write(struct yaml_tree *tree, const char *path, struct error *error) MUST_CHECK;

#endif
