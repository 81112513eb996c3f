// A seal that is stored is kept in the folder outside the store, and shown (notice.h) only then; so is
// whatever else belongs to it: cosignatures, time stamps, approvals, the pulse, the result.
#ifndef QUINIELA_LEDGER_SEALING_SHOW_H
#define QUINIELA_LEDGER_SEALING_SHOW_H

#include "ledger/draw_papers.h"
#include "ledger/paper_proof.h"
#include "notary/folder.h"

struct ledger;

// Of a load, with the draw and its rules as they are stored, or after a group that added papers: reads them,
// checks the seal, and keeps and shows all of it as far as it can be. What cannot be written is logged, and
// tried again (sealing.h). ERROR_STORE_FAILED when the stored seal is not that of the draw; other errors of
// the store; ERROR_NO_MEMORY.
bool sealing_load(struct ledger *ledger, struct error *error) MUST_CHECK;

// The first half of that: reads and checks them.
bool sealing_read(struct ledger *ledger, struct error *error) MUST_CHECK;

// The second: tries once more to keep and show what was read; once the result is shown, the winners are told
// (notes.h). False, with `error` set, when something could not be.
bool sealing_show(struct ledger *ledger, struct error *error) MUST_CHECK;

// Of a shared store: reads, keeps and shows the papers again when another server has added some, as a load
// does. Errors as sealing_load.
bool sealing_look(struct ledger *ledger, struct error *error) MUST_CHECK;

// Before the draw, with its seal shown: whether the folder has that one now; where it has none it gets it.
// ERROR_FORKED: it has another seal of this draw, which is to be recorded (fork.h). ERROR_KEPT_OTHER: what it
// has is no seal. ERROR_SYSTEM.
bool sealing_look_in_folder(struct ledger *ledger, struct error *error) MUST_CHECK;

// Whether the draw's seal is known, kept and shown.
bool sealing_is_shown(const struct ledger *ledger);

// Whether something is stored that sealing_show would show.
bool sealing_is_behind(const struct ledger *ledger);

// What papers of the draw are held against. Only when its seal is known.
struct paper_terms sealing_terms(const struct ledger *ledger);

// Writes into `room` (of NOTE_BYTES_MAX bytes) the seal's note, which is known, with the cosignatures of the
// papers: of each witness the earliest. ERROR_BAD_FORM, ERROR_FALSE_CLAIM when what is stored is not right:
// then the room begins with the seal's note. ERROR_NO_MEMORY.
bool sealing_cosigned(const struct ledger *ledger, const struct draw_papers *papers, char *room,
                      size_t *length, struct error *error) MUST_CHECK;

// Whether the note is a seal of this draw, rightly signed with its key; *root is what it commits to.
bool sealing_reads(const struct ledger *ledger, struct slice note, struct hash *root);

// Opens the draw's folder. `folder->descriptor` is -1, and nothing an error, where there is to be none.
bool sealing_folder(const struct ledger *ledger, struct folder *folder, struct error *error) MUST_CHECK;

#endif
