// Where the server listens: at the sockets that a service manager hands over, or at SERVER_IP and the ports.
//
//   listening_parse → listening_take_sockets → listening_find → listening_check_exposure
#ifndef QUINIELA_CLI_LISTENING_H
#define QUINIELA_CLI_LISTENING_H

#include "base/settings.h"
#include "net/place.h"
#include "service/service.h"

struct listening {
    int port_count;             // of the service: bets and consultations, or the echo's
    int sockets[LOTTERY_PORTS]; // that were handed over; -1: none
    struct place place;         // for the others
};

// Takes SERVER_IP apart. ERROR_BAD_SETTING where it is neither an address nor a name.
bool listening_parse(struct listening *listening, const struct settings *settings,
                     struct error *error) MUST_CHECK;

// Takes the sockets over that there are, and checks that the others' ports go together. ERROR_BAD_SETTING.
bool listening_take_sockets(struct listening *listening, const struct settings *settings,
                            struct error *error) MUST_CHECK;

// Where SERVER_IP is a name, looks it up, and keeps its addresses that are this machine's, and loopback.
// Where there are none, where it is unknown, and where that takes longer than LOOKUP_MS_MAX, it is every
// address, and a warning says so. When the descriptor `signals` can be read, on_signal is called; it returns
// whether to go on. False, with `error` not set, when not.
bool listening_find(struct listening *listening, const struct settings *settings, int signals,
                    bool (*on_signal)(void *context), void *context, struct error *error) MUST_CHECK;

// Whoever reaches a plain text port can speak for any agency. On this machine and between containers that is
// how classic clients do it; on a private network it is worth a warning, and on a public address nobody wants
// it by mistake: ERROR_BAD_SETTING, unless INSECURE asks for it.
bool listening_check_exposure(const struct listening *listening, const struct settings *settings,
                              struct error *error) MUST_CHECK;

#endif
