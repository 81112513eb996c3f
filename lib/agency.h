// An agency at work: the dialogue (agency/dialogue.h) with its connection and its waits, in steps. The
// functions of quiniela.h that take one are agency.c's, and those that only ask are asking.c's.
#ifndef QUINIELA_LIB_AGENCY_H
#define QUINIELA_LIB_AGENCY_H

#include "agency/dialogue.h"
#include "agency/file_steps.h"
#include "agency/listener.h"
#include "base/memory.h"
#include "lib/contact.h"
#include "quiniela.h"

// What an agency is made of. It takes over `reader`, `single` and `promises` of the dialogue, and `tls`, when
// it is made; the rest is copied.
struct agency_setup {
    struct dialogue_options dialogue;
    struct tls_context *tls;           // NULL: plain text
    struct memory memory;              // allocate NULL: the C library's
    struct listener listener;          // who is told what happens
    struct quiniela_resolver resolver; // start NULL: getaddrinfo(3)
    quiniela_keep_function *keep;      // NULL: the dialogue's own keep_winners counts
    void *keep_context;
    bool only_checks;     // the file, and sends nothing
    bool forgets_winners; // once they were told
};

struct quiniela_agency {
    struct agency_setup setup;
    enum quiniela_state state;
    bool is_checking; // its file
    bool is_inside;   // a step, or its end: whoever stops it then does so at the end of the step
    bool is_to_stop;
    struct name_lookup lookup;
    struct dialogue *dialogue;
    struct contact *contact; // NULL: none
    uint64_t sockets;        // how many the contacts before it have had
    int64_t wait_until_ms;   // of the dialogue's last wait, a steady clock's; -1: none
    struct file_findings findings;
    uint64_t stored;
    enum quiniela_code code;
    struct error error;
    bool has_winners;
    uint64_t winner_count;
    char *winners; // NULL: none, or not remembered
    size_t winners_bytes;
};

// Makes an agency that has not started. ERROR_NO_MEMORY; then nothing is taken over. Called with the setup's
// memory in use. On success the caller owns *agency, and ends it with quiniela_agency_free.
bool agency_make(const struct agency_setup *setup, struct quiniela_agency **agency,
                 struct error *error) MUST_CHECK;

extern const struct error_code ERROR_NOT_KEPT[1]; // by the function of quiniela_options_set_keep

#endif
