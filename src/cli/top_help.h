// What `quiniela top --help` says (see cli/help_texts.h).
#ifndef QUINIELA_CLI_TOP_HELP_H
#define QUINIELA_CLI_TOP_HELP_H

#define HELP_TOP_SUMMARY "Watch the draw on a terminal: who is missing, how fast bets come, which numbers."
#define HELP_TOP_DETAILS                                                                                     \
    "It reads the store, and asks the running server, as quiniela status does. Keys: ? lists them, q ends. " \
    "It changes nothing. Only here is it seen before the draw how often each number was bet: it is for who " \
    "runs the server."
#define HELP_TOP_EVERY                                                                                       \
    .value_name = "DURATION", .help = "How often it reads; seldomer where reading takes long"

#endif
