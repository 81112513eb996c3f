// openat for ThreadSanitizer, which sees open but not openat, nor that libuv closes a connection's
// descriptor. So a file that got the number of such a connection was for it that connection still, used by
// two threads.
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

int openat(int folder, const char *name, int flags, ...) {
    va_list arguments;
    char path[PATH_MAX];
    bool makes = (flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE;
    va_start(arguments, flags);
    mode_t mode = makes ? va_arg(arguments, mode_t) : 0;
    va_end(arguments);
    if (folder == AT_FDCWD || name[0] == '/') {
        return open(name, flags, mode);
    }
    snprintf(path, sizeof path, "/proc/self/fd/%d/%s", folder, name);
    return open(path, flags, mode);
}
