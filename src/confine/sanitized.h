// Whether a sanitizer is compiled in. Sanitizers make system calls of their own; at the end they look for
// leaks, in a process that traces this one.
#ifndef QUINIELA_CONFINE_SANITIZED_H
#define QUINIELA_CONFINE_SANITIZED_H

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

#endif
