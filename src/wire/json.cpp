// simdjson with a C interface. We use its DOM rather than the faster on-demand interface, because the DOM
// checks the whole text before any of it is used: a message is accepted whole or not at all.
#include "wire/json.h"

#include "bet/errors.h"
#include "wire/limits.h"

#include <cassert>
#include <new>
#include <simdjson.h>

static_assert(JSON_PADDING_BYTES >= simdjson::SIMDJSON_PADDING, "simdjson reads that far past a text");

namespace dom = simdjson::dom;

struct json_parser {
    dom::parser parser;
    dom::element elements[JSON_FIELDS_MAX]; // what the handles of the last call stand for
};

struct json_parser *json_parser_new(void) {
    // simdjson detects the processor once, and ends the process if it has no memory for that. So do it now,
    // before there is anything to lose.
    (void)simdjson::get_active_implementation()->name();
    return new (std::nothrow) json_parser;
}

void json_parser_free(struct json_parser *parser) {
    delete parser;
}

static void read_value(dom::element element, struct json_value *value) {
    switch (element.type()) {
    case dom::element_type::NULL_VALUE:
        value->kind = JSON_NULL;
        break;
    case dom::element_type::BOOL:
        value->kind = JSON_BOOLEAN;
        value->boolean = element.get_bool().value_unsafe();
        break;
    case dom::element_type::INT64:
        value->kind = JSON_INTEGER;
        value->integer = element.get_int64().value_unsafe();
        break;
    case dom::element_type::STRING: {
        std::string_view text = element.get_string().value_unsafe();
        value->kind = JSON_STRING;
        value->text = text.data();
        value->text_length = text.size();
        break;
    }
    case dom::element_type::ARRAY: {
        dom::array array = element.get_array().value_unsafe();
        value->kind = JSON_ARRAY;
        value->elements = array.size();
        break;
    }
    case dom::element_type::OBJECT:
        value->kind = JSON_OBJECT;
        break;
    default:
        value->kind = JSON_OTHER;
    }
}

static bool read_fields(struct json_parser *parser, dom::object object, const char *const *names, int count,
                        struct json_value *values, struct error *error) {
    assert(count <= JSON_FIELDS_MAX);
    for (int i = 0; i < count; i++) {
        values[i] = json_value{};
    }
    for (dom::key_value_pair field : object) {
        for (int i = 0; i < count; i++) {
            if (field.key != names[i]) {
                continue;
            }
            if (values[i].kind != JSON_ABSENT) {
                error_set(error, ERROR_BAD_MESSAGE, "%s: is given twice", names[i]);
                error->field = names[i];
                return false;
            }
            read_value(field.value, &values[i]);
            values[i].handle = static_cast<size_t>(i);
            parser->elements[i] = field.value;
        }
    }
    return true;
}

bool json_parse_object(struct json_parser *parser, const uint8_t *text, size_t length,
                       const char *const *names, int count, struct json_value *values, struct error *error) {
    dom::element root;
    simdjson::error_code failure = parser->parser.parse(text, length, false).get(root);
    if (failure != simdjson::SUCCESS) {
        const struct error_code *code = failure == simdjson::MEMALLOC ? ERROR_NO_MEMORY : ERROR_BAD_JSON;
        if (failure == simdjson::MEMALLOC) { // it has half of what it needs, and would never ask for the rest
            parser->parser = dom::parser();
        }
        return error_set(error, code, "the message does not parse as JSON: %s",
                         simdjson::error_message(failure));
    }
    dom::object object;
    if (root.get_object().get(object) != simdjson::SUCCESS) {
        return error_set(error, ERROR_BAD_MESSAGE, "the message is not a JSON object");
    }
    return read_fields(parser, object, names, count, values, error);
}

bool json_read_members(struct json_parser *parser, const struct json_value *object, const char *const *names,
                       int count, struct json_value *values, struct error *error) {
    dom::object members = parser->elements[object->handle].get_object().value_unsafe();
    return read_fields(parser, members, names, count, values, error);
}

size_t json_each_string(struct json_parser *parser, const struct json_value *array, json_string each,
                        void *context, bool *not_a_string) {
    size_t taken = 0;
    *not_a_string = false;
    dom::array elements = parser->elements[array->handle].get_array().value_unsafe();
    for (dom::element element : elements) {
        if (!element.is_string()) {
            *not_a_string = true;
            break;
        }
        std::string_view text = element.get_string().value_unsafe();
        if (!each(context, text.data(), text.size())) {
            break;
        }
        taken++;
    }
    return taken;
}

size_t json_each_number(struct json_parser *parser, const struct json_value *array, json_number each,
                        void *context) {
    size_t taken = 0;
    dom::array elements = parser->elements[array->handle].get_array().value_unsafe();
    for (dom::element element : elements) {
        uint64_t number;
        if (element.get_uint64().get(number) != simdjson::SUCCESS || !each(context, number)) {
            break;
        }
        taken++;
    }
    return taken;
}

size_t json_each_object(struct json_parser *parser, const struct json_value *array, const char *const *names,
                        int count, json_object each, void *context) {
    size_t taken = 0;
    dom::array elements = parser->elements[array->handle].get_array().value_unsafe();
    for (dom::element element : elements) {
        struct json_value values[JSON_FIELDS_MAX];
        struct error ignored;
        if (!element.is_object() ||
            !read_fields(parser, element.get_object().value_unsafe(), names, count, values, &ignored) ||
            !each(context, values)) {
            break;
        }
        taken++;
    }
    return taken;
}
