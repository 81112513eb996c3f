#include "audit/recorded.h"

#include "audit/events.h"
#include "bet/limits.h"
#include "wire/json_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void recorded_begin(struct recorded *recorded, const char *draw) {
    *recorded = (struct recorded){.is_new = true};
    *json_text_write(recorded->draw, draw, strlen(draw)) = '\0';
}

void recorded_free(struct recorded *recorded) {
    free(recorded->finished);
    free(recorded->resets);
    recorded->finished = NULL;
    recorded->resets = NULL;
}

void recorded_add_finished(struct recorded *recorded, uint32_t agency) {
    size_t byte = agency / 8;
    if (byte >= recorded->finished_bytes) {
        size_t bytes = byte * 2 + 64;
        uint8_t *larger = realloc(recorded->finished, bytes);
        if (larger == NULL) {
            recorded->failed = true;
            return;
        }
        memset(larger + recorded->finished_bytes, 0, bytes - recorded->finished_bytes);
        recorded->finished = larger;
        recorded->finished_bytes = bytes;
    }
    recorded->finished[byte] |= (uint8_t)(1U << agency % 8);
}

bool recorded_has_finished(const struct recorded *recorded, uint32_t agency) {
    size_t byte = agency / 8;
    return byte < recorded->finished_bytes && (recorded->finished[byte] >> agency % 8 & 1) != 0;
}

static struct recorded_reset *find_reset(const struct recorded *recorded, uint32_t agency) {
    for (size_t i = 0; i < recorded->reset_count; i++) {
        if (recorded->resets[i].agency == agency) {
            return &recorded->resets[i];
        }
    }
    return NULL;
}

uint32_t recorded_resets(const struct recorded *recorded, uint32_t agency) {
    const struct recorded_reset *reset = find_reset(recorded, agency);
    return reset == NULL ? 0 : reset->voiding;
}

// They are few: each is an order of a person.
void recorded_add_reset(struct recorded *recorded, uint32_t agency, uint32_t voiding) {
    struct recorded_reset *reset = find_reset(recorded, agency);
    if (reset == NULL) {
        struct recorded_reset *more =
            realloc(recorded->resets, (recorded->reset_count + 1) * sizeof *recorded->resets);
        if (more == NULL) {
            recorded->failed = true;
            return;
        }
        recorded->resets = more;
        reset = &more[recorded->reset_count++];
    }
    *reset = (struct recorded_reset){agency, voiding};
    if (recorded_has_finished(recorded, agency)) {
        recorded->finished[agency / 8] &= (uint8_t) ~(1U << agency % 8);
    }
}

bool recorded_is_older(const struct recorded *recorded, const char *at) {
    return strcmp(at, recorded->continued_at) < 0;
}

// The rest of the text after `begin`; NULL when the text does not begin with `begin`.
static const char *after(const char *text, const char *begin) {
    size_t length = strlen(begin);
    return text != NULL && strncmp(text, begin, length) == 0 ? text + length : NULL;
}

// The fields after the draw's name, if the record is about that event and this draw; NULL otherwise.
static const char *after_draw(const struct recorded *recorded, const char *event, const char *name) {
    const char *fields = after(after(after(event, name), "\",\"" AUDIT_DRAW "\":"), recorded->draw);
    return fields != NULL && fields[0] == ',' ? fields : NULL;
}

void recorded_take(void *context, const char *line, size_t length) {
    struct recorded *recorded = context;
    static const char name[] = "\",\"event\":\"";
    char at[CHAIN_AT_BYTES] = "";
    const char *found = memmem(line, length, name, sizeof name - 1), *fields;
    if (found == NULL) {
        return;
    }
    const char *event = found + sizeof name - 1; // after the time, which has no quote
    recorded->has_ended = after(event, AUDIT_STOPPED "\"") != NULL;
    if (recorded->is_new && after(event, AUDIT_CONTINUED "\"") != NULL &&
        sscanf(line, CHAIN_BEGINNING "%*u,\"at\":\"%23[^\"]", at) == 1) {
        memcpy(recorded->continued_at, at, sizeof at);
    }
    recorded->is_new = false;
    if ((fields = after_draw(recorded, event, AUDIT_FINISHED)) != NULL) {
        uint32_t agency;
        if (sscanf(fields, ",\"" AUDIT_AGENCY "\":%u", &agency) == 1 && agency <= AGENCIES_MAX) {
            recorded_add_finished(recorded, agency);
        }
    }
    if ((fields = after_draw(recorded, event, AUDIT_RESET)) != NULL) {
        uint32_t agency, voiding;
        if (sscanf(fields, ",\"" AUDIT_AGENCY "\":%u,\"" AUDIT_VOIDING "\":%u", &agency, &voiding) == 2) {
            recorded_add_reset(recorded, agency, voiding);
        }
    }
    if ((fields = after_draw(recorded, event, AUDIT_ROOT)) != NULL) {
        char root[RECORDED_ROOT_BYTES];
        if (sscanf(fields, ",\"" AUDIT_ROOT "\":\"%47[^\"]\"", root) == 1) {
            memcpy(recorded->root, root, sizeof root);
        }
    }
    recorded->forked = recorded->forked || after_draw(recorded, event, AUDIT_FORKED) != NULL;
    recorded->sealed = recorded->sealed || after_draw(recorded, event, AUDIT_SEALED) != NULL;
    recorded->drawn = recorded->drawn || after_draw(recorded, event, AUDIT_DRAWN) != NULL;
}
