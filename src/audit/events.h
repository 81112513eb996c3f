// The names of the audit log's events: for those who write them, and for recorded.c, which reads some of them
// back.
#ifndef QUINIELA_AUDIT_EVENTS_H
#define QUINIELA_AUDIT_EVENTS_H

// The server's start and end.
#define AUDIT_STARTED "started"
#define AUDIT_TERMS "terms" // what was stored differs from what this start says
#define AUDIT_RELOADED "reloaded"
#define AUDIT_STOPPED "stopped"

// Those who connect.
#define AUDIT_CONNECTED "connected"
#define AUDIT_REFUSED "refused"

// A draw. The first field of each is AUDIT_DRAW, the draw's name, and the second of AUDIT_FINISHED and
// AUDIT_RESET is AUDIT_AGENCY, a number; the third of AUDIT_RESET is AUDIT_VOIDING, how often the agency has
// been reset; the second of AUDIT_ROOT has its name, too: recorded.c reads them there.
#define AUDIT_RESET "agency_reset"
#define AUDIT_FINISHED "agency_finished"
#define AUDIT_SEALED "sealed"
#define AUDIT_ROOT "root"     // of a signed draw: its seal is known, and is shown from now on
#define AUDIT_FORKED "forked" // another seal of it was seen
#define AUDIT_DRAWN "drawn"
#define AUDIT_DRAW "draw"
#define AUDIT_AGENCY "agency"
#define AUDIT_VOIDING "voiding"

#define AUDIT_ORDER "order" // of an operator

// The log itself.
#define AUDIT_CONTINUED "continued" // in another file: its first record there
#define AUDIT_FILE "file"           // its last field: the name that the file before has got
#define AUDIT_RECOVERED "recovered" // from a line that was cut off
#define AUDIT_LOST "lost"
#define AUDIT_SUPPRESSED "suppressed"

#endif
