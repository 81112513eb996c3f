// The words of --help for the board.
#ifndef QUINIELA_CLI_HTTP_HELP_H
#define QUINIELA_CLI_HTTP_HELP_H

#define HELP_HTTP_PORT                                                                                       \
    .value_name = "PORT",                                                                                    \
    .help = "Port on which the board and the metrics can be read with a browser or a scraper, by HTTP; "     \
            "0 takes a free one, which is logged. There is neither where it is not set"
#define HELP_HTTP_HOST                                                                                       \
    .value_name = "ADDRESS",                                                                                 \
    .help = "Numeric address to show the board at, or localhost; 0.0.0.0, or :: with IPv6, for all. "        \
            "Whoever reaches it can read it, and it is not encrypted"
#define HELP_HTTP_NAMES                                                                                      \
    .value_name = "NAME,...",                                                                                \
    .help = "Names under which the board may be reached, such as a reverse proxy's, with commas between "    \
            "them; besides localhost and addresses, which always may"
#define HELP_HTTP_CONNECTIONS_MAX                                                                            \
    .value_name = "N", .help = "Connections to the board at most; the agencies' are counted apart"

#endif
