#include "cli/control_reply.h"

#include "base/log_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void control_reply_text(const struct json_value *value, char *to, size_t room) {
    to[0] = '\0';
    if (value->kind == JSON_STRING) {
        snprintf(to, room, "%.*s", (int)value->text_length, value->text);
        log_text_blank(to, strlen(to));
    }
}

uint64_t control_reply_number(const struct json_value *value) {
    return value->kind == JSON_INTEGER && value->integer > 0 ? (uint64_t)value->integer : 0;
}

bool control_reply_fields(struct control_reply *reply, const char *const *names, int count,
                          struct json_value *values, struct error *error) {
    return json_parse_object(reply->parser, (const uint8_t *)reply->text, reply->length, names, count, values,
                             error);
}

bool control_reply_read(struct control_reply *reply, struct error *error) {
    static const char *const names[] = {"ok", "error"}, *const of_error[] = {"code", "message"};
    struct json_value outer[2], inner[2];
    if (!control_reply_fields(reply, names, 2, outer, error)) {
        return false;
    }
    reply->ok = outer[0].kind == JSON_BOOLEAN && outer[0].boolean;
    if (reply->ok || outer[1].kind != JSON_OBJECT) {
        return true;
    }
    if (!json_read_members(reply->parser, &outer[1], of_error, 2, inner, error)) {
        return false;
    }
    control_reply_text(&inner[0], reply->code, sizeof reply->code);
    control_reply_text(&inner[1], reply->message, sizeof reply->message);
    return true;
}

void control_reply_free(struct control_reply *reply) {
    if (reply->connection >= 0) {
        close(reply->connection);
    }
    free(reply->text);
    json_parser_free(reply->parser);
    *reply = (struct control_reply){.connection = -1};
}

int control_reply_report(const struct settings_command *command, const struct control_reply *reply,
                         bool json) {
    if (json) {
        printf("%s\n", reply->text);
    }
    if (reply->ok) {
        return EXIT_DONE;
    }
    if (!json) {
        fprintf(stderr, "quiniela %s: %s\n", command->name,
                reply->message[0] == '\0' ? "the server refused it" : reply->message);
    }
    if (strcmp(reply->code, "store_failed") == 0 && !json) {
        fprintf(stderr,
                "quiniela %s: nobody knows whether it is stored: give the order again, it is done once\n",
                command->name);
    }
    bool needs_yes = strcmp(reply->code, "needs_yes") == 0;
    if (needs_yes && !json) {
        fprintf(stderr, "quiniela %s: nothing is done yet: add --yes to do it\n", command->name);
    }
    return needs_yes || strcmp(reply->code, "bad_order") == 0 ? EXIT_WRONG_USE : EXIT_FAILED;
}
