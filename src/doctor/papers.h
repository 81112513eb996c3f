// Our own certificate, key and authority.
#ifndef QUINIELA_DOCTOR_PAPERS_H
#define QUINIELA_DOCTOR_PAPERS_H

#include "doctor/look.h"
#include "tls/context.h"

struct papers {
    const struct tls_options *options; // NULL: plain text
    const char *prefix;                // of identities
    uint32_t agency;
    struct tls_context *tls;     // NULL: plain text, or not even the authority can be read
    struct tls_context *undated; // as `tls`, but for dates
    struct error error;          // ERROR_NONE, or why the files cannot be used
    bool may_ask; // otherwise what we would say is not allowed to us, and the central would record that
};

// Reads the files. Without a certificate of our own that can be used, `tls` has the authority alone, so that
// the central's certificate can still be judged. papers_free follows.
void papers_read(struct papers *papers, const struct tls_options *options, const char *prefix,
                 uint32_t agency);

void papers_free(struct papers *papers);

// Reports our own certificate, at the time of the central's clock, which is `offset_ms` from ours; and what
// the targets say of it.
void papers_report(const struct papers *papers, int64_t offset_ms, const struct look *looks, size_t count,
                   struct findings *findings);

#endif
