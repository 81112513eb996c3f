// Every word of `quiniela client --help` and `quiniela doctor --help`, apart from shared groups
// (help_texts.h).
#ifndef QUINIELA_CLI_HELP_CLIENT_TEXTS_H
#define QUINIELA_CLI_HELP_CLIENT_TEXTS_H

#include "base/translate.h"

#define HELP_CLIENT_SUMMARY N_("Run an agency: send its bets to the central, then ask for its winners.")
#define HELP_CLIENT_DETAILS                                                                                  \
    N_("With NOMBRE, APELLIDO, DOCUMENTO, NACIMIENTO and NUMERO set, that one bet is sent instead of the "   \
       "file.")

#define HELP_DOCTOR_SUMMARY N_("Find out why an agency does not work, and what to do about it.")
#define HELP_DOCTOR_DETAILS                                                                                  \
    N_("Has the settings of `client`. Looks at the file, the names, the connections, the certificates, the " \
       "clock, what is stored, and who signs the draw, one after the other. Changes nothing at the "         \
       "central. "                                                                                           \
       "Exit codes: 0 all is well, 1 something is wrong, 2 wrong use.")
#define HELP_JSON_DOCTOR .help = N_("Print one JSON object")

#define HELP_CLIENT_CONFIG                                                                                   \
    .value_name = "PATH", .help = N_("YAML file to read settings from; a key is the dotted path to a value")
#define HELP_CLI_ID .value_name = "N", .help = N_("The agency's number; it sends the bets in agency-N.csv")
#define HELP_CLI_SERVER_ADDRESS                                                                              \
    .value_name = "HOST:PORT",                                                                               \
    .help =                                                                                                  \
        N_("Where the central takes bets. An agency accepts the addresses of several servers, separated "    \
           "by commas, and uses any of them")
#define HELP_CLI_SERVER_CONSULT_ADDRESS                                                                      \
    .value_name = "HOST:PORT",                                                                               \
    .help =                                                                                                  \
        N_("Where the central takes consultations, of several servers likewise. Where it is not set, they "  \
           "go over the connection for bets")
#define HELP_CLI_DATA_DIR .value_name = "PATH", .help = N_("Directory of agency-N.csv")
#define HELP_CLI_CHUNK_SIZE .value_name = "N", .help = N_("Maximum number of bets in one message")
#define HELP_CLI_WINDOW                                                                                      \
    .value_name = "N", .help = N_("Number of chunks in flight before the first is acknowledged")
#define HELP_CLI_ANSWER_TIMEOUT                                                                              \
    .value_name = "DURATION",                                                                                \
    .help = N_("Time the central has for an answer before the agency reconnects, doubled each time; 0s "     \
               "disables the limit")
#define HELP_CLI_POLL                                                                                        \
    .help = N_("Poll for the winners, with growing random waits, instead of holding a connection")
#define HELP_CLI_STRICT                                                                                      \
    .help = N_("Refuse a file whose last line has no newline, as it may be truncated, and an empty file")
#define HELP_CLI_CHECK .help = N_("Only check the agency's file, and send nothing")
#define HELP_CLI_WINNERS .help = N_("Print the winners' documents")
#define HELP_CLI_WINNERS_FILE                                                                                \
    .value_name = "PATH",                                                                                    \
    .help = N_("Write the winners' documents into this file, one a line: the whole list, or nothing")
#define HELP_CENTRAL_KEY                                                                                     \
    .value_name = "VKEY",                                                                                    \
    .help =                                                                                                  \
        N_("The central's key, from somebody you trust (NAME+ID+KEY): check its rules, receipts, seal and "  \
           "result with it, and keep them")
#define HELP_RECEIPTS                                                                                        \
    .value_name = "PATH",                                                                                    \
    .help =                                                                                                  \
        N_("With a key: where receipts are kept, and the other texts beside them; else beside the agency's " \
           "file, as agency-N.receipts")
#define HELP_CLI_SANDBOX                                                                                     \
    .value_name = "WORD",                                                                                    \
    .help =                                                                                                  \
        N_("on: before connecting, give up access to every file but its own and its certificates, every "    \
           "port but its servers', and every system call that is not needed")
#define HELP_CLI_LOOP_AMOUNT .value_name = "N", .help = N_("Number of messages an echo client sends")
#define HELP_CLI_LOOP_LAPSE .value_name = "DURATION", .help = N_("How long an echo client runs")
#define HELP_CLI_LOOP_PERIOD                                                                                 \
    .value_name = "DURATION", .help = N_("How long an echo client waits between messages")
#define HELP_NOMBRE .value_name = "NAME", .help = N_("First name")
#define HELP_APELLIDO .value_name = "NAME", .help = N_("Family name")
#define HELP_DOCUMENTO .value_name = "DOCUMENT", .help = N_("Identity document")
#define HELP_NACIMIENTO .value_name = "YYYY-MM-DD", .help = N_("Date of birth")
#define HELP_NUMERO .value_name = "NUMBER", .help = N_("The number bet on, 0 to 9999")

#endif
