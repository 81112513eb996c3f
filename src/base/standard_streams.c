#include "base/standard_streams.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

// A new descriptor gets the lowest free number, so they are tried in order. They are opened in the wrong
// direction: a report that nobody can read must not count as printed.
void standard_streams_fill(void) {
    static const int wrong_way[] = {O_WRONLY, O_RDONLY, O_RDONLY};
    for (int i = STDIN_FILENO; i <= STDERR_FILENO; i++) {
        if (fcntl(i, F_GETFD) >= 0 || errno != EBADF) {
            continue;
        }
        // Without /dev, as in a bare chroot, open the root folder: O_PATH descriptors cannot be read or
        // written.
        if (open("/dev/null", wrong_way[i]) != i && open("/", O_PATH) != i) {
            _exit(EXIT_FAILURE);
        }
    }
}
