// Every word of `quiniela prove --help` and `quiniela package --help`.
#ifndef QUINIELA_CLI_HELP_PROVE_TEXTS_H
#define QUINIELA_CLI_HELP_PROVE_TEXTS_H

#define HELP_PROVE_SEAL_DIR                                                                                  \
    .value_name = "FOLDER", .help = "The folder outside the store where the server keeps rules and seals; "  \
                                    "beside a store in a file it is STORE.seals where it is not set"

// prove -----------------------------------------------------------------------------------------------------

#define HELP_PROVE_SUMMARY "Prove that bets are in the sealed draw."
#define HELP_PROVE_DETAILS                                                                                   \
    "Either out of the store, for its owner: --agency with --bet, or --document, or --key. Or by an agency " \
    "itself, without the central: --csv, --salt-key, --seal, --entry, --agency and --bet. Only a signed "    \
    "draw that is sealed has proofs. `quiniela verify --proof` and --code check them."

#define HELP_PROVE_AGENCY .value_name = "N", .help = "Whose bet, or key; with --document, only its bets"
#define HELP_PROVE_BET .value_name = "N", .help = "Which of the agency's bets, counted from 0"
#define HELP_PROVE_DOCUMENT                                                                                  \
    .value_name = "TEXT", .help = "All bets of the person with that document: into the folder --output, a "  \
                                  "file each, or on one --page"
#define HELP_PROVE_KEY                                                                                       \
    .help = "Write the key of the agency's salts into --output, for that agency alone; with --entry, the "   \
            "proof of its entry, too"

#define HELP_PROVE_CSV .value_name = "FILE", .help = "The agency's bets, as it sent them"
#define HELP_PROVE_SALT_KEY .value_name = "FILE", .help = "The key of the agency's salts"
#define HELP_PROVE_SEAL .value_name = "FILE", .help = "The seal, as signed"
#define HELP_PROVE_ENTRY                                                                                     \
    .value_name = "FILE", .help = "The proof of the agency's entry; with --key it is written"
#define HELP_PROVE_CENTRAL_KEY                                                                               \
    .value_name = "VKEY",                                                                                    \
    .help = "The central's public key, with which the seal is checked; a --page needs it"

#define HELP_PROVE_OUTPUT                                                                                    \
    .value_name = "PATH",                                                                                    \
    .help = "File to write, or folder with --document; standard output where it is not set"
#define HELP_PROVE_PAGE .help = "Write an HTML page to print, with the proof as a QR code"
#define HELP_PROVE_VERIFY_URL                                                                                \
    .value_name = "URL", .help = "Address that the page's code opens, with the proof behind '#'. Whoever "   \
                                 "has that page is given the bettor's data"

// package ---------------------------------------------------------------------------------------------------

#define HELP_PACKAGE_SUMMARY "Write all of a sealed draw into a folder, for an auditor."
#define HELP_PACKAGE_DETAILS                                                                                 \
    "The auditor takes it before the number is known, and notes the hash that this prints. The folder has "  \
    "every bettor's data and the salts' secret; its files are readable by their owner alone. `quiniela "     \
    "verify --package` checks it."
#define HELP_PACKAGE_OUTPUT .value_name = "FOLDER", .help = "Folder to make; one that is there must be empty"
#define HELP_PACKAGE_AUDIT_LOG                                                                               \
    .value_name = "FILE[,FILE...]",                                                                          \
    .help = "The audit log to put into it; several, oldest first, separated by commas"

#endif
