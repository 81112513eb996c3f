// Where the board is: on the socket that a service manager hands over by the name `http`, or at HTTP_HOST and
// HTTP_PORT.
#ifndef QUINIELA_CLI_BOARD_PLACE_H
#define QUINIELA_CLI_BOARD_PLACE_H

#include "cli/listening.h"
#include "cli/server_options.h"

enum { BOARD_URL_BYTES = 128 };

struct board_place {
    int sockets[HTTP_PLACES_MAX]; // they listen; whoever connects waits until somebody accepts
    int count;
    uint16_t port;
    char url[BOARD_URL_BYTES]; // of the first: "http://127.0.0.1:8080/"
};

// Whether there is to be a board.
bool board_place_is_wanted(const struct server_options *options, const struct listening *listening);

// Whether the board's port is none of the service's, at the same address; whether its settings are good, and
// whether the service has a board at all. ERROR_BAD_SETTING, naming the setting.
bool board_place_check(const struct server_options *options, const struct listening *listening,
                       struct error *error) MUST_CHECK;

// Binds the sockets, and listens. The caller owns them, and has them closed also when this fails
// (board_place_close). ERROR_SYSTEM, naming HTTP_PORT and who may have it.
bool board_place_bind(struct board_place *place, const struct server_options *options,
                      const struct listening *listening, struct error *error) MUST_CHECK;

// Whether they could be bound now; nobody can connect meanwhile. Errors as board_place_bind.
bool board_place_is_free(const struct server_options *options, const struct listening *listening,
                         struct error *error) MUST_CHECK;

// Closes what has not been handed on (count is then 0).
void board_place_close(struct board_place *place);

// Warns of an address that is not this machine's own alone: what is there is not encrypted.
void board_place_warn(const struct board_place *place);

#endif
