// seal.json as a stream: what the draw's tree holds, agency by agency. It is believed only where it gives the
// seal's root.
#ifndef QUINIELA_CLAIMS_SEALED_LIST_H
#define QUINIELA_CLAIMS_SEALED_LIST_H

#include "claims/file_lines.h"
#include "seal/draw_tree.h"

#define SEALED_LIST_BYTES_MAX (UINT64_C(2) * 1024 * 1024 * 1024)
enum { SEALED_LIST_LINE_BYTES_MAX = 1024 };

// An agency with bets, or a run of agencies without.
struct sealed_run {
    uint32_t first, last;
    enum entry_state state;
    uint64_t count;
    struct hash root;
};

struct sealed_list {
    struct file_lines *lines;
    char origin[ORIGIN_BYTES_MAX + 1];
    struct hash rules; // of the newest, at the seal
    uint32_t agencies;
    uint64_t bets;
    struct hash root; // as it says; sealed_list_next checks it at the end
    // So far.
    struct draw_tree tree;
    uint32_t next; // the agency that comes next
    bool has_run;  // the entry before was a run of agencies without bets, of this state:
    enum entry_state run_state;
    bool is_over;
    // Called for bets that a reset set aside.
    void (*on_voided)(void *context, uint32_t agency, uint32_t reset, uint64_t count);
    void *context;
};

// Reads what stands before the entries. `on_voided` may be NULL. ERROR_BAD_FORM with the line, ERROR_SYSTEM,
// ERROR_NO_MEMORY. Ended by sealed_list_end, also after a failure.
bool sealed_list_begin(struct sealed_list *list, const struct source *source, struct error *error) MUST_CHECK;
void sealed_list_end(struct sealed_list *list);

// Reads the next entry; *found is false at the end, once the rest of the file has been read and the whole
// gives the sum and the root that it says. ERROR_BAD_FORM, ERROR_FALSE_CLAIM, ERROR_SYSTEM.
bool sealed_list_next(struct sealed_list *list, struct sealed_run *run, bool *found,
                      struct error *error) MUST_CHECK;

#endif
