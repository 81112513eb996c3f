// The words of --help: each subcommand's summary and details, and for each setting the name of its value and
// its meaning. The settings themselves, their defaults and their bounds are in the tables of the *_options.c
// files and of the commands.
#ifndef QUINIELA_CLI_HELP_TEXTS_H
#define QUINIELA_CLI_HELP_TEXTS_H

#include "base/translate.h"

// Shared groups ---------------------------------------------------------------------------------------------

#define HELP_STORE                                                                                           \
    .value_name = "ADDRESS",                                                                                 \
    .help = "Where the bets are stored: the path of an SQLite database, or a PostgreSQL connection string, " \
            "such as postgresql://USER@HOST,HOST/DATABASE"
#define HELP_DRAW .value_name = "NAME", .help = "Which of the draws in the store"

#define HELP_TLS_CERT                                                                                        \
    .value_name = "PATH",                                                                                    \
    .help = "The server's certificate, in PEM. With TLS_KEY and TLS_CA, the server speaks TLS 1.3 and "      \
            "accepts only agencies with a certificate of their own; SIGHUP reloads all these files"
#define HELP_TLS_KEY .value_name = "PATH", .help = N_("The certificate's private key, in PEM")
#define HELP_TLS_CA                                                                                          \
    .value_name = "PATH",                                                                                    \
    .help = N_("The authority that must have signed the other side's certificate, in PEM")
#define HELP_TLS_CRL .value_name = "PATH", .help = N_("The authority's certificate revocation list, in PEM")
#define HELP_CLIENT_TLS_CERT                                                                                 \
    .value_name = "PATH", .help = N_("The agency's certificate, in PEM. With its key and the authority, "    \
                                     "the agency connects over TLS 1.3")

#define HELP_LOG_LEVEL                                                                                       \
    .value_name = "LEVEL", .help = N_("Minimum level to log: DEBUG, INFO, WARNING, ERROR or CRITICAL")

#define HELP_LOG_FORMAT                                                                                      \
    .value_name = "WORD", .help = N_("text: a line of `key: value`; json: each line is a JSON object, in "   \
                                     "UTC")

#define HELP_LOG_FILE                                                                                        \
    .value_name = "PATH", .help = N_("File to append the log to; standard output when not set")
#define HELP_SERVER_LOG_FILE                                                                                 \
    .value_name = "PATH",                                                                                    \
    .help = "File to append the log to, opened again on SIGHUP; standard output when not set"

#define HELP_SERVICE .value_name = "NAME", .help = N_("The service to run, or to use: lottery or echo")

// server ----------------------------------------------------------------------------------------------------

#define HELP_SERVER_SUMMARY                                                                                  \
    "Run the central: take the agencies' bets, make the draw, and tell each agency its winners."
#define HELP_SERVER_DETAILS                                                                                  \
    "It stops on SIGTERM or SIGINT, and with --once by itself. Restarted on the same store, it continues "   \
    "where it left off."

#define HELP_CONFIG_OF_SERVER                                                                                \
    .value_name = "PATH",                                                                                    \
    .help = "The server's INI file: STORE, DRAW and the like are read from it, and its other keys are left"
#define HELP_SERVER_CONFIG .value_name = "PATH", .help = "INI file to read settings from, section DEFAULT"
#define HELP_SERVER_IP                                                                                       \
    .value_name = "ADDRESS",                                                                                 \
    .help = "Address to listen on: numeric, or a name, which stands for those of its addresses that belong " \
            "to this machine, and for loopback. Every address where it is not set"
#define HELP_SERVER_PORT                                                                                     \
    .value_name = "PORT",                                                                                    \
    .help = "TCP port for bets, and for consultations, too; 0 takes a free port, which is logged"
#define HELP_CONSULT_SERVER_PORT                                                                             \
    .value_name = "PORT", .help = "TCP port for consultations of winners only; 0 takes a free port"
#define HELP_SERVER_LISTEN_BACKLOG                                                                           \
    .value_name = "N",                                                                                       \
    .help = "Connections that may wait to be accepted; also the number of agencies of a new draw where "     \
            "AGENCIES is not set"
#define HELP_LOOPS                                                                                           \
    .value_name = "N", .help = "Threads that serve connections; one per core where it is not set"

#define HELP_AGENCIES                                                                                        \
    .value_name = "N",                                                                                       \
    .help = "Number of agencies the draw waits for. Where it is not set, a draw keeps the number it was "    \
            "opened with, and a new draw takes SERVER_LISTEN_BACKLOG"
#define HELP_WINNING_NUMBER                                                                                  \
    .value_name = "NUMBER", .help = "The number that wins. A draw that already has bets keeps its own"
#define HELP_NUMBER                                                                                          \
    .help = "How the draw gets its number: fixed, by WINNING_NUMBER; or, once it is sealed, by the "         \
            "command draw: manual; or beacon, from a pulse of NIST's, for a signed draw"
#define HELP_CLOSE_AT                                                                                        \
    .value_name = "TIME", .help =                                                                            \
                              "When the draw is closed, whoever has not finished: 21:00, the next one in "   \
                              "this machine's zone, or a full time such as 2026-12-22T21:00-03:00"
#define HELP_CHANGE                                                                                          \
    .help = "Confirm fewer AGENCIES, or another WINNING_NUMBER, NUMBER or CLOSE_AT, for a draw that "        \
            "already has "                                                                                   \
            "bets"
#define HELP_UPGRADE                                                                                         \
    .help = "Upgrade a store of an older version before serving it, as the command upgrade does"
#define HELP_ONCE .help = "Stop once every agency has been told its winners, instead of serving on"

#define HELP_INSECURE                                                                                        \
    .help = "Accept plain text on a public address, too, where anybody can speak for any agency"
#define HELP_HANDSHAKE_TIMEOUT                                                                               \
    .value_name = "DURATION",                                                                                \
    .help = "Time an agency has for its part of the TLS handshake; 0s disables the limit"

#define HELP_MESSAGE_TIMEOUT                                                                                 \
    .value_name = "DURATION",                                                                                \
    .help = "Time a message may take from its first byte to its last; 0s disables the limit"
#define HELP_SEND_TIMEOUT                                                                                    \
    .value_name = "DURATION",                                                                                \
    .help = "Time an agency may leave 8 KB of its answers unread; 0s disables the limit"
#define HELP_IDLE_TIMEOUT                                                                                    \
    .value_name = "DURATION",                                                                                \
    .help = "Time a connection may be silent; one that waits for the draw may be silent indefinitely. 0s "   \
            "disables the limit"
#define HELP_CONNECTIONS_MAX                                                                                 \
    .value_name = "N",                                                                                       \
    .help = "Maximum number of connections. At the limit, a new one replaces one of whoever has most. 0 "    \
            "means as many as there are file descriptors"
#define HELP_MEMORY_MAX                                                                                      \
    .value_name = "SIZE",                                                                                    \
    .help = "Memory for partly received messages, chunks waiting to be stored and unread answers, of all "   \
            "connections together. When it is used up, those that hold most are closed"
#define HELP_REFUSALS_MAX                                                                                    \
    .value_name = "N",                                                                                       \
    .help = "Close a connection after this many refused messages in a row; 0 disables the limit"

#define HELP_AUDIT_LOG                                                                                       \
    .value_name = "PATH",                                                                                    \
    .help = "File to append an audit log to: who connected, who was refused, when each agency finished, "    \
            "the seal and the draw. Each line carries the hash of the line before"

#define HELP_CONTROL                                                                                         \
    .value_name = "PATH",                                                                                    \
    .help = "Unix socket on which the server takes orders from its own user and root: \"quiniela status\", " \
            "\"close\", \"finish\", \"reset\", \"change\", \"draw\", \"drain\", \"reload\". \"off\" for "    \
            "none. Where it is not set: beside the store (STORE.control), "                                  \
            "or for a database in the runtime folder"

#define HELP_RUN_AS                                                                                          \
    .value_name = "NAME",                                                                                    \
    .help = "When started as root: the user to become once the ports are bound; must own the store"
#define HELP_SANDBOX                                                                                         \
    .value_name = "WORD",                                                                                    \
    .help = "on: after starting, give up access to every file but the store's, and to every system call "    \
            "that is not needed"

// export ----------------------------------------------------------------------------------------------------

#define HELP_EXPORT_SUMMARY                                                                                  \
    "Write the stored bets as CSV: agency,nombre,apellido,documento,nacimiento,numero."
#define HELP_WHILE_A_SERVER_RUNS "It may run while a server does."

#define HELP_EXPORT_AGENCY                                                                                   \
    .value_name = "N", .help = "Only this agency's bets; every agency's where it is not set"
#define HELP_EXPORT_OUTPUT .value_name = "PATH", .help = "File to write; standard output where it is not set"
#define HELP_EXPORT_VOIDED                                                                                   \
    .help = "In place of the draw's bets those of agencies that were reset, each with the number of the "    \
            "reset: agency,reset,nombre,apellido,documento,nacimiento,numero"
#define HELP_EXPORT_FOR_SPREADSHEETS                                                                         \
    .help = "Put a quote (') before a field that a spreadsheet would take for a formula: one that begins "   \
            "with = + - @"

// status, check, verify, ping -------------------------------------------------------------------------------

#define HELP_STATUS_SUMMARY                                                                                  \
    "Show the state of the draw and of each agency, who is missing, and what to do next."
#define HELP_STATUS_DETAILS                                                                                  \
    "It reads the store, and asks the running server, where there is one, what only that knows. It may run " \
    "while a server does, and without one."
#define HELP_STATUS_WATCH .help = "Show it again every two seconds, until Ctrl-C"

#define HELP_CLOSE_SUMMARY "Close the draw: nothing more is taken, and who has not finished is cut off."
#define HELP_CLOSE_DETAILS                                                                                   \
    "The draw is sealed with the bets that are stored. Without --yes it only says what would happen, and "   \
    "exits with 2. Closing a closed draw changes nothing, and is no failure."

#define HELP_FINISH_SUMMARY "End one agency, as if it had sent its last chunk."
#define HELP_FINISH_DETAILS                                                                                  \
    "It takes part in the draw with the bets that are stored; nothing more is taken from it. When it is "    \
    "the last one, the draw is sealed. Without --yes it only says what would happen, and exits with 2."
#define HELP_FINISH_AGENCY .value_name = "N", .help = "The agency"

#define HELP_RESET_SUMMARY "Set aside all that one agency has sent, so that it sends the right file."
#define HELP_RESET_DETAILS                                                                                   \
    "Its bets leave the draw, and are kept (quiniela export --voided). A client that is still sending them " \
    "is stopped; started again, it sends its file from the beginning. Only while the draw is open. Without " \
    "--yes it only says what would happen, and exits with 2."
#define HELP_RESET_AGENCY .value_name = "N", .help = "The agency"

#define HELP_DRAW_SUMMARY                                                                                    \
    "Make the draw, once it is sealed: with the number that was turned, or from a beacon's pulse."
#define HELP_DRAW_DETAILS                                                                                    \
    "The number is stored for ever, together with the winners; the same one once more changes nothing, and " \
    "another is refused. Without --yes it only says what would happen, keeps no FILE, and exits with 2."
#define HELP_DRAW_NUMBER .value_name = "DIGITS", .help = "The four digits, as they are read out"
#define HELP_DRAW_APPROVAL                                                                                   \
    .value_name = "FILE", .help = "What an approver has signed (quiniela approve); once for each of them"
#define HELP_DRAW_PULSE                                                                                      \
    .value_name = "FILE",                                                                                    \
    .help = "With NUMBER=beacon: the pulse that the rules name, as JSON; the number follows from it"
#define HELP_DRY_RUN .help = "Only count the bets that would win with the number: nothing is stored"

#define HELP_CLOSE_ORDER_AT                                                                                  \
    .value_name = "TIME", .help = "Not now, but then: 21:00, the next one in the server's zone, or a full "  \
                                  "time; \"quiniela change --close-at none\" takes it back"

#define HELP_CHANGE_SUMMARY "Change what was fixed at the opening of the draw, while it is open."
#define HELP_CHANGE_DETAILS                                                                                  \
    "Fewer agencies may seal the draw at once: then it asks for --yes. The settings of the server at its "   \
    "next start have to say the same."
#define HELP_CHANGE_AGENCIES .value_name = "N", .help = "How many agencies the draw waits for"
#define HELP_CHANGE_NUMBER                                                                                   \
    .value_name = "DIGITS", .help = "The number that wins, if it was fixed at the opening"
#define HELP_CHANGE_CLOSE_AT .value_name = "TIME", .help = "When the draw is closed, or none"

#define HELP_YES .help = "Do it: it cannot be undone"

#define HELP_DRAWS_SUMMARY "List the draws of a store: names, states, dates, agencies, bets and winners."
#define HELP_DRAWS_DETAILS "It may run while a server does. DRAW does not matter: all of them are listed."

#define HELP_WINNERS_SUMMARY "Print the winners of a draw: agency, the bet's place among its bets, document."
#define HELP_WINNERS_AGENCY                                                                                  \
    .value_name = "N", .help = "Only this agency's; every agency's where it is not set"
#define HELP_WINNERS_CSV .help = "Print CSV instead of a table: agency,bet,document"

#define HELP_ERASE_SUMMARY "Erase the personal data of one draw: its bets and its winners' documents."
#define HELP_ERASE_DETAILS                                                                                   \
    "Only of a drawn one. The seal and all counts stay. No server may use an SQLite store meanwhile. What "  \
    "it "                                                                                                    \
    "does not touch is named: backups, exports, the server's log, what an upgrade or a restore has kept."
#define HELP_ERASE_YES .help = "Do it; otherwise it is only said what would be erased"

#define HELP_DRAIN_SUMMARY "End the running server gently: no agency loses an answer."
#define HELP_DRAIN_DETAILS                                                                                   \
    "It takes no new connection, answers what is under way, and ends; agencies come back later, or go to "   \
    "another server. The command returns when the server has ended."

#define HELP_RELOAD_SUMMARY "Have the running server read its certificates, and open its logs, again."
#define HELP_RELOAD_DETAILS                                                                                  \
    "As SIGHUP does. Exit 1 when the certificates cannot be used: those read before stay in use."

#define HELP_JSON_ANSWER .help = "Print the server's answer as it is: one line of JSON"

#define HELP_JSON .help = "Print JSON instead of a table"

#define HELP_CHECK_SUMMARY                                                                                   \
    "Check every stored bet of the draw, and the files of the store: exit 0 when all is well, 1 when not."
#define HELP_CHECK_DETAILS                                                                                   \
    "It changes nothing, and may run while a server does. It reports which chunks are damaged, and how "     \
    "much is good."

#define HELP_UPGRADE_SUMMARY                                                                                 \
    "Upgrade a store of an older version: exit 0 when it is of this program's version, 1 when not."
#define HELP_UPGRADE_DETAILS                                                                                 \
    "No server may use an SQLite store meanwhile. STORE stays as it was until everything has been made and " \
    "checked; then it is kept as STORE.v2, or, in PostgreSQL, in tables called draws_v2 and so on. When it " \
    "is interrupted, the next attempt goes on from there."

#define HELP_BACKUP_SUMMARY                                                                                  \
    "Copy a store while a server works on it, and check the copy: exit 0 when it is good, 1 when not."
#define HELP_BACKUP_DETAILS                                                                                  \
    "The copy is the store as it was at one moment, with all its draws. It gets its name once it is whole, " \
    "checked and on the disk; nothing is replaced."
#define HELP_BACKUP_TO                                                                                       \
    .value_name = "PATH", .help = "The file to make; in a folder that there is, one named by draw and time"

#define HELP_RESTORE_SUMMARY                                                                                 \
    "Put a backup in the place of a store: exit 0 when it is there, 1 when not, 2 when --yes is missing."
#define HELP_RESTORE_DETAILS                                                                                 \
    "It checks the backup first, keeps what was there as STORE.before-restore, and lists the agencies that " \
    "have to send again. No server may use the store meanwhile."
#define HELP_RESTORE_YES .help = "Do it. Without it, it is only said what would come of it"

#define HELP_CONFIG_SUMMARY                                                                                  \
    "Show the settings of a server or a client, and check what they name: exit 0, or 2."
#define HELP_CONFIG_DETAILS                                                                                  \
    "It takes the options, the environment and the file of `quiniela server` (which it is without a word) "  \
    "or "                                                                                                    \
    "`quiniela client`, prints every value with where it was set, and then every problem. It writes "        \
    "nothing; beside a store that no server has, STORE-shm and an empty STORE-wal may stay, as when "        \
    "anything else reads it."

#define HELP_PING_SUMMARY                                                                                    \
    "Ask a server, of either service, whether it is alive: exit 0 when it is, 1 when it is not."
#define HELP_PING_DETAILS                                                                                    \
    "Without --address it asks on this machine, at the address and port in the server's own settings."

#define HELP_PING_ADDRESS .value_name = "HOST:PORT", .help = "The server's address"
#define HELP_PING_SERVER_IP                                                                                  \
    .value_name = "ADDRESS", .help = "The address it listens on; loopback for a name, or where it is not "   \
                                     "set"
#define HELP_PING_SERVER_PORT .value_name = "PORT", .help = "Its TCP port for bets"
#define HELP_PING_TIMEOUT .value_name = "DURATION", .help = "How long to wait for the answer"

// compose, sample, keys -------------------------------------------------------------------------------------

#define HELP_COMPOSE_SUMMARY "Write a compose file with one or more servers and N clients, N from 0 to 10000."
#define HELP_COMPOSE_DETAILS "`make docker-image` builds the images; `make docker-compose-up` starts it all."

#define HELP_COMPOSE_OUTPUT .value_name = "FILE", .help = "File to write; - is standard output"
#define HELP_COMPOSE_SERVICE                                                                                 \
    .value_name = "NAME", .help = "lottery: each client sends its CSV file; bet: one made-up bet each; echo"
#define HELP_COMPOSE_DATA .value_name = "DIR", .help = "Directory of the CSV files"
#define HELP_COMPOSE_STORE                                                                                   \
    .value_name = "NAME", .help = "sqlite: a file in a volume; postgres: a PostgreSQL container"
#define HELP_COMPOSE_SERVERS                                                                                 \
    .value_name = "N", .help = "Number of servers, which share the store; more than one need --store "       \
                               "postgres"

#define HELP_SAMPLE_SUMMARY                                                                                  \
    "Write files of made-up bets, the same ones each time, with a known number of winners."

#define HELP_SAMPLE_DIR .value_name = "PATH", .help = "Directory for agency-1.csv, agency-2.csv ..."
#define HELP_SAMPLE_SIZES .value_name = "N,N...", .help = "Number of bets of each agency"
#define HELP_SAMPLE_WINNERS .value_name = "N,N...", .help = "Number of winners among them"
#define HELP_SAMPLE_NUMBER .value_name = "NUMBER", .help = "The number that wins"
#define HELP_SAMPLE_SEED .value_name = "N", .help = "The same seed gives the same files"

#define HELP_KEYS_SUMMARY "Make a test authority, and certificates for a server and for the agencies."
#define HELP_KEYS_DETAILS                                                                                    \
    "Existing files are kept, missing ones are made. For trials and tests: a real central has a real "       \
    "authority."

#define HELP_KEYS_DIR                                                                                        \
    .value_name = "PATH", .help = "Directory of the keys and certificates; created if missing"
#define HELP_KEYS_AGENCIES .value_name = "N", .help = "Number of agencies to make a certificate for"
#define HELP_KEYS_NAMES                                                                                      \
    .value_name = "NAME,NAME...", .help = "Names and numeric addresses by which agencies reach the server"
#define HELP_KEYS_DAYS                                                                                       \
    .value_name = "N",                                                                                       \
    .help = "Days a certificate is valid. The revocation list is valid for 30 days and renewed on each run"
#define HELP_KEYS_REVOKE                                                                                     \
    .value_name = "NAME", .help = "Only add a certificate, such as agency-3, to the revocation list, "       \
                                  "crl.pem"
#define HELP_KEYS_SIGN_NAME                                                                                  \
    .value_name = "NAME",                                                                                    \
    .help = "Only make sign.key, which signs draws or approves numbers under this name, and print its "      \
            "public key"

// seal ------------------------------------------------------------------------------------------------------

#define HELP_SEAL_SUMMARY "Print the seal of a signed draw, or add what others have signed of it."
#define HELP_SEAL_DETAILS                                                                                    \
    "The seal is one hash over every bet: give it to agencies, witnesses and a printer before the number "   \
    "is known. Exit code 1 while there is none."
#define HELP_SEAL_REQUEST                                                                                    \
    .value_name = "FILE", .help = "Write a request for a time stamp instead (RFC 3161), for an authority"
#define HELP_SEAL_ADD                                                                                        \
    .value_name = "FILE", .help = "A seal that a witness has cosigned, or an authority's time stamp"

// approve ---------------------------------------------------------------------------------------------------

#define HELP_APPROVE_SUMMARY "Sign the number that was turned, as one of a draw's approvers."
#define HELP_APPROVE_DETAILS                                                                                 \
    "For an approver's own machine: it needs the rules and the seal, as the central has signed them, and "   \
    "nothing else. The approval is for `quiniela draw --approval`."
#define HELP_APPROVE_RULES .value_name = "FILE", .help = "The draw's newest rules, as signed"
#define HELP_APPROVE_SEAL .value_name = "FILE", .help = "The seal, as signed"
#define HELP_APPROVE_SERVER_KEY                                                                              \
    .value_name = "VKEY", .help = "The central's public key, got from somewhere else than these files"
#define HELP_APPROVE_NUMBER .value_name = "NUMBER", .help = "The four digits that were turned, such as 0042"
#define HELP_APPROVE_KEY .value_name = "FILE", .help = "The approver's key (quiniela keys --sign-name)"
#define HELP_APPROVE_OUTPUT                                                                                  \
    .value_name = "FILE", .help = "New file to write; standard output where it is not set"
#define HELP_APPROVE_YES .help = "Sign; without it, say only what would be signed"

// page ------------------------------------------------------------------------------------------------------

#define HELP_PAGE_SUMMARY "Make the page that checks this lottery's draws in a browser, offline."
#define HELP_PAGE_DETAILS                                                                                    \
    "One HTML file, in Spanish and English, that asks nobody anything. It trusts the key that it is made "   \
    "with, and shows it. Publish it and the key in different places."
#define HELP_PAGE_KEY .value_name = "VKEY", .help = "The lottery's public key, which the page trusts"
#define HELP_PAGE_NIST_CERT                                                                                  \
    .value_name = "FILE", .help = "The beacon's certificate, in PEM, got from NIST; without it the page "    \
                                  "asks for it"
#define HELP_PAGE_ORIGIN                                                                                     \
    .value_name = "NAME/DRAW", .help = "Take only this draw; where it is not set, any draw of the key"
#define HELP_PAGE_OUTPUT .value_name = "FILE", .help = "File to write; standard output where it is not set"

// bench -----------------------------------------------------------------------------------------------------

#define HELP_BENCH_SUMMARY                                                                                   \
    "Measure how fast a central takes bets: a running one, or with --self one of its own."
#define HELP_BENCH_DETAILS                                                                                   \
    "The draw must not have any bets yet. Latency is counted from the first write of a chunk to its "        \
    "answer. Every answer is checked; a wrong one ends the run with exit code 1."

#define HELP_BENCH_SERVER_ADDRESS .value_name = "HOST:PORT", .help = "Where the central takes bets"
#define HELP_BENCH_CONSULT_ADDRESS                                                                           \
    .value_name = "HOST:PORT",                                                                               \
    .help = "Where the central takes consultations; the address for bets where it is not set"
#define HELP_BENCH_AGENCIES .value_name = "N", .help = "Number of agencies, each with a connection of its own"
#define HELP_BENCH_BETS .value_name = "N", .help = "Number of bets to send, of all agencies together"
#define HELP_BENCH_CHUNK_SIZE .value_name = "N", .help = "Number of bets in one message"
#define HELP_BENCH_WINDOW                                                                                    \
    .value_name = "N", .help = "Number of chunks an agency has in flight before the first is acknowledged"
#define HELP_BENCH_RATE                                                                                      \
    .value_name = "BETS",                                                                                    \
    .help = "Bets per second, of all agencies together; 0 sends as fast as the window allows. With a rate, " \
            "latency is counted from the moment a chunk was due"
#define HELP_BENCH_THREADS .value_name = "N", .help = "Number of sending threads"
#define HELP_BENCH_PAYLOAD                                                                                   \
    .value_name = "PATH",                                                                                    \
    .help = "CSV file of bets, repeated until there are enough; made-up bets where it is not set"
#define HELP_BENCH_PREPARED                                                                                  \
    .help = "Encode all bets before the clock starts, instead of each chunk when it is sent, as an agency "  \
            "does"
#define HELP_BENCH_CLASSIC .help = "Omit the position of each chunk, as older agencies do"
#define HELP_BENCH_RECEIPTS                                                                                  \
    .help = "Ask for a receipt for each chunk; an answer without one is wrong. They are not verified. A "    \
            "central of --self signs its draw with SIGN_KEY and SIGN_NAME of the environment"
#define HELP_BENCH_CERTIFICATES                                                                              \
    .value_name = "DIR",                                                                                     \
    .help = "Use TLS, with a certificate for each agency, and with --self for the central, too: ca.crt, "    \
            "server.crt, server.key, agency-N.crt and agency-N.key in that directory"

#define HELP_BENCH_DRAW .help = "Finish every agency, and measure how long the draw takes"
#define HELP_BENCH_HOLD                                                                                      \
    .value_name = "N",                                                                                       \
    .help = "Have N consultations wait for the draw, and measure how long all answers take; implies --draw"

#define HELP_BENCH_POLL .value_name = "N", .help = "Only simulate N polling agencies; nothing is sent"
#define HELP_BENCH_POLL_BASE_MS .value_name = "MS", .help = "Upper bound of a polling agency's first wait"
#define HELP_BENCH_POLL_CAP_MS .value_name = "MS", .help = "Upper bound of a polling agency's waits"
#define HELP_BENCH_POLL_DRAW_MS .value_name = "MS", .help = "When the simulated draw is made"

#define HELP_BENCH_SELF .help = "Start a central on free ports with a new store, and stop it afterwards"
#define HELP_BENCH_DIR                                                                                       \
    .value_name = "PATH", .help = "With --self: directory in which to make the store's directory"
#define HELP_BENCH_STORE                                                                                     \
    .value_name = "ADDRESS",                                                                                 \
    .help = "With --self: another store, as a server takes it, instead of a new one in that directory"
#define HELP_BENCH_PROGRAM                                                                                   \
    .value_name = "PATH",                                                                                    \
    .help = "With --self: the quiniela to start as the central, instead of the one that measures"
#define HELP_BENCH_LOOPS                                                                                     \
    .value_name = "N", .help = "With --self: threads of the central that serve connections; one per core "   \
                               "where it is not set"
#define HELP_BENCH_KEEP .help = "With --self: keep the store and the central's log, and print where they are"
#define HELP_BENCH_LOG_LEVEL                                                                                 \
    .value_name = "LEVEL", .help = "With --self: minimum level that the central logs, to a file"

#define HELP_BENCH_CSV .help = "Print CSV: a line of names and a line of values"

#endif
