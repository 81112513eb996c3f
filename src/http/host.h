// Whether a request is meant for this server: the name that it was reached under. A page of another site can
// have its own name point to this machine (DNS rebinding), and its visitors' browsers would then read the
// board for it. Such a request still has the other site's name.
#ifndef QUINIELA_HTTP_HOST_H
#define QUINIELA_HTTP_HOST_H

#include "base/attributes.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

// Whether `authority` (host, or host:port; RFC 3986, section 3.2) is an IP address (IPv6 in brackets),
// "localhost", or one of `names`, which passed host_names_check (NULL: none). Compared without case, port,
// and the dot that may end a name. One with userinfo, or a port that is none, is not.
bool host_is_ours(const char *authority, size_t length, const char *names);

// Whether `names` are names of hosts (RFC 1123, section 2.1, and the `_` of containers) with commas between
// them, without scheme, port, spaces, or a dot at the end; none that would be taken for an address.
// ERROR_BAD_SETTING, quoting the first that is none.
bool host_names_check(const char *names, struct error *error) MUST_CHECK;

#endif
