// The words of --help for the settings of a signed draw: as help_texts.h has those of all others.
#ifndef QUINIELA_CLI_SIGN_HELP_H
#define QUINIELA_CLI_SIGN_HELP_H

#define HELP_SIGN_KEY                                                                                        \
    .value_name = "PATH",                                                                                    \
    .help = "The key that signs the draw (quiniela keys --sign-name): its rules before the first bet, a "    \
            "receipt for each chunk, the seal and the result. Without it a new draw is unsigned"
#define HELP_SIGN_NAME                                                                                       \
    .value_name = "NAME", .help = "The name that the key signs with, such as lottery.example/central"
#define HELP_PREVIOUS_SIGN_KEY                                                                               \
    .value_name = "PATH",                                                                                    \
    .help = "The key of the draw before, where that was another one: it signs the next draw's rules, too"
#define HELP_PREVIOUS_SIGN_NAME                                                                              \
    .value_name = "NAME", .help = "The name of that key, where it is not SIGN_NAME"
#define HELP_SEAL_DIR                                                                                        \
    .value_name = "PATH",                                                                                    \
    .help = "Folder that keeps what is signed, outside the store and best on another disk; STORE.seals "     \
            "when not set. Needed with PostgreSQL"
#define HELP_APPROVALS                                                                                       \
    .value_name = "COUNT", .help = "With NUMBER=manual: how many of APPROVERS must have signed the number"
#define HELP_APPROVERS                                                                                       \
    .value_name = "KEYS", .help = "Their public keys, with commas between them, or @PATH: a file, one a "    \
                                  "line"
#define HELP_WITNESSES                                                                                       \
    .value_name = "KEYS", .help = "Public keys of witnesses, who cosign one seal of a draw; written "        \
                                  "likewise"
#define HELP_TSA_CERTS                                                                                       \
    .value_name = "PATHS",                                                                                   \
    .help = "Certificates of time-stamping authorities' CAs, in PEM, with commas between the files"
#define HELP_BEACON_CHAIN .value_name = "NUMBER", .help = "With NUMBER=beacon: the chain of NIST's pulses"
#define HELP_BEACON_PULSE                                                                                    \
    .value_name = "TIME",                                                                                    \
    .help = "With NUMBER=beacon: the time of the one pulse that gives the number, such as "                  \
            "2026-11-25T21:15:00Z; at least 15 minutes after CLOSE_AT"
#define HELP_CHANGE_BEACON_PULSE                                                                             \
    .value_name = "TIME", .help = "A later pulse of the beacon that gives a signed draw its number"
#define HELP_BEACON_CERT                                                                                     \
    .value_name = "PATH", .help = "With NUMBER=beacon: the certificate that signs the pulse, in PEM"

#endif
