#include "wire/reply.h"

#include "base/log_text.h"
#include "bet/errors.h"
#include "wire/frame.h"
#include "wire/json.h"
#include "wire/json_text.h"
#include "wire/limits.h"
#include "wire/pieces.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

const struct error_code ERROR_UNKNOWN[1] = {{"unknown", false}};

static const char winners_begin[] = "{\"type_message\":2,\"payload\":\"";

// Puts the header before the text that ends at `end`, in a frame with room for `most`. Returns the frame's
// length.
static size_t finish(uint8_t *frame, const char *end, size_t most) {
    size_t length = (size_t)(end - (char *)frame);
    assert(length <= most); // otherwise it has written past its end
    frame_write_header(frame, length - FRAME_HEADER_BYTES);
    return length;
}

size_t reply_encode_processed(uint8_t frame[REPLY_SMALL_BYTES_MAX], uint64_t next) {
    char *out = (char *)frame + FRAME_HEADER_BYTES;
    out += sprintf(out, "{\"type_message\":1,\"payload\":null,\"next\":%" PRIu64 "}", next);
    return finish(frame, out, REPLY_SMALL_BYTES_MAX);
}

enum { STORED_FIXED_BYTES = 96 }; // everything except the pieces

size_t reply_stored_bytes_max(size_t pieces) {
    return FRAME_HEADER_BYTES + STORED_FIXED_BYTES + pieces * PIECE_JSON_BYTES_MAX;
}

size_t reply_encode_stored(uint8_t *frame, uint64_t next, const struct piece *pieces, size_t count) {
    char *out = (char *)frame + FRAME_HEADER_BYTES;
    out += sprintf(out, "{\"type_message\":1,\"payload\":null,\"next\":%" PRIu64 ",\"stored\":", next);
    out = pieces_write(out, pieces, count);
    *out++ = '}';
    return finish(frame, out, reply_stored_bytes_max(count));
}

size_t reply_encode_not_ready(uint8_t frame[REPLY_SMALL_BYTES_MAX], uint32_t retry_after_ms) {
    char *out = (char *)frame + FRAME_HEADER_BYTES;
    out +=
        sprintf(out, "{\"type_message\":3,\"payload\":null,\"retry_after_ms\":%" PRIu32 "}", retry_after_ms);
    return finish(frame, out, REPLY_SMALL_BYTES_MAX);
}

static_assert(ERROR_TEXT_BYTES * 6 + 256 + REPLY_TIME_BYTES_MAX + REPLY_REFUSES_BYTES_MAX +
                      REPLY_DRAW_BYTES_MAX <=
                  REPLY_SMALL_BYTES_MAX,
              "an error fits, all of it escaped, and what is added");

size_t reply_encode_error(uint8_t frame[REPLY_SMALL_BYTES_MAX], const struct error *error, int64_t next) {
    char *out = (char *)frame + FRAME_HEADER_BYTES;
    out += sprintf(out,
                   "{\"type_message\":4,\"payload\":{\"code\":\"%s\",\"message\":", error_name(error->code));
    out = json_ascii_write(out, error->text, strlen(error->text));
    out += sprintf(out, ",\"retryable\":%s", error_retryable(error->code) ? "true" : "false");
    if (error->bet >= 0) {
        out += sprintf(out, ",\"bet\":%" PRId64, error->bet);
    }
    if (error->field != NULL) {
        out += sprintf(out, ",\"field\":\"%s\"", error->field);
    }
    *out++ = '}';
    if (next >= 0) {
        out += sprintf(out, ",\"next\":%" PRId64, next);
    }
    *out++ = '}';
    return finish(frame, out, REPLY_SMALL_BYTES_MAX);
}

// Every answer is an object, and ends with its bracket.
size_t reply_add_time(uint8_t *frame, size_t length, uint64_t time_ms) {
    char *end = (char *)frame + length - 1;
    assert(*end == '}');
    end = json_raw_write(end, ",\"time_ms\":");
    end = json_number_write(end, time_ms);
    *end++ = '}';
    return finish(frame, end, length + REPLY_TIME_BYTES_MAX);
}

size_t reply_add_refuses(uint8_t *frame, size_t length, const struct error_code *code) {
    char *end = (char *)frame + length - 1;
    assert(*end == '}');
    end = json_raw_write(end, ",\"refuses\":\"");
    end = json_raw_write(end, error_name(code));
    end = json_raw_write(end, "\"}");
    return finish(frame, end, length + REPLY_REFUSES_BYTES_MAX);
}

size_t reply_add_draw(uint8_t *frame, size_t length, const char *draw) {
    char *end = (char *)frame + length - 1;
    assert(*end == '}');
    end = json_raw_write(end, ",\"draw\":");
    end = json_ascii_write(end, draw, strlen(draw));
    *end++ = '}';
    return finish(frame, end, length + REPLY_DRAW_BYTES_MAX);
}

// The writer's first byte is the bracket that begins the object.
static char *write_fields(char *out, const struct json_writer *fields) {
    *out++ = ',';
    memcpy(out, fields->text + 1, fields->length - 1);
    return out + fields->length - 1;
}

size_t reply_add_fields(uint8_t *frame, size_t length, const struct json_writer *fields) {
    char *end = (char *)frame + length - 1;
    assert(*end == '}' && !fields->failed && fields->length > 1);
    end = write_fields(end, fields);
    *end++ = '}';
    return finish(frame, end, length + fields->length);
}

// The bytes around the documents in a frame of winners, excluding the header.
enum { AROUND_BYTES = sizeof winners_begin - 1 + sizeof "\"}" - 1 };

static_assert(FRAME_HEADER_BYTES + AROUND_BYTES <= REPLY_WINNERS_AROUND_BYTES, "there is room");

bool reply_winners_fit(size_t length, size_t fields) {
    size_t room = REPLY_BYTES_MAX - AROUND_BYTES;
    return fields <= room && length <= room - fields;
}

size_t reply_encode_winners_begin(uint8_t begin[REPLY_WINNERS_AROUND_BYTES], size_t length,
                                  const struct json_writer *fields) {
    size_t further = fields == NULL ? 0 : fields->length;
    assert(reply_winners_fit(length, further));
    frame_write_header(begin, AROUND_BYTES + length + further);
    memcpy(begin + FRAME_HEADER_BYTES, winners_begin, sizeof winners_begin - 1);
    return FRAME_HEADER_BYTES + sizeof winners_begin - 1;
}

size_t reply_encode_winners_end(uint8_t *end, const struct json_writer *fields) {
    char *out = json_raw_write((char *)end, "\"");
    out = fields == NULL ? out : write_fields(out, fields);
    *out++ = '}';
    return (size_t)(out - (char *)end);
}

size_t reply_encode_winners(uint8_t *frame, const char *documents, size_t length) {
    size_t written = reply_encode_winners_begin(frame, length, NULL);
    memcpy(frame + written, documents, length);
    written += length + reply_encode_winners_end(frame + written + length, NULL);
    assert(written <= length + REPLY_WINNERS_AROUND_BYTES);
    return written;
}

bool reply_begins_winners(const uint8_t begin[REPLY_KIND_BYTES]) {
    static const char key[] = "\"type_message\"";
    const uint8_t *end = begin + REPLY_KIND_BYTES;
    const uint8_t *at = memmem(begin, REPLY_KIND_BYTES, key, sizeof key - 1);
    if (at == NULL) {
        return false;
    }
    for (at += sizeof key - 1; at < end && (*at == ' ' || *at == ':'); at++) {
    }
    return at + 1 < end && at[0] == '0' + REPLY_WINNERS && (at[1] < '0' || at[1] > '9');
}

enum reply_field {
    REPLY_FIELD_TYPE,
    REPLY_FIELD_PAYLOAD,
    REPLY_FIELD_NEXT,
    REPLY_FIELD_RETRY,
    REPLY_FIELD_STORED,
    REPLY_FIELD_TIME,
    REPLY_FIELD_REFUSES,
    REPLY_FIELD_DRAW,
    REPLY_FIELD_RULES,
    REPLY_FIELD_SEAL,
    REPLY_FIELD_RESULT,
    REPLY_FIELD_KEY,
    REPLY_FIELD_RECEIPT,
    REPLY_FIELDS
};
enum error_field {
    ERROR_FIELD_CODE,
    ERROR_FIELD_MESSAGE,
    ERROR_FIELD_RETRYABLE,
    ERROR_FIELD_BET,
    ERROR_FIELDS
};

static const char *const reply_fields[REPLY_FIELDS] = {
    "type_message", "payload", "next", "retry_after_ms", "stored", "time_ms", "refuses",
    "draw",         "rules",   "seal", "result",         "key",    "receipt"};
static const char *const error_fields[ERROR_FIELDS] = {"code", "message", "retryable", "bet"};

// -1 where there is none. One that is no whole number was not understood, and is not taken for none.
static bool read_number(const struct json_value *value, const char *name, int64_t *number,
                        struct error *error) {
    bool is_none = value->kind == JSON_ABSENT || value->kind == JSON_NULL;
    *number = is_none ? -1 : value->integer;
    return is_none || (value->kind == JSON_INTEGER && value->integer >= 0) ||
           error_set(error, ERROR_BAD_MESSAGE, "the central's %s is no whole number", name);
}

static bool read_error(struct json_parser *parser, const struct json_value *payload, struct reply *reply,
                       struct error *error) {
    struct json_value members[ERROR_FIELDS];
    if (payload->kind != JSON_OBJECT ||
        !json_read_members(parser, payload, error_fields, ERROR_FIELDS, members, error) ||
        members[ERROR_FIELD_CODE].kind != JSON_STRING) {
        return error_set(error, ERROR_BAD_MESSAGE, "the central's error has no code");
    }
    const struct json_value *code = &members[ERROR_FIELD_CODE];
    snprintf(reply->error_name, sizeof reply->error_name, "%.*s", (int)code->text_length, code->text);
    log_text_blank(reply->error_name, strlen(reply->error_name));
    const struct error_code *known = lottery_error_named(reply->error_name);
    const struct json_value *text = &members[ERROR_FIELD_MESSAGE];
    bool has_text = text->kind == JSON_STRING;
    error_set(&reply->error, known == ERROR_NONE ? ERROR_UNKNOWN : known, "%.*s",
              has_text ? (int)text->text_length : 0, has_text ? text->text : "");
    reply->retryable =
        members[ERROR_FIELD_RETRYABLE].kind == JSON_BOOLEAN && members[ERROR_FIELD_RETRYABLE].boolean;
    return read_number(&members[ERROR_FIELD_BET], "bet", &reply->error.bet, error);
}

// A name that we do not know says nothing, like any unknown field.
static const struct error_code *read_refuses(const struct json_value *value) {
    char name[32];
    if (value->kind != JSON_STRING || value->text_length >= sizeof name) {
        return NULL;
    }
    snprintf(name, sizeof name, "%.*s", (int)value->text_length, value->text);
    const struct error_code *code = lottery_error_named(name);
    return code == ERROR_NONE ? NULL : code;
}

// One that is neither a text nor null was not understood.
static bool read_text(const struct json_value *values, enum reply_field field, struct bet_slice *text,
                      struct error *error) {
    const struct json_value *value = &values[field];
    if (value->kind == JSON_STRING) {
        *text = (struct bet_slice){value->text, value->text_length};
        return true;
    }
    return value->kind == JSON_ABSENT || value->kind == JSON_NULL ||
           error_set(error, ERROR_BAD_MESSAGE, "the central's %s is no text", reply_fields[field]);
}

// Only compared, and shown: of one that is too long the beginning will do.
static bool read_draw(const struct json_value *values, char draw[REPLY_DRAW_TEXT_BYTES],
                      struct error *error) {
    struct bet_slice text = {NULL, 0};
    if (!read_text(values, REPLY_FIELD_DRAW, &text, error)) {
        return false;
    }
    snprintf(draw, REPLY_DRAW_TEXT_BYTES, "%.*s", (int)text.length, text.text == NULL ? "" : text.text);
    return true;
}

static bool read_numbers(const struct json_value *values, struct reply *reply, struct error *error) {
    const struct {
        enum reply_field field;
        int64_t *number;
    } numbers[] = {{REPLY_FIELD_NEXT, &reply->next},
                   {REPLY_FIELD_RETRY, &reply->retry_after_ms},
                   {REPLY_FIELD_TIME, &reply->time_ms}};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        enum reply_field field = numbers[i].field;
        if (!read_number(&values[field], reply_fields[field], numbers[i].number, error)) {
            return false;
        }
    }
    return true;
}

static bool read_proofs(const struct json_value *values, struct reply *reply, struct error *error) {
    reply->is_unsigned = values[REPLY_FIELD_RULES].kind == JSON_NULL;
    return read_text(values, REPLY_FIELD_RULES, &reply->rules, error) &&
           read_text(values, REPLY_FIELD_SEAL, &reply->seal, error) &&
           read_text(values, REPLY_FIELD_RESULT, &reply->result, error) &&
           read_text(values, REPLY_FIELD_KEY, &reply->key, error);
}

// Winners are printed, and written to files: a control character would steer a terminal, or add a line.
static bool has_controls(const char *text, size_t length) {
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)text[i];
        bool is_c1 = byte == 0xc2 && i + 1 < length && (unsigned char)text[i + 1] < 0xa0;
        if (byte < ' ' || byte == 0x7f || is_c1) {
            return true;
        }
    }
    return false;
}

static bool read_winners(const struct json_value *payload, struct reply *reply, struct error *error) {
    if (payload->kind != JSON_STRING) {
        return error_set(error, ERROR_BAD_MESSAGE, "the central's winners are not a string");
    }
    if (has_controls(payload->text, payload->text_length)) {
        return error_set(error, ERROR_BAD_MESSAGE,
                         "the central's winners have a control character, which no document has");
    }
    reply->winners = (struct bet_slice){payload->text, payload->text_length};
    return true;
}

static bool read_stored(struct message_decoder *decoder, const struct json_value *list, struct reply *reply,
                        struct error *error) {
    if (list->kind == JSON_ABSENT || list->kind == JSON_NULL) {
        return true;
    }
    if (list->kind != JSON_ARRAY) {
        return error_set(error, ERROR_BAD_MESSAGE, "the central's list of what is stored is none");
    }
    struct piece *pieces = message_decoder_pieces(decoder);
    reply->pieces = pieces;
    return pieces == NULL ? error_set(error, ERROR_NO_MEMORY, "no memory for a list of what is stored")
                          : pieces_read(message_decoder_parser(decoder), list, pieces, PIECES_LISTED_MAX,
                                        &reply->piece_count, error);
}

bool reply_decode(struct message_decoder *decoder, const uint8_t *bytes, size_t length, struct reply *reply,
                  struct error *error) {
    *reply = (struct reply){.next = -1, .retry_after_ms = -1, .time_ms = -1};
    struct json_parser *parser = message_decoder_parser(decoder);
    struct json_value values[REPLY_FIELDS];
    if (!json_parse_object(parser, bytes, length, reply_fields, REPLY_FIELDS, values, error)) {
        return false;
    }
    reply->refuses = read_refuses(&values[REPLY_FIELD_REFUSES]);
    if (!read_numbers(values, reply, error) || !read_draw(values, reply->draw, error) ||
        !read_proofs(values, reply, error)) {
        return false;
    }
    const struct json_value *type = &values[REPLY_FIELD_TYPE];
    if (type->kind != JSON_INTEGER || type->integer < REPLY_CHUNK_PROCESSED || type->integer > REPLY_ERROR) {
        return error_set(error, ERROR_BAD_MESSAGE, "the central's answer is of no known type");
    }
    reply->type = (enum reply_type)type->integer;
    if (reply->type == REPLY_ERROR) {
        return read_error(parser, &values[REPLY_FIELD_PAYLOAD], reply, error);
    }
    if (reply->type == REPLY_WINNERS) {
        return read_winners(&values[REPLY_FIELD_PAYLOAD], reply, error);
    }
    return reply->type != REPLY_CHUNK_PROCESSED ||
           (read_stored(decoder, &values[REPLY_FIELD_STORED], reply, error) &&
            receipt_json_read(parser, &values[REPLY_FIELD_RECEIPT], &reply->receipt, &reply->has_receipt,
                              error));
}
