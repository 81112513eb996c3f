// What the files of confine/ share and nobody else sees.
#ifndef QUINIELA_CONFINE_INTERNAL_H
#define QUINIELA_CONFINE_INTERNAL_H

#include "confine/confine.h"

// Sanitizers make calls of their own, and look for leaks at the end with a process that traces this one.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define CONFINE_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define CONFINE_SANITIZED 1
#endif
#endif
#ifndef CONFINE_SANITIZED
#define CONFINE_SANITIZED 0
#endif

// user.c: becomes options->user, for good; *changed says whether there was anything to do.
bool user_become(const struct confine_options *options, bool *changed, struct error *error) MUST_CHECK;

// capabilities.c: gives up what root may do and others may not, for good. What is left is named in *kept,
// such as "none" or "dac_override, chown": dac_override or dac_read_search stays where a path of
// options->writable, or of options->readable, is another user's and could not be used without it, and chown
// where a file of options->writable is another user's or group's.
bool capabilities_drop(const struct confine_options *options, const char **kept,
                       struct error *error) MUST_CHECK;

// modules.c: loads the modules that /etc/nsswitch.conf names for hosts and users. Those that are not there
// are left out, as the resolver does.
void modules_load(void);

// landlock.c: gives up every other file and port. report->landlock_abi is the kernel's version of Landlock, 0
// when it has none.
bool landlock_confine(const struct confine_options *options, struct confine_report *report,
                      struct error *error) MUST_CHECK;

// seccomp.c: gives up every other system call. *filtered is false when the kernel has no filters.
bool seccomp_confine(const struct confine_options *options, bool *filtered, struct error *error) MUST_CHECK;

#endif
