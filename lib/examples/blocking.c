// Sends a file of bets, waits for the draw, and prints the agency's winners:
//     blocking central.example:12345 1 agency-1.csv
#include <quiniela.h>

#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv) {
    if (argc != 4) {
        fprintf(stderr, "usage: %s SERVERS AGENCY FILE\n", argv[0]);
        return 2;
    }
    struct quiniela_options *options = quiniela_options_new(NULL);
    if (options == NULL) {
        return 1;
    }
    struct quiniela_agency *agency = NULL;
    enum quiniela_code code = quiniela_options_set_servers(options, argv[1]);
    if (code == QUINIELA_OK) {
        code = quiniela_options_set_agency(options, (uint32_t)strtoul(argv[2], NULL, 10));
    }
    if (code == QUINIELA_OK) {
        code = quiniela_send_file(options, argv[3], &agency);
    }
    if (code == QUINIELA_OK) {
        printf("%llu winners: %s\n", (unsigned long long)quiniela_agency_winner_count(agency),
               quiniela_agency_winners(agency, NULL));
    } else {
        const char *text = agency == NULL ? quiniela_options_error(options) : quiniela_agency_error(agency);
        fprintf(stderr, "%s: %s\n", quiniela_code_name(code), text);
    }
    quiniela_agency_free(agency);
    quiniela_options_free(options);
    return code == QUINIELA_OK ? 0 : 1;
}
