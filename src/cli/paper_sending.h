// Gives a file to a running server as a paper of its draw: an approval, a cosigned seal, a time stamp, a
// pulse.
#ifndef QUINIELA_CLI_PAPER_SENDING_H
#define QUINIELA_CLI_PAPER_SENDING_H

#include "cli/control_call.h"

// What of a paper is asked of the server.
struct paper_sending {
    const char *kind;   // docs/protocol.md: paper
    const char *path;   // of its file, at most 64 KiB
    const char *number; // what an approval is to be for; NULL: whatever it is for
    bool is_dry_run;    // only whether it is right: nothing is stored
};

// Reads the file, and gives it as a paper. Fails as control_call, and with
// ERROR_SYSTEM or ERROR_BAD_SETTING when the file cannot be read. On success the caller ends *reply with
// control_reply_free.
bool paper_send(const struct control_call_options *options, const struct paper_sending *sending,
                struct control_reply *reply, struct error *error) MUST_CHECK;

// Whether the file is a signed note, and not a time stamp in DER. Errors as above.
bool paper_is_note(const char *path, bool *is_note, struct error *error) MUST_CHECK;

#endif
