#include "notary/seal_json.h"

#include "seal/encoding.h"

#include <errno.h>
#include <inttypes.h>

// As long as the root that takes its place.
static const char no_root[] = "                                            ";

void seal_json_begin(struct seal_json *json, FILE *file, struct slice origin, const struct hash *rules,
                     uint32_t agencies, uint64_t bets) {
    char text[BASE64_TEXT_BYTES(HASH_BYTES)];
    base64_encode(rules->bytes, HASH_BYTES, text);
    *json = (struct seal_json){.file = file};
    fprintf(file, "{\"format\":\"quiniela seal v1\",\n\"origin\":\"%.*s\",\n\"rules\":\"%s\",\n",
            (int)origin.length, origin.text, text);
    fprintf(file, "\"agencies\":%" PRIu32 ",\n\"bets\":%" PRIu64 ",\n\"root\":\"", agencies, bets);
    json->root_at = ftell(file);
    fprintf(file, "%s\",\n\"entries\":[\n", no_root);
}

// Ends the line before, if there is one.
static void begin_line(struct seal_json *json, bool *has_one) {
    fputs(*has_one ? ",\n" : "", json->file);
    *has_one = true;
}

static void end_run(struct seal_json *json) {
    if (json->run_from > 0) {
        begin_line(json, &json->has_entry);
        fprintf(json->file, "{\"agencies\":[%" PRIu32 ",%" PRIu32 "],\"state\":\"%s\"}", json->run_from,
                json->last, entry_state_name(json->run_state));
    }
    json->run_from = 0;
}

void seal_json_add(struct seal_json *json, enum entry_state state, uint64_t count, const struct hash *root) {
    char text[BASE64_TEXT_BYTES(HASH_BYTES)];
    bool goes_on = count == 0 && json->run_from > 0 && json->run_state == state;
    if (!goes_on) {
        end_run(json);
    }
    json->last++;
    if (count == 0) {
        json->run_from = goes_on ? json->run_from : json->last;
        json->run_state = state;
        return;
    }
    base64_encode(root->bytes, HASH_BYTES, text);
    begin_line(json, &json->has_entry);
    fprintf(json->file, "{\"agency\":%" PRIu32 ",\"state\":\"%s\",\"count\":%" PRIu64 ",\"root\":\"%s\"}",
            json->last, entry_state_name(state), count, text);
}

static void end_entries(struct seal_json *json) {
    end_run(json);
    if (!json->has_voided) {
        fputs("\n],\n\"voided\":[\n", json->file);
    }
}

static void end_voided(struct seal_json *json) {
    if (json->voided > 0) {
        end_entries(json);
        begin_line(json, &json->has_voided);
        fprintf(json->file, "{\"agency\":%" PRIu32 ",\"reset\":%" PRIu32 ",\"count\":%" PRIu64 "}",
                json->voided_agency, json->voided_reset, json->voided);
    }
    json->voided = 0;
}

void seal_json_add_voided(struct seal_json *json, uint32_t agency, uint32_t reset, uint64_t count) {
    if (agency != json->voided_agency || reset != json->voided_reset) {
        end_voided(json);
        json->voided_agency = agency;
        json->voided_reset = reset;
    }
    json->voided += count;
}

bool seal_json_end(struct seal_json *json, const struct checkpoint *seal, struct error *error) {
    char text[BASE64_TEXT_BYTES(HASH_BYTES)];
    end_voided(json);
    end_entries(json);
    fputs(json->has_voided ? "\n]}\n" : "]}\n", json->file);
    base64_encode(seal->root.bytes, HASH_BYTES, text);
    errno = 0;
    bool done = fseek(json->file, json->root_at, SEEK_SET) == 0 && fputs(text, json->file) >= 0 &&
                fseek(json->file, 0, SEEK_END) == 0 && fflush(json->file) == 0 && ferror(json->file) == 0;
    return done || error_set_system(error, errno == 0 ? EIO : errno, "seal.json cannot be written");
}
