#include "wire/message.h"

#include "bet/errors.h"
#include "bet/limits.h"
#include "wire/frame.h"
#include "wire/json.h"
#include "wire/json_text.h"
#include "wire/limits.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum field {
    FIELD_TYPE,
    FIELD_AGENCY,
    FIELD_PAYLOAD,
    FIELD_FIRST,
    FIELD_WAIT,
    FIELD_STORED,
    FIELD_TIME,
    FIELD_RETURNS,
    FIELD_DRAW,
    FIELD_ONLY_DRAW,
    FIELD_RULES,
    FIELD_RECEIPT,
    FIELD_SEAL,
    FIELD_KEY,
    FIELDS
};

static const char *const field_names[FIELDS] = {"type_message", "agency",  "payload", "first", "wait",
                                                "stored",       "time",    "returns", "draw",  "only_draw",
                                                "rules",        "receipt", "seal",    "key"};

static bool bad_field(struct error *error, const struct error_code *code, enum field field,
                      const char *reason) {
    error_set(error, code, "%s: %s", field_names[field], reason);
    error->field = field_names[field];
    return false;
}

// An agency is a number, or a string of digits.
static bool read_agency(const struct json_value *value, uint32_t *agency, struct error *error) {
    int64_t number = 0;
    if (value->kind == JSON_INTEGER) {
        number = value->integer;
    } else if (value->kind == JSON_STRING) {
        for (size_t i = 0; i < value->text_length && number <= AGENCIES_MAX; i++) {
            if (value->text[i] < '0' || value->text[i] > '9') {
                return bad_field(error, ERROR_UNKNOWN_AGENCY, FIELD_AGENCY, "is not a number");
            }
            number = number * 10 + (value->text[i] - '0');
        }
    } else {
        return bad_field(error, ERROR_BAD_MESSAGE, FIELD_AGENCY,
                         value->kind == JSON_ABSENT ? "is missing"
                                                    : "is neither a string nor a whole number");
    }
    if (number < 1 || number > AGENCIES_MAX) {
        return bad_field(error, ERROR_UNKNOWN_AGENCY, FIELD_AGENCY, "is not the number of an agency");
    }
    *agency = (uint32_t)number;
    return true;
}

static bool read_type(const struct json_value *value, enum message_type *type, struct error *error) {
    if (value->kind != JSON_INTEGER) {
        return bad_field(error, ERROR_BAD_MESSAGE, FIELD_TYPE,
                         value->kind == JSON_ABSENT ? "is missing" : "is not a whole number");
    }
    if (value->integer < MESSAGE_SEND_CHUNK || value->integer > MESSAGE_CONSULT_WINNERS) {
        return bad_field(error, ERROR_UNKNOWN_TYPE, FIELD_TYPE, "is not 1, 2 or 3");
    }
    *type = (enum message_type)value->integer;
    return true;
}

// Reads a number of bets. *place is unchanged if the message does not contain it.
static bool read_place(const struct json_value *values, enum field field, int64_t *place,
                       struct error *error) {
    const struct json_value *value = &values[field];
    if (value->kind == JSON_ABSENT || value->kind == JSON_NULL) {
        return true;
    }
    if (value->kind != JSON_INTEGER || value->integer < 0) {
        return bad_field(error, ERROR_BAD_MESSAGE, field, "is not a whole number from 0 on");
    }
    *place = value->integer;
    return true;
}

// *answer is unchanged if the message does not contain it.
static bool read_yes_or_no(const struct json_value *values, enum field field, bool *answer,
                           struct error *error) {
    const struct json_value *value = &values[field];
    if (value->kind == JSON_ABSENT || value->kind == JSON_NULL) {
        return true;
    }
    if (value->kind != JSON_BOOLEAN) {
        return bad_field(error, ERROR_BAD_MESSAGE, field, "is neither true nor false");
    }
    *answer = value->boolean;
    return true;
}

// *text is unchanged if the message does not contain it.
static bool read_text(const struct json_value *values, enum field field, struct bet_slice *text,
                      struct error *error) {
    const struct json_value *value = &values[field];
    if (value->kind == JSON_ABSENT || value->kind == JSON_NULL) {
        return true;
    }
    if (value->kind != JSON_STRING) {
        return bad_field(error, ERROR_BAD_MESSAGE, field, "is not a text");
    }
    *text = (struct bet_slice){value->text, value->text_length};
    return true;
}

// true asks for the seal; a text is the one that the client has.
static bool read_seal(const struct json_value *values, struct message *message, struct error *error) {
    const struct json_value *value = &values[FIELD_SEAL];
    if (value->kind != JSON_STRING) {
        return read_yes_or_no(values, FIELD_SEAL, &message->wants_seal, error);
    }
    if (value->text_length > SHOWN_SEAL_BYTES_MAX) {
        return bad_field(error, ERROR_BAD_MESSAGE, FIELD_SEAL, "is too long for a seal's note");
    }
    message->wants_seal = true;
    return read_text(values, FIELD_SEAL, &message->seal, error);
}

struct gathering {
    struct chunk *chunk;
    struct error *error;
};

static bool gather_bet(void *context, const char *text, size_t length) {
    struct gathering *gathering = context;
    return chunk_add(gathering->chunk, text, length, gathering->error);
}

static bool read_bets(struct message_decoder *decoder, const struct json_value *payload, size_t text_max,
                      struct message *message, struct error *error) {
    if (payload->kind != JSON_ARRAY) {
        return bad_field(error, ERROR_BAD_MESSAGE, FIELD_PAYLOAD,
                         payload->kind == JSON_ABSENT ? "is missing" : "is not a list of bets");
    }
    // More bets than this cannot all be good: the message would be too long. The first bad one ends it.
    uint32_t count_max = payload->elements < CHUNK_BETS_MAX ? (uint32_t)payload->elements : CHUNK_BETS_MAX;
    struct chunk *chunk = chunk_new(count_max, text_max);
    if (chunk == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for a chunk of %zu bets", payload->elements);
    }
    struct gathering gathering = {chunk, error};
    bool not_a_string;
    size_t taken =
        json_each_string(message_decoder_parser(decoder), payload, gather_bet, &gathering, &not_a_string);
    if (taken == payload->elements) {
        message->chunk = chunk;
        return true;
    }
    chunk_free(chunk);
    if (not_a_string) {
        bad_field(error, ERROR_BAD_BET, FIELD_PAYLOAD, "the bet is not a string");
        error->bet = (int64_t)taken;
    }
    return false;
}

static bool read_chunk(struct message_decoder *decoder, const struct json_value *values, size_t length,
                       struct message *message, struct error *error) {
    return read_yes_or_no(values, FIELD_TIME, &message->wants_time, error) &&
           read_yes_or_no(values, FIELD_DRAW, &message->wants_draw, error) &&
           read_yes_or_no(values, FIELD_RULES, &message->wants_rules, error) &&
           read_yes_or_no(values, FIELD_RECEIPT, &message->wants_receipt, error) &&
           read_text(values, FIELD_ONLY_DRAW, &message->only_draw, error) &&
           read_place(values, FIELD_FIRST, &message->first, error) &&
           read_place(values, FIELD_STORED, &message->stored, error) &&
           read_bets(decoder, &values[FIELD_PAYLOAD], length, message, error);
}

static bool read_consultation(const struct json_value *values, struct message *message, struct error *error) {
    if (values[FIELD_PAYLOAD].kind != JSON_ABSENT && values[FIELD_PAYLOAD].kind != JSON_NULL) {
        return bad_field(error, ERROR_BAD_MESSAGE, FIELD_PAYLOAD, "is not null in a consultation");
    }
    message->returns = values[FIELD_RETURNS].kind == JSON_BOOLEAN && values[FIELD_RETURNS].boolean;
    return read_yes_or_no(values, FIELD_WAIT, &message->wait, error) &&
           read_yes_or_no(values, FIELD_RULES, &message->wants_rules, error) &&
           read_yes_or_no(values, FIELD_KEY, &message->wants_key, error) && read_seal(values, message, error);
}

bool message_decode(struct message_decoder *decoder, const uint8_t *bytes, size_t length,
                    struct message *message, struct error *error) {
    *message = (struct message){.first = -1, .stored = -1, .wait = true};
    struct json_value values[FIELDS];
    if (!json_parse_object(message_decoder_parser(decoder), bytes, length, field_names, FIELDS, values,
                           error)) {
        return false;
    }
    if (values[FIELD_PAYLOAD].kind == JSON_ARRAY) {
        message->bets_sent = (uint32_t)values[FIELD_PAYLOAD].elements;
    }
    if (!read_type(&values[FIELD_TYPE], &message->type, error) ||
        !read_agency(&values[FIELD_AGENCY], &message->agency, error)) {
        return false;
    }
    return message->type == MESSAGE_CONSULT_WINNERS ? read_consultation(values, message, error)
                                                    : read_chunk(decoder, values, length, message, error);
}

size_t message_bet_bytes(const char *text, size_t length) {
    return json_ascii_bytes(text, length) + 1;
}

static char *write_place(char *out, const char *name, int64_t place) {
    if (place < 0) {
        return out;
    }
    out = json_number_write(json_raw_write(out, name), (uint64_t)place);
    *out++ = ',';
    return out;
}

size_t message_encode_beginning(uint8_t frame[MESSAGE_AROUND_BYTES_MAX], enum message_type type,
                                uint32_t agency, int64_t first, int64_t stored) {
    char *out = (char *)frame + FRAME_HEADER_BYTES;
    out = json_raw_write(out, "{\"type_message\":");
    *out++ = (char)('0' + type);
    out = json_raw_write(out, ",\"agency\":\"");
    out = json_number_write(out, agency);
    out = json_raw_write(out, "\",");
    out = write_place(out, "\"first\":", first);
    out = write_place(out, "\"stored\":", stored);
    out = json_raw_write(out, "\"payload\":[");
    return (size_t)(out - (char *)frame);
}

char *message_encode_end(char *out, const struct message_asks *asks) {
    const char *begin = out;
    out = json_raw_write(out, "]");
    out = asks->draw ? json_raw_write(out, ",\"draw\":true") : out;
    if (asks->only_draw != NULL && asks->only_draw[0] != '\0') {
        out = json_raw_write(out, ",\"only_draw\":");
        out = json_ascii_write(out, asks->only_draw, strlen(asks->only_draw));
    }
    out = asks->rules ? json_raw_write(out, ",\"rules\":true") : out;
    out = asks->receipt ? json_raw_write(out, ",\"receipt\":true") : out;
    *out++ = '}';
    assert(out - begin <= MESSAGE_END_BYTES_MAX); // otherwise it has written past its end
    (void)begin;
    return out;
}

size_t message_encode_question(uint8_t frame[MESSAGE_AROUND_BYTES_MAX], uint32_t agency, uint64_t stored) {
    char *out = (char *)frame + FRAME_HEADER_BYTES;
    out = json_raw_write(out, "{\"type_message\":1,\"agency\":\"");
    out = json_number_write(out, agency);
    out = json_raw_write(out, "\",\"first\":0,\"stored\":");
    out = json_number_write(out, stored);
    out = json_raw_write(out, ",\"time\":true,\"payload\":[" MESSAGE_CHUNK_END);
    size_t length = (size_t)(out - (char *)frame);
    assert(length <= MESSAGE_AROUND_BYTES_MAX); // otherwise it has written past its end
    frame_write_header(frame, length - FRAME_HEADER_BYTES);
    return length;
}

// What every consultation begins with. Returns where the next byte goes.
static char *begin_consult(uint8_t *frame, uint32_t agency) {
    char *out = (char *)frame + FRAME_HEADER_BYTES;
    out = json_raw_write(out, "{\"type_message\":3,\"agency\":\"");
    out = json_number_write(out, agency);
    return json_raw_write(out, "\",\"payload\":null");
}

static size_t end_consult(uint8_t *frame, const char *end, size_t room) {
    size_t length = (size_t)(end - (char *)frame);
    assert(length <= room); // otherwise it has written past its end
    (void)room;
    frame_write_header(frame, length - FRAME_HEADER_BYTES);
    return length;
}

static size_t encode_consult(uint8_t frame[MESSAGE_CONSULT_BYTES_MAX], uint32_t agency, const char *end) {
    return end_consult(frame, json_raw_write(begin_consult(frame, agency), end), MESSAGE_CONSULT_BYTES_MAX);
}

size_t message_encode_consult(uint8_t frame[MESSAGE_CONSULT_BYTES_MAX], uint32_t agency, bool wait) {
    return encode_consult(frame, agency, wait ? "}" : ",\"wait\":false}");
}

size_t message_encode_waiting(uint8_t frame[MESSAGE_CONSULT_BYTES_MAX], uint32_t agency) {
    return encode_consult(frame, agency, ",\"returns\":true}");
}

size_t message_consultation_bytes_max(const struct message_consultation *consultation) {
    const struct bet_slice *seal = &consultation->seal;
    return MESSAGE_CONSULT_BYTES_MAX + (seal->text == NULL ? 0 : json_ascii_bytes(seal->text, seal->length));
}

size_t message_encode_consultation(uint8_t *frame, const struct message_consultation *consultation) {
    const struct bet_slice *seal = &consultation->seal;
    char *out = begin_consult(frame, consultation->agency);
    out = consultation->wait ? out : json_raw_write(out, ",\"wait\":false");
    out = consultation->returns ? json_raw_write(out, ",\"returns\":true") : out;
    out = consultation->rules ? json_raw_write(out, ",\"rules\":true") : out;
    out = consultation->key ? json_raw_write(out, ",\"key\":true") : out;
    out = json_raw_write(out, ",\"seal\":");
    out = seal->text == NULL ? json_raw_write(out, "true") : json_ascii_write(out, seal->text, seal->length);
    *out++ = '}';
    return end_consult(frame, out, message_consultation_bytes_max(consultation));
}
