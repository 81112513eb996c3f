// Where the central is: the addresses that its names lead to, and connections to them.
#ifndef QUINIELA_DOCTOR_TARGETS_H
#define QUINIELA_DOCTOR_TARGETS_H

#include "agency/address.h"
#include "doctor/findings.h"
#include "doctor/limits.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

enum { TARGET_BYTES = 80 };

// One address of one of its servers.
struct target {
    const struct address *server;
    bool is_consult; // the port of consultations
    struct sockaddr_storage at;
    socklen_t length;
    char shown[TARGET_BYTES]; // "10.0.0.5:12345"
    int socket;               // connected, the target's; or -1
    int failure;              // why it is not: an errno, ETIMEDOUT when nothing came in time
};

struct targets {
    struct target list[TARGETS_MAX];
    size_t count;
};

// "bets" or "consultations".
const char *target_port(const struct target *target);

// Looks the servers' names up, and reports each. `bets` and `consult` (NULL: none) must outlive the targets.
// Each port of a server gets a target an address, as many as there is room for.
void targets_find(struct targets *targets, const struct addresses *bets, const struct addresses *consult,
                  uint64_t wait_ms, struct findings *findings);

// Connects to all of them, and reports each.
void targets_connect(struct targets *targets, uint64_t wait_ms, struct findings *findings);

// Connects to one of them again. Returns whether it is connected.
bool target_connect(struct target *target, uint64_t wait_ms);

// Closes a target's connection, if there is one.
void target_close(struct target *target);

#endif
