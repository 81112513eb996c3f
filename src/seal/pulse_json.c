#include "seal/pulse_json.h"

#include "base/memory.h"
#include "seal/encoding.h"
#include "seal/errors.h"
#include "seal/limits.h"
#include "wire/json.h"
#include "wire/limits.h"

static const char *const list_names[] = {"previous", "hour", "day", "month", "year"};

struct reading {
    struct json_parser *parser;
    const uint8_t *json; // followed by JSON_PADDING_BYTES
    size_t length;
    struct error *error;
    struct pulse *pulse;
    bool has[PULSE_LIST];
};

static bool refuse(struct reading *reading, const char *name, const char *what) {
    return error_set(reading->error, ERROR_BAD_FORM, "the pulse's %s: %s", name, what);
}

// The reader's own codes are those of messages.
static bool refuse_json(struct reading *reading) {
    struct error fault = *reading->error;
    const struct error_code *code = fault.code == ERROR_NO_MEMORY ? ERROR_NO_MEMORY : ERROR_BAD_FORM;
    return error_set(reading->error, code, "the pulse: %s", fault.text);
}

static bool take_text(struct reading *reading, const char *name, const struct json_value *value,
                      struct pulse_text *text) {
    if (value->kind != JSON_STRING || value->text_length > sizeof text->text) {
        return refuse(reading, name, "is no text, or too long");
    }
    text->length = value->text_length;
    memcpy(text->text, value->text, value->text_length);
    return true;
}

static bool take_hex(struct reading *reading, const char *name, const struct json_value *value,
                     uint8_t *bytes, size_t max, size_t *length) {
    return (value->kind == JSON_STRING &&
            hex_decode_either_case((struct slice){value->text, value->text_length}, bytes, max, length)) ||
           refuse(reading, name, "is no text of hex, or too long");
}

static bool take_bytes(struct reading *reading, const char *name, const struct json_value *value,
                       struct pulse_bytes *bytes) {
    return take_hex(reading, name, value, bytes->bytes, sizeof bytes->bytes, &bytes->length);
}

static bool take_number(struct reading *reading, const char *name, const struct json_value *value,
                        uint32_t *number) {
    if (value->kind != JSON_INTEGER || value->integer < 0 || value->integer > UINT32_MAX) {
        return refuse(reading, name, "is no whole number of 32 bits");
    }
    *number = (uint32_t)value->integer;
    return true;
}

static bool take_long(struct reading *reading, const char *name, const struct json_value *value,
                      uint64_t *number) {
    if (value->kind != JSON_INTEGER || value->integer < 0) {
        return refuse(reading, name, "is no whole number");
    }
    *number = (uint64_t)value->integer;
    return true;
}

// Parses the JSON, and reads the fields `names` of its pulse.
static bool read_pulse(struct reading *reading, const char *const *names, int count,
                       struct json_value *values) {
    static const char *const outer[] = {"pulse"};
    struct json_value pulse = {0};
    if (!json_parse_object(reading->parser, reading->json, reading->length, outer, 1, &pulse,
                           reading->error)) {
        return refuse_json(reading);
    }
    if (pulse.kind != JSON_OBJECT) {
        return error_set(reading->error, ERROR_BAD_FORM, "the pulse: there is no \"pulse\" in it");
    }
    return json_read_members(reading->parser, &pulse, names, count, values, reading->error) ||
           refuse_json(reading);
}

static bool read_head(struct reading *reading) {
    static const char *const names[] = {"uri",           "version",    "cipherSuite", "period",
                                        "certificateId", "chainIndex", "pulseIndex",  "timeStamp"};
    struct json_value values[8] = {0};
    struct pulse *pulse = reading->pulse;
    return read_pulse(reading, names, 8, values) && take_text(reading, names[0], &values[0], &pulse->uri) &&
           take_text(reading, names[1], &values[1], &pulse->version) &&
           take_number(reading, names[2], &values[2], &pulse->cipher_suite) &&
           take_number(reading, names[3], &values[3], &pulse->period) &&
           take_bytes(reading, names[4], &values[4], &pulse->certificate_id) &&
           take_long(reading, names[5], &values[5], &pulse->chain) &&
           take_long(reading, names[6], &values[6], &pulse->index) &&
           take_text(reading, names[7], &values[7], &pulse->time_stamp);
}

static bool read_values(struct reading *reading) {
    static const char *const names[] = {"localRandomValue", "precommitmentValue", "statusCode",
                                        "signatureValue", "outputValue"};
    struct json_value values[5] = {0};
    struct pulse *pulse = reading->pulse;
    return read_pulse(reading, names, 5, values) &&
           take_bytes(reading, names[0], &values[0], &pulse->local_random) &&
           take_bytes(reading, names[1], &values[1], &pulse->precommitment) &&
           take_number(reading, names[2], &values[2], &pulse->status) &&
           take_hex(reading, names[3], &values[3], pulse->signature, sizeof pulse->signature,
                    &pulse->signature_length) &&
           take_bytes(reading, names[4], &values[4], &pulse->output);
}

static bool read_external(struct reading *reading) {
    static const char *const outer[] = {"external"};
    static const char *const names[] = {"sourceId", "statusCode", "value"};
    struct json_value external = {0}, values[3] = {0};
    struct pulse *pulse = reading->pulse;
    if (!read_pulse(reading, outer, 1, &external)) {
        return false;
    }
    if (external.kind != JSON_OBJECT) {
        return refuse(reading, outer[0], "is no object");
    }
    if (!json_read_members(reading->parser, &external, names, 3, values, reading->error)) {
        return refuse_json(reading);
    }
    return take_bytes(reading, "external.sourceId", &values[0], &pulse->external_source) &&
           take_number(reading, "external.statusCode", &values[1], &pulse->external_status) &&
           take_bytes(reading, "external.value", &values[2], &pulse->external_value);
}

static bool take_list_value(void *context, const struct json_value *values) {
    struct reading *reading = context;
    if (values[0].kind != JSON_STRING) {
        return refuse(reading, "listValues", "has one without a type");
    }
    struct slice type = {values[0].text, values[0].text_length};
    for (int i = 0; i < PULSE_LIST; i++) {
        if (slice_is(type, list_names[i])) {
            if (reading->has[i]) {
                return refuse(reading, list_names[i], "is given twice");
            }
            reading->has[i] = true;
            return take_bytes(reading, list_names[i], &values[1], &reading->pulse->list[i]);
        }
    }
    return refuse(reading, "listValues", "has one of another type than previous, hour, day, month, year");
}

static bool read_list(struct reading *reading) {
    static const char *const outer[] = {"listValues"};
    static const char *const names[] = {"type", "value"};
    struct json_value list = {0};
    if (!read_pulse(reading, outer, 1, &list)) {
        return false;
    }
    if (list.kind != JSON_ARRAY || list.elements != PULSE_LIST) {
        return refuse(reading, outer[0], "is no list of five");
    }
    error_clear(reading->error);
    size_t taken = json_each_object(reading->parser, &list, names, 2, take_list_value, reading);
    if (taken < list.elements && reading->error->code == ERROR_NONE) {
        return refuse(reading, outer[0], "has one that is no object, or has a field twice");
    }
    return taken == list.elements;
}

// Whether more objects and lists than PULSE_DEPTH_MAX lie one in another: readers of JSON differ on how many
// they take. Of a text that does not parse it may say either.
static bool is_too_deep(struct slice json) {
    int depth = 0;
    bool is_in_text = false;
    for (size_t i = 0; i < json.length && depth <= PULSE_DEPTH_MAX; i++) {
        char byte = json.text[i];
        if (is_in_text && byte == '\\') {
            i++; // what is escaped ends no text
        } else if (byte == '"') {
            is_in_text = !is_in_text;
        } else if (!is_in_text) {
            depth += (byte == '{' || byte == '[') - (byte == '}' || byte == ']');
        }
    }
    return depth > PULSE_DEPTH_MAX;
}

bool pulse_json_read(struct slice json, struct pulse *pulse, struct error *error) {
    if (json.length > PULSE_BYTES_MAX) {
        return error_set(error, ERROR_BAD_FORM, "the pulse: has more than %d bytes", PULSE_BYTES_MAX);
    }
    if (is_too_deep(json)) {
        return error_set(error, ERROR_BAD_FORM,
                         "the pulse: is deeper than %d objects and lists, one in another", PULSE_DEPTH_MAX);
    }
    *pulse = (struct pulse){0};
    uint8_t *padded = memory_zeroed(1, json.length + JSON_PADDING_BYTES);
    struct reading reading = {json_parser_new(), padded, json.length, error, pulse, {false}};
    bool is_read = false;
    if (padded == NULL || reading.parser == NULL) {
        error_set(error, ERROR_NO_MEMORY, "the pulse: no memory");
    } else {
        if (json.length > 0) {
            memcpy(padded, json.text, json.length);
        }
        is_read =
            read_head(&reading) && read_values(&reading) && read_external(&reading) && read_list(&reading);
    }
    json_parser_free(reading.parser);
    memory_free(padded);
    return is_read;
}
