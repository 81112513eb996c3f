// Gives an order to a running server, through its control socket, and gets its answer.
#ifndef QUINIELA_CLI_CONTROL_CALL_H
#define QUINIELA_CLI_CONTROL_CALL_H

#include "cli/control_options.h"
#include "cli/store_options.h"
#include "wire/control_line.h"
#include "wire/json.h"

// The settings that a command for a running server has: where its store is, and so its socket.
struct control_call_options {
    struct store_options store;
    struct control_settings control;
};

// The groups, bound to the field `field` of the struct `options`.
#define CONTROL_CALL_GROUPS_IN(options, field)                                                               \
    STORE_GROUP_IN(options, field.store), CONTROL_GROUP_IN(options, field.control)

struct control_reply {
    int connection;
    char *text;    // the server's line, without its end, and a NUL; JSON_PADDING_BYTES are readable behind it
    size_t length; // without the NUL
    struct json_parser *parser;
    bool ok;           // it says so
    char code[64];     // otherwise its error's code …
    char message[512]; // … and text
};

// Gives the order (at most CONTROL_PAIRS_MAX - 1 pairs), and waits for its answer, however long that takes.
// False, with `error`, when there is none: ERROR_NETWORK when no server of this store and draw takes orders,
// or the connection ended before the answer. On success the caller ends *reply with control_reply_free.
bool control_call(const struct control_call_options *options, const char *word,
                  const struct control_pair *pairs, size_t count, struct control_reply *reply,
                  struct error *error) MUST_CHECK;

// The same, but waits for an answer no longer than `wait_ms`.
bool control_call_within(const struct control_call_options *options, unsigned wait_ms, const char *word,
                         const struct control_pair *pairs, size_t count, struct control_reply *reply,
                         struct error *error) MUST_CHECK;

// The same for an order that is about the server itself, not about the draw: ERROR_BAD_SETTING when several
// servers of the draw take orders on this machine, as it would be guessing which one is meant.
bool control_call_server(const struct control_call_options *options, const char *word,
                         struct control_reply *reply, struct error *error) MUST_CHECK;

// The answer's fields called `names`, as json_parse_object gives them. ERROR_BAD_JSON.
bool control_reply_fields(struct control_reply *reply, const char *const *names, int count,
                          struct json_value *values, struct error *error) MUST_CHECK;

// Waits until the server closes the connection.
void control_reply_wait_for_end(const struct control_reply *reply);

void control_reply_free(struct control_reply *reply);

// Prints how a call ended, where that is the same for every command: the server's line with `json`; otherwise
// what it refused, on standard error. Returns the exit code: 0, or 1 when it was refused, 2 when --yes is
// missing.
int control_reply_report(const struct settings_command *command, const struct control_reply *reply,
                         bool json);

#endif
