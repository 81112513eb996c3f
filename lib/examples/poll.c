// One agency beside whatever else a program waits for with poll(2):
//     poll central.example:12345 1 agency-1.csv
#include <quiniela.h>

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv) {
    struct quiniela_options *options = quiniela_options_new(NULL);
    struct quiniela_agency *agency = NULL;
    if (argc != 4 || options == NULL || quiniela_options_set_servers(options, argv[1]) != QUINIELA_OK ||
        quiniela_options_set_agency(options, (uint32_t)strtoul(argv[2], NULL, 10)) != QUINIELA_OK ||
        quiniela_options_set_file(options, argv[3]) != QUINIELA_OK ||
        quiniela_agency_new(options, &agency) != QUINIELA_OK) {
        const char *text = options == NULL ? "no memory" : quiniela_options_error(options);
        fprintf(stderr, "usage: %s SERVERS AGENCY FILE\n%s\n", argv[0], text);
        quiniela_options_free(options);
        return 2;
    }
    quiniela_options_free(options); // the agency has a copy
    while (quiniela_agency_step(agency) == QUINIELA_RUNNING) {
        struct pollfd wanted = {.fd = quiniela_agency_fd(agency)}; // -1 is ignored
        int wants = quiniela_agency_wants(agency);
        wanted.events =
            (short)((wants & QUINIELA_READ ? POLLIN : 0) | (wants & QUINIELA_WRITE ? POLLOUT : 0));
        poll(&wanted, 1, quiniela_agency_timeout_ms(agency));
    }
    int failed = quiniela_agency_code(agency) != QUINIELA_OK;
    fprintf(failed ? stderr : stdout, "%s: %s\n", quiniela_code_name(quiniela_agency_code(agency)),
            failed ? quiniela_agency_error(agency) : quiniela_agency_winners(agency, NULL));
    quiniela_agency_free(agency);
    return failed;
}
