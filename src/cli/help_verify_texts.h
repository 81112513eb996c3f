// Every word of `quiniela verify --help` and `quiniela recount --help`.
#ifndef QUINIELA_CLI_HELP_VERIFY_TEXTS_H
#define QUINIELA_CLI_HELP_VERIFY_TEXTS_H

#define HELP_VERIFY_SUMMARY                                                                                  \
    "Check a signed draw, offline; or, with --audit, that nothing in an audit log was changed."
#define HELP_VERIFY_DETAILS                                                                                  \
    "What is given of a draw is held against everything else that is given. Each claim has a line: ok, "     \
    "FALSE, not checked; what was not given is listed. Exit status: 0 "                                      \
    "every claim holds; 1 something is false; 2 wrong use, or a file that cannot be read; 3 nothing is "     \
    "false, but a claim rests on what was not checked.\n\n"                                                  \
    "Of an audit log: exit 0 when nothing was changed, 1 when something was. Whoever can write the file "    \
    "can also forge a whole new chain. So note the last hash elsewhere now and then, and pass it with "      \
    "--head."

#define HELP_VERIFY_AUDIT                                                                                    \
    .value_name = "FILE[,FILE...]",                                                                          \
    .help = "The audit log to check; where it continues in further files, all of them, oldest first, "       \
            "separated by commas, or as further arguments"
#define HELP_VERIFY_HEAD                                                                                     \
    .value_name = "HASH", .help = "A hash that was printed earlier: a line must still have it"

#define HELP_VERIFY_KEY                                                                                      \
    .value_name = "VKEY", .help = "A key that you trust: the central's, got from somewhere else than these " \
                                  "files"
#define HELP_VERIFY_ORIGIN .value_name = "NAME/DRAW", .help = "The draw that everything must be of"
#define HELP_VERIFY_RULES .value_name = "FILE", .help = "A record of the rules"
#define HELP_VERIFY_SEAL                                                                                     \
    .value_name = "FILE", .help = "A copy of the seal: copies from several places must be one"
#define HELP_VERIFY_SEAL_JSON .value_name = "FILE", .help = "What the sealed tree holds"
#define HELP_VERIFY_SECRET .value_name = "FILE", .help = "The salts' secret"
#define HELP_VERIFY_AGENCY                                                                                   \
    .value_name = "N", .help = "Whose --csv and --salt-key; --receipts and --proof must be of it, too"
#define HELP_VERIFY_SALT_KEY .value_name = "FILE", .help = "The key of that agency's salts"
#define HELP_VERIFY_CSV .value_name = "FILE", .help = "That agency's bets, as it sent them"
#define HELP_VERIFY_RECEIPTS .value_name = "FILE", .help = "An agency's receipts"
#define HELP_VERIFY_PROOF .value_name = "FILE", .help = "The proof of a bet"
#define HELP_VERIFY_CODE .value_name = "FILE", .help = "What a proof's QR code holds"
#define HELP_VERIFY_TOKEN .value_name = "FILE", .help = "A time stamp of the seal (RFC 3161)"
#define HELP_VERIFY_TSA_CERT                                                                                 \
    .value_name = "FILE", .help = "Certificate, in PEM, of a time-stamping authority that the rules name"
#define HELP_VERIFY_PULSE .value_name = "FILE", .help = "The beacon's pulse, NIST's JSON"
#define HELP_VERIFY_NIST_CERT .value_name = "FILE", .help = "The beacon's certificate, in PEM, got from NIST"
#define HELP_VERIFY_APPROVAL .value_name = "FILE", .help = "An approval of the number"
#define HELP_VERIFY_RESULT .value_name = "FILE", .help = "The result, as signed"
#define HELP_VERIFY_EXPORT .value_name = "FILE", .help = "All bets, as `quiniela export` writes them"
#define HELP_VERIFY_EXPORT_AFTER                                                                             \
    .value_name = "FILE",                                                                                    \
    .help = "An export from after the draw, which must be the one of before, byte by byte"
#define HELP_VERIFY_WINNERS .value_name = "FILE", .help = "Who has won, as `quiniela winners --csv` writes it"
#define HELP_VERIFY_PACKAGE                                                                                  \
    .value_name = "FOLDER",                                                                                  \
    .help = "An auditor's package: rules, seal, seal.json, secret, export and time stamps"
#define HELP_VERIFY_MANIFEST_HASH                                                                            \
    .value_name = "HEX", .help = "The SHA-256 of the package's manifest, as noted before the number was "    \
                                 "known"
#define HELP_VERIFY_JSON .help = "Print one JSON object in place of lines"

// recount
// -----------------------------------------------------------------------------------------------------

#define HELP_RECOUNT_SUMMARY                                                                                 \
    "Count a signed draw again, as its auditor: from the package taken before the draw."
#define HELP_RECOUNT_DETAILS                                                                                 \
    "Computes every bet's leaf, every agency's root, the seal, the number and the winners again, offline, "  \
    "and "                                                                                                   \
    "compares. Prints each claim, and the totals by agency. Exit status: 0 every claim holds; 1 something "  \
    "is "                                                                                                    \
    "false, and the agency is named; 2 wrong use, or a file that cannot be read; 3 nothing is false, but a " \
    "claim rests on what was not checked."
#define HELP_RECOUNT_PACKAGE                                                                                 \
    .value_name = "FOLDER", .help = "The package, as taken before the number was known (quiniela package)"
#define HELP_RECOUNT_RULES .value_name = "FILE", .help = "A record of the rules, got from somewhere else"
#define HELP_RECOUNT_JSON .value_name = "FILE", .help = "Write the report as one JSON object, too"
#define HELP_RECOUNT_PAGE                                                                                    \
    .value_name = "FILE", .help = "Write a page to print and sign (HTML, Spanish and English)"

#endif
