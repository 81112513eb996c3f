// Gives an order to a running server, through its control socket, and gets its answer.
#ifndef QUINIELA_CLI_CONTROL_CALL_H
#define QUINIELA_CLI_CONTROL_CALL_H

#include "cli/config_options.h"
#include "cli/control_options.h"
#include "cli/control_reply.h"
#include "cli/store_options.h"
#include "wire/control_line.h"

// To carry out an order: to close a draw of a million agencies takes a minute.
enum { CONTROL_ORDER_MS = 10 * 60 * 1000 };

// The settings that a command for a running server has: where its store is, and so its socket.
struct control_call_options {
    struct config_options config;
    struct store_options store;
    struct control_settings control;
};

// The groups, bound to the field `field` of the struct `options`.
#define CONTROL_CALL_GROUPS_IN(options, field)                                                               \
    STORE_GROUP_IN(options, field.store), CONTROL_GROUP_IN(options, field.control),                          \
        CONFIG_GROUP_IN(options, field.config)

// Gives the order (at most CONTROL_PAIRS_MAX - 1 pairs), and waits for its answer, for ten minutes at most.
// False, with `error`, when there is none: ERROR_NETWORK when no server of this store and draw takes orders,
// or the connection or that time ended before the answer. On success the caller ends *reply with
// control_reply_free.
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

// A server's answer to control_call_each, freed behind it; or NULL, and why there is none.
typedef void (*control_answer)(void *context, struct control_reply *reply, const struct error *error);

// Gives the order to every server of that store and draw that takes orders on this machine; only to the one
// that CONTROL names, if it names one. Calls `take` for each, and also for one that did not say in time who
// it is: it may be another draw's. False, as control_call_within, when there is none.
bool control_call_each(const struct control_call_options *options, unsigned wait_ms, const char *word,
                       const struct control_pair *pairs, size_t count, control_answer take, void *context,
                       struct error *error) MUST_CHECK;

#endif
