// A look at each target: what it speaks, whose certificate it shows, and what it answers to a question that
// changes nothing (docs/protocol.md).
#ifndef QUINIELA_DOCTOR_LOOK_H
#define QUINIELA_DOCTOR_LOOK_H

#include "doctor/talk.h"
#include "doctor/targets.h"

struct look_options {
    uint32_t agency;
    struct tls_context *tls;     // NULL: plain text
    struct tls_context *undated; // as `tls`, but made with any_date
    bool asks;                   // otherwise it only shakes hands
    uint64_t wait_ms;            // for each target
    struct message_decoder *decoder;
};

// What was seen of a target that is connected.
struct look {
    bool has_happened; // otherwise the target is not connected, or there was no time for it
    enum talk_state state;
    enum tls_failure failure;
    bool is_shaken; // the TLS handshake was done: its certificate is good
    bool is_unwelcome;
    char reason[TLS_REASON_BYTES], certificate[TLS_REASON_BYTES];
    bool has_reply;
    struct reply reply; // without its pieces
    bool has_offset;
    int64_t offset_ms; // the central's clock, less this machine's
};

// Looks at every target that is connected, until `until_ms` (clock_steady_ms). `looks` has one for each. The
// targets are no longer connected then.
void looks_take(struct look *looks, struct targets *targets, const struct look_options *options,
                uint64_t until_ms);

// Whether its certificate is refused for a date: that of the certificate, of an authority, or of a list.
bool look_failed_by_date(const struct look *look);

// Whether a target answers as the port of bets does.
bool look_takes_bets(const struct look *look);

// Whether the answer is this error.
bool look_is_error(const struct look *look, const char *name);

#endif
