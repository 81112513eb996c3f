// What of a signed draw anybody may be shown: its rules, and in their time its seal and its result. The
// ledger's thread puts them here once they are stored and kept; every other thread reads copies.
#ifndef QUINIELA_LEDGER_NOTICE_H
#define QUINIELA_LEDGER_NOTICE_H

#include "base/attributes.h"
#include "base/error.h"
#include "seal/salt.h"
#include "seal/slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// All functions may be called on any thread.
struct notice;

// An empty one; NULL when there is no memory. Freed by the caller, when nobody uses it any more: its secret
// is wiped. NULL is fine.
struct notice *notice_new(void);
void notice_free(struct notice *notice);

// Whether rules have been put: the draw is signed.
bool notice_is_signed(struct notice *notice);

// A copy of what was put last, made with malloc, the caller's; *length is its bytes, without the NUL that
// follows them. NULL when nothing was put, or when there is no memory (*no_memory).
//
// Rules: the notes of all records, one after the other, the oldest first. Seal: its note, with the
// cosignatures that have come. Result: its note.
char *notice_rules(struct notice *notice, size_t *length, bool *no_memory);
char *notice_seal(struct notice *notice, size_t *length, bool *no_memory);
char *notice_result(struct notice *notice, size_t *length, bool *no_memory);

// How long what notice_rules copies is; 0 for none. Whether there is a seal.
size_t notice_rules_length(struct notice *notice);
bool notice_is_sealed(struct notice *notice);

// Has `sealed` called after each seal that is put, on the thread that puts it. Set once, before any is put
// on another thread.
void notice_listen(struct notice *notice, void (*sealed)(void *context), void *context);

// K(a) of the agency, from the seal on. False before it, and when the secret is not there, as after the draw
// was erased. The caller wipes it.
bool notice_agency_key(struct notice *notice, uint32_t agency, uint8_t key[AGENCY_KEY_BYTES]) MUST_CHECK;

// Puts a copy in place of what was there. False when there is no memory: then that stays.
bool notice_put_rules(struct notice *notice, struct slice notes) MUST_CHECK;
bool notice_put_seal(struct notice *notice, struct slice note) MUST_CHECK;
bool notice_put_result(struct notice *notice, struct slice note) MUST_CHECK;

// Why the seal or the result cannot be made or kept now, as it was put last: all of it, which is "" when
// nothing fails; and its cause (error.h), which anybody may be told, NULL when nothing fails.
void notice_failure(struct notice *notice, char text[ERROR_TEXT_BYTES]);
const char *notice_cause(struct notice *notice);

// `failure`: NULL when nothing fails.
void notice_put_failure(struct notice *notice, const struct error *failure);

// Puts the salts' secret of the draw `origin`, at most ORIGIN_BYTES_MAX bytes; takes it away, and wipes it.
void notice_put_secret(struct notice *notice, struct slice origin, const uint8_t secret[SECRET_BYTES]);
void notice_remove_secret(struct notice *notice);

#endif
