// The functions of quiniela.h that wait.
#include "lib/options.h"

#include <poll.h>

// A signal that the program handles ends the wait, and the next step begins it again.
static void wait(const struct quiniela_agency *agency) {
    int wants = quiniela_agency_wants(agency);
    struct pollfd socket = {.fd = quiniela_agency_fd(agency)};
    socket.events = (short)((wants & QUINIELA_READ ? POLLIN : 0) | (wants & QUINIELA_WRITE ? POLLOUT : 0));
    (void)poll(&socket, 1, quiniela_agency_timeout_ms(agency));
}

enum quiniela_code quiniela_agency_run(struct quiniela_agency *agency) {
    if (agency->is_inside) {
        return QUINIELA_MISUSE;
    }
    while (quiniela_agency_step(agency) == QUINIELA_RUNNING) {
        wait(agency);
    }
    return quiniela_agency_code(agency);
}

enum quiniela_code quiniela_send_file(struct quiniela_options *options, const char *path,
                                      struct quiniela_agency **agency) {
    *agency = NULL;
    enum quiniela_code code = path == NULL ? QUINIELA_OK : quiniela_options_set_file(options, path);
    code = code == QUINIELA_OK ? quiniela_agency_new(options, agency) : code;
    return code == QUINIELA_OK ? quiniela_agency_run(*agency) : code;
}
