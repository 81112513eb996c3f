// A server's tickets, with which clients resume their sessions. No certificate is looked at in a handshake
// that resumes one, and what was good when the session began may not be so any more: a certificate, an
// authority or a list of revocations has expired. So a ticket is judged as soon as it comes. Where it fails,
// it is left unused: a full handshake follows, which ends with an alert that tells the client why, or lets it
// in.
#ifndef QUINIELA_TLS_TICKET_H
#define QUINIELA_TLS_TICKET_H

#include "tls/peer.h"

#include <stdbool.h>

// Makes the tickets of rules->ssl keep what their owner is judged by, and judges them by the rules, which
// must outlive rules->ssl. Each SSL's app data must be its verdict. False when out of memory.
bool tls_ticket_require(struct tls_peer_rules *rules);

#endif
