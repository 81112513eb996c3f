// Every word of `quiniela report --help`.
#ifndef QUINIELA_CLI_HELP_REPORT_TEXTS_H
#define QUINIELA_CLI_HELP_REPORT_TEXTS_H

#define HELP_REPORT_SUMMARY "Write a report of a night, after its draw: a page to read, print and keep."
#define HELP_REPORT_DETAILS                                                                                  \
    "It reads the store alone, also while a server works on it, and the logs that are given or that the "    \
    "server's file names. Nobody's name or document is in it. Times are in this machine's zone, and a log "  \
    "of text is read so, too: set TZ to the server's where that is another."

#define HELP_REPORT_OUTPUT .value_name = "PATH", .help = "File to write; standard output where it is not set"
#define HELP_REPORT_FORCE .help = "Replace the file if it is there"
#define HELP_REPORT_SO_FAR .help = "Of a night that is not over, too: without its numbers, and marked as such"
#define HELP_REPORT_LANGUAGE                                                                                 \
    .value_name = "WORD", .help = "en or es; where it is not set es if LC_ALL, LC_MESSAGES or LANG (the "    \
                                  "first that is set) says so, else en"
#define HELP_REPORT_SILENCE                                                                                  \
    .value_name = "TIME",                                                                                    \
    .help = "How long nothing is stored of an agency before it counts as silent: 2s or more"
#define HELP_REPORT_LOG                                                                                      \
    .value_name = "FILE[,FILE...]",                                                                          \
    .help = "The server's log, in either format, uncompressed; several, oldest first, separated by commas"
#define HELP_REPORT_AUDIT_LOG                                                                                \
    .value_name = "FILE[,FILE...]",                                                                          \
    .help = "The audit log, whose chain is verified; several, oldest first, separated by commas"

#endif
