#include "control/order.h"

#include "audit/audit.h"
#include "audit/events.h"
#include "base/log.h"

#include <stdlib.h>
#include <string.h>

enum { RECORDED_BYTES_MAX = 1000 }; // of a line, so that a record has room for it

// Values --------------------------------------------------------------------------------------------------

bool order_says_one(const struct control_order *order, const char *key, bool *says, struct error *error) {
    const char *value = control_line_value(&order->line, key);
    *says = value != NULL;
    return value == NULL || strcmp(value, "1") == 0 ||
           error_set(error, ERROR_BAD_ORDER, "%s: it can only be 1", key);
}

bool order_says_yes(const struct control_order *order, bool *yes, struct error *error) {
    return order_says_one(order, "yes", yes, error);
}

bool order_number(const struct control_order *order, const char *key, uint64_t least, uint64_t most,
                  uint64_t *number, struct error *error) {
    const char *value = control_line_value(&order->line, key);
    if (value == NULL) {
        return error_set(error, ERROR_BAD_ORDER, "%s: it is missing", key);
    }
    char *end;
    *number = strtoull(value, &end, 10);
    bool is_number = strlen(value) <= 19 && value[0] >= '0' && value[0] <= '9' && *end == '\0';
    return (is_number && *number >= least && *number <= most) ||
           error_set(error, ERROR_BAD_ORDER, "%s: \"%.40s\" is not a number from %llu to %llu", key, value,
                     (unsigned long long)least, (unsigned long long)most);
}

// Its record ----------------------------------------------------------------------------------------------

static const char *result_of(const struct control_order *order) {
    const struct error_code *code = order->ledger.answer.error.code;
    return code == ERROR_NONE ? "done" : error_name(code);
}

// One that only asks what would happen does nothing, and leaves no record.
void order_record(const struct control_order *order) {
    const struct error *error = &order->ledger.answer.error;
    if (order->word == NULL || !order->word->is_recorded || error->code == ERROR_NEEDS_YES) {
        return;
    }
    char text[CONTROL_LINE_BYTES_MAX];
    size_t length = control_line_write(text, order->word->name, order->line.pairs, order->line.pair_count);
    length = length == 0 ? 0 : length - 1;
    text[length < RECORDED_BYTES_MAX ? length : RECORDED_BYTES_MAX] = '\0';
    const struct audit_field fields[] = {{.name = AUDIT_DRAW, .text = order->control->options.facts.draw},
                                         {.name = "order", .text = text},
                                         {.name = "user", .text = order->peer.user},
                                         {.name = "uid", .number = order->peer.uid},
                                         {.name = "result", .text = result_of(order)}};
    audit_write(order->control->audit, AUDIT_ORDER, fields, sizeof fields / sizeof *fields);
    audit_sync(order->control->audit);
    if (error->code == ERROR_NONE) {
        log_event(LOG_LEVEL_INFO, "order", LOG_SUCCESS, "order: %s | user: %s | uid: %u", text,
                  order->peer.user, (unsigned)order->peer.uid);
    } else {
        log_event(LOG_LEVEL_WARNING, "order", LOG_FAIL,
                  "order: %s | user: %s | uid: %u | error: %s | message: %s", text, order->peer.user,
                  (unsigned)order->peer.uid, error_name(error->code), error->text);
    }
}

// Its answer ----------------------------------------------------------------------------------------------

static void write_refusal(const struct control_order *order, struct json_writer *writer) {
    const struct error *error = &order->ledger.answer.error;
    json_put_bool(writer, "ok", false);
    json_begin(writer, "error");
    json_put_text(writer, "code", error_name(error->code));
    json_put_text(writer, "message", error->text);
    json_end(writer);
    if (error->code == ERROR_NEEDS_YES && order->word->would != NULL) {
        json_begin(writer, "would");
        order->word->would(order, writer);
        json_end(writer);
    }
}

void order_write_answer(const struct control_order *order, struct json_writer *writer) {
    json_begin(writer, NULL);
    if (order->ledger.answer.error.code != ERROR_NONE) {
        write_refusal(order, writer);
    } else {
        json_put_bool(writer, "ok", true);
        if (order->word->answer != NULL) {
            order->word->answer(order, writer);
        }
    }
    json_end(writer);
    json_put_raw(writer, "\n");
}
