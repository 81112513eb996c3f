// A server's answer to an order, as its clients read it.
#ifndef QUINIELA_CLI_CONTROL_REPLY_H
#define QUINIELA_CLI_CONTROL_REPLY_H

#include "cli/command.h"
#include "wire/json.h"

struct control_reply {
    int connection;
    char *text;    // the server's line, without its end, and a NUL; JSON_PADDING_BYTES are readable behind it
    size_t length; // without the NUL
    struct json_parser *parser;
    bool ok;           // it says so
    char code[64];     // otherwise its error's code …
    char message[512]; // … and text
};

// Whether the server has done it, and why not: fills `ok`, `code` and `message` from the line and the parser,
// which are set. ERROR_BAD_JSON.
bool control_reply_read(struct control_reply *reply, struct error *error) MUST_CHECK;

// The answer's fields called `names`, as json_parse_object gives them. ERROR_BAD_JSON.
bool control_reply_fields(struct control_reply *reply, const char *const *names, int count,
                          struct json_value *values, struct error *error) MUST_CHECK;

void control_reply_free(struct control_reply *reply);

// Prints how a call ended, where that is the same for every command: the server's line with `json`; otherwise
// what it refused, on standard error. Returns the exit code: 0, or 1 when it was refused, 2 when --yes is
// missing.
int control_reply_report(const struct settings_command *command, const struct control_reply *reply,
                         bool json);

// A field's text, as much of it as `room` takes, ended by a NUL and harmless to a terminal (log_text_blank);
// "" when it is none.
void control_reply_text(const struct json_value *value, char *to, size_t room);

// A field's number; 0 when it is none, or below that.
uint64_t control_reply_number(const struct json_value *value);

#endif
