// Where the server listens: on the sockets that a service manager hands over, or at SERVER_IP and the ports.
//
//   listening_parse → listening_take_sockets → listening_find → listening_check_exposure
#ifndef QUINIELA_CLI_LISTENING_H
#define QUINIELA_CLI_LISTENING_H

#include "cli/server_options.h"
#include "net/place.h"
#include "service/service.h"

struct listening {
    int port_count;             // of the service: bets and consultations, or the echo's
    int sockets[LOTTERY_PORTS]; // that were handed over; -1: none
    int http_socket;            // for the board, handed over by the name `http`; -1: none
    struct place place;         // for the other ports
};

// Parses SERVER_IP. ERROR_BAD_SETTING when it is neither an address nor a name.
bool listening_parse(struct listening *listening, const struct server_options *options,
                     struct error *error) MUST_CHECK;

// Takes over the sockets that were handed over, and checks the ports of the others. The board's has to be
// named: in their order there are the service's alone. ERROR_BAD_SETTING.
bool listening_take_sockets(struct listening *listening, const struct server_options *options,
                            struct error *error) MUST_CHECK;

// If SERVER_IP is a name, looks it up, and keeps those of its addresses that belong to this machine, and
// loopback. If there are none, if the name is unknown, or if that takes longer than LOOKUP_MS_MAX, the place
// is every address, and a warning is logged. When the descriptor `signals` is readable, on_signal is called
// and returns whether to continue. If it returns false, so does this function, and `error` is not set.
bool listening_find(struct listening *listening, const struct server_options *options, int signals,
                    bool (*on_signal)(void *context), void *context, struct error *error) MUST_CHECK;

// Anyone who reaches a plain text port can speak for any agency. On this machine and between containers,
// classic clients work that way. On a private network it causes a warning. On a public address it is refused
// with ERROR_BAD_SETTING, unless INSECURE asks for it.
bool listening_check_exposure(const struct listening *listening, const struct server_options *options,
                              struct error *error) MUST_CHECK;

#endif
