#include "wire/receipt_json.h"

#include "bet/errors.h"

enum receipt_field { RECEIPT_ENTRY, RECEIPT_INDEX, RECEIPT_PATH, RECEIPT_NOTE, RECEIPT_FIELDS };

static const char *const receipt_fields[RECEIPT_FIELDS] = {"entry", "index", "path", "note"};

void receipt_json_write(struct json_writer *writer, const struct reply_receipt *receipt) {
    json_begin(writer, "receipt");
    json_put_bytes(writer, "entry", receipt->entry.text, receipt->entry.length);
    json_put_number(writer, "index", receipt->index);
    json_begin_list(writer, "path");
    for (size_t i = 0; i < receipt->path_length; i++) {
        json_put_bytes(writer, NULL, receipt->path[i].text, receipt->path[i].length);
    }
    json_end_list(writer);
    json_put_bytes(writer, "note", receipt->note.text, receipt->note.length);
    json_end(writer);
}

static bool take_hash(void *context, const char *text, size_t length) {
    struct reply_receipt *receipt = context;
    if (receipt->path_length == RECEIPT_PATH_MAX) {
        return false;
    }
    receipt->path[receipt->path_length++] = (struct bet_slice){text, length};
    return true;
}

static bool read_path(struct json_parser *parser, const struct json_value *path,
                      struct reply_receipt *receipt) {
    bool not_a_string;
    receipt->path_length = 0;
    return path->kind == JSON_ARRAY &&
           json_each_string(parser, path, take_hash, receipt, &not_a_string) == path->elements;
}

bool receipt_json_read(struct json_parser *parser, const struct json_value *value,
                       struct reply_receipt *receipt, bool *found, struct error *error) {
    struct json_value values[RECEIPT_FIELDS];
    *found = value->kind != JSON_ABSENT && value->kind != JSON_NULL;
    if (!*found) {
        return true;
    }
    if (value->kind != JSON_OBJECT) {
        return error_set(error, ERROR_BAD_MESSAGE, "the central's receipt is no object");
    }
    if (!json_read_members(parser, value, receipt_fields, RECEIPT_FIELDS, values, error)) {
        return false;
    }
    const struct json_value *entry = &values[RECEIPT_ENTRY], *index = &values[RECEIPT_INDEX],
                            *note = &values[RECEIPT_NOTE];
    if (entry->kind != JSON_STRING || index->kind != JSON_INTEGER || index->integer < 0 ||
        note->kind != JSON_STRING || !read_path(parser, &values[RECEIPT_PATH], receipt)) {
        return error_set(error, ERROR_BAD_MESSAGE, "the central's receipt cannot be read");
    }
    receipt->entry = (struct bet_slice){entry->text, entry->text_length};
    receipt->index = (uint64_t)index->integer;
    receipt->note = (struct bet_slice){note->text, note->text_length};
    return true;
}
