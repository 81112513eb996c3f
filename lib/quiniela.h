// libquiniela: an agency of the lottery, for programs of one's own. It sends a file of bets to the central,
// goes on where it was when either side fails, checks what the central signs, and gets the agency's winners.
//
// The short way is one call, which waits for everything:
//
//     struct quiniela_options *options = quiniela_options_new(NULL);
//     quiniela_options_set_agency(options, 1);
//     quiniela_options_set_servers(options, "central.example:12345");
//     struct quiniela_agency *agency;
//     enum quiniela_code code = quiniela_send_file(options, "agency-1.csv", &agency);
//     if (code != QUINIELA_OK) {
//         const char *why = agency == NULL ? quiniela_options_error(options)
//                                          : quiniela_agency_error(agency);
//         fprintf(stderr, "%s\n", why);
//     }
//     quiniela_agency_free(agency);
//     quiniela_options_free(options);
//
// The other one is for programs with an event loop: see "Step by step".
//
// The library writes nothing anywhere but the files it is given the names of, handles no signal, and starts
// no thread. It ends the process only where an assertion of its own fails: a mistake of the library's, which
// nothing that comes from outside may cause. It has no state of its own outside what it returns, so any
// number of agencies may run in one process. One agency, or one set of options, is used by one thread at a
// time, whichever that is. SIGPIPE is not raised by it.
//
// Texts are UTF-8, and end with a zero byte unless a length is given. Times are milliseconds. A text that is
// returned belongs to what it was asked of, and stays until that is used again or freed, unless said
// otherwise.
#ifndef QUINIELA_H
#define QUINIELA_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define QUINIELA_API __attribute__((visibility("default")))
#else
#define QUINIELA_API
#endif

struct addrinfo; // of <netdb.h>
struct quiniela_options;
struct quiniela_agency;

// The library's version, such as "0.1.0". A constant.
QUINIELA_API const char *quiniela_version(void);

// Errors --------------------------------------------------------------------------------------------------

// What went wrong. The names that quiniela_code_name gives are those of the protocol (docs/protocol.md) and
// of `quiniela client`'s log. A number never changes its meaning; later versions may have more.
enum quiniela_code {
    QUINIELA_OK = 0,
    // Here.
    QUINIELA_BAD_SETTING = 1, // an option is missing, not valid, or contradicts another
    QUINIELA_SYSTEM = 2,      // the system refused something: a file, a descriptor
    QUINIELA_NETWORK = 3,     // a connection failed
    QUINIELA_NO_MEMORY = 4,
    QUINIELA_STOPPED = 5,  // quiniela_agency_stop was called before the end
    QUINIELA_MISUSE = 6,   // a function was called when it may not be: a mistake of the program
    QUINIELA_NOT_KEPT = 7, // the winners came, and quiniela_options_set_keep's function could not keep them
    QUINIELA_UNKNOWN = 8,  // the central named an error that this version does not know: the text says which
    // What was sent is wrong, or the sender.
    QUINIELA_BAD_FRAME = 20,
    QUINIELA_BAD_JSON = 21,
    QUINIELA_BAD_MESSAGE = 22,
    QUINIELA_UNKNOWN_TYPE = 23,
    QUINIELA_NOT_AUTHORIZED = 24, // of the certificate, the agency's or the central's
    QUINIELA_TLS_REQUIRED = 25,   // the central speaks TLS, and no certificate is set
    QUINIELA_UNKNOWN_AGENCY = 26, // the draw has no such agency
    QUINIELA_BAD_BET = 27,        // a line of the file is no bet: the text says which, and why
    // It does not fit what is stored.
    QUINIELA_GAP = 40,
    QUINIELA_CONFLICT = 41,        // other bets are stored for this agency, or the file changed meanwhile
    QUINIELA_AGENCY_FINISHED = 42, // the agency has finished with fewer bets than the file has
    QUINIELA_DRAW_CLOSED = 43,     // the draw was closed before all bets were taken
    QUINIELA_AGENCY_RESET = 44,    // the operator has reset this agency: send again, with the right file
    QUINIELA_DRAW_ERASED = 45,
    QUINIELA_OTHER_DRAW = 46,
    QUINIELA_FORKED = 47,
    // The central cannot answer, or not now.
    QUINIELA_TOO_MANY_WINNERS = 60,
    QUINIELA_RULES_TOO_LONG = 61,
    QUINIELA_STORE_FAILED = 62,
    QUINIELA_SHUTTING_DOWN = 63,
    QUINIELA_DRAINING = 64,
    QUINIELA_STORE_STALE = 65,
    QUINIELA_STORE_REFUSED = 66,
    QUINIELA_STORE_AWAY = 67,
    // What the central signs (quiniela_options_set_central_key).
    QUINIELA_NOT_SIGNED = 80,           // the central's draw has no rules
    QUINIELA_OTHER_KEY = 81,            // it has, and the key has not signed them
    QUINIELA_BAD_FORM = 82,             // what it signed is not of the form that it must have
    QUINIELA_FALSE_CLAIM = 83,          // what it says does not hold
    QUINIELA_CODE_LARGEST = 0x7fffffff, // no code: later versions may have any number up to it
};

// The name of a code, such as "bad_bet"; "none" for QUINIELA_OK, "unknown" for a number that is none. A
// constant.
QUINIELA_API const char *quiniela_code_name(enum quiniela_code code);

// What a code means, in a few words for people, where there is no better text. A constant.
QUINIELA_API const char *quiniela_strerror(enum quiniela_code code);

// Memory --------------------------------------------------------------------------------------------------

// Where the library's memory comes from. The functions behave as malloc, realloc and free do, with `context`
// in front; `resize` may be given NULL, `release` is never. `bytes` is sizeof (struct quiniela_allocator), by
// which a later version knows what the program was made with. What OpenSSL, the C library and the JSON parser
// allocate for themselves does not come from here.
struct quiniela_allocator {
    size_t bytes; // sizeof the struct
    void *(*allocate)(void *context, size_t bytes);
    void *(*resize)(void *context, void *memory, size_t bytes);
    void (*release)(void *context, void *memory);
    void *context;
};

// Events --------------------------------------------------------------------------------------------------

// What happens to an agency, for logs and displays. None needs an answer. Later versions may have more kinds:
// ignore those that you do not know. In brackets: the fields that are set, besides `bytes`, `source` and
// `agency`.
enum quiniela_event_kind {
    // The connection.
    QUINIELA_EVENT_CONNECTED = 1, // the first one, or, if `again`, one after a failure [address, again]
    QUINIELA_EVENT_RETRY = 2, // `step` failed, and is tried again in `wait_ms` [step, address, text, wait_ms]
    QUINIELA_EVENT_NOT_ACCEPTED =
        3,                     // one side does not accept the other: it ends [address, code, name, text]
    QUINIELA_EVENT_CLOSED = 4, // the last connection was closed: it ends
    // The file.
    QUINIELA_EVENT_BAD_LINE = 20,   // the file, or a line, is wrong; at most 20 are told [code, name, text]
    QUINIELA_EVENT_EMPTY_FILE = 21, // it has no bets: sending it ends the agency without any [file]
    QUINIELA_EVENT_NO_LINE_END =
        22, // its last line has no line end; it is accepted [file, text, first_line, last_line]
    QUINIELA_EVENT_CHECKED = 23, // the whole file is good [file, total, is_total_known]
    // The bets.
    QUINIELA_EVENT_ACKNOWLEDGED =
        40,                      // a chunk of `bets` bets was stored, `stored` in all [file, bets, stored]
    QUINIELA_EVENT_REFUSED = 41, // a chunk was refused for good: it ends [code, name, text, bets, file,
                                 // first_line, last_line, hint]
    QUINIELA_EVENT_ALL_STORED =
        42, // every bet is stored, and the central knows that there are no more [stored]
    QUINIELA_EVENT_DRAW_CLOSED =
        43, // the others take no part in the draw [code, name, text, stored, total, is_total_known, file]
    QUINIELA_EVENT_NOT_SENT = 44, // stopped before all bets were stored [stored, total, is_total_known]
    QUINIELA_EVENT_RESYNC = 45,   // goes on from bet `next`; `text` says how it learnt that [text, next]
    QUINIELA_EVENT_ASKED_AGAIN =
        46, // the central had `stored` bets, and wants those from `next` on [stored, next]
    QUINIELA_EVENT_NOT_SENT_AGAIN =
        47,                         // likewise, in a draw it does not name: they are not sent [stored, next]
    QUINIELA_EVENT_OTHER_DRAW = 48, // likewise, in another draw: it ends [code, name, text]
    QUINIELA_EVENT_NOT_COMPARED = 49, // the central does not list what it has stored, and is believed
    QUINIELA_EVENT_PROGRESS = 50,     // [offset, size, stored]
    QUINIELA_EVENT_EMPTY_SENT = 51,   // the agency has finished without any bet [file]
    // What the central signs.
    QUINIELA_EVENT_NOT_BELIEVED = 60,      // the central is not to be believed: it ends [code, name, text]
    QUINIELA_EVENT_SEALED = 61,            // the draw's seal has come, and is kept [file]
    QUINIELA_EVENT_WINNERS_CHECKED = 62,   // the winners are bets of this agency, and all of them [bets]
    QUINIELA_EVENT_WINNERS_UNCHECKED = 63, // the file cannot be read twice, so they are not compared [file]
    QUINIELA_EVENT_RECEIPT_CUT = 64, // the last receipt kept was cut short, and is asked for again [file]
    // The winners.
    QUINIELA_EVENT_WAITING = 80,   // for the draw [address]
    QUINIELA_EVENT_ASKED = 81,     // for the winners
    QUINIELA_EVENT_NOT_DRAWN = 82, // asks again in `wait_ms` [wait_ms]
    QUINIELA_EVENT_WINNERS = 83,   // they have come [winners, documents, documents_bytes]
    QUINIELA_EVENT_NOT_KEPT =
        84, // quiniela_options_set_keep's function could not keep them [code, name, text]
    QUINIELA_EVENT_NO_WINNERS = 85, // the question is never answered: it ends [code, name, text]
    QUINIELA_EVENT_NOT_KNOWN =
        86, // stopped before the draw; code, name, text: if it was closed early [code, name, text]
    QUINIELA_EVENT_LARGEST = 0x7fffffff, // no kind
};

// One event. Everything in it stays until the callback returns. A field that an event does not have is 0 or
// NULL. Later versions may have more fields, at the end: `bytes` says how large it is, and a field that ends
// beyond that is not there, if the program was made with a later version than it runs with.
struct quiniela_event {
    size_t bytes;
    struct quiniela_agency *source; // whose event it is; NULL while quiniela_agency_new makes it
    enum quiniela_event_kind kind;
    enum quiniela_code code; // of what went wrong
    uint32_t agency;
    uint32_t wait_ms;
    int again;                      // whether it was connected before
    int is_total_known;             // whether `total` is: a pipe has no end until it comes
    const char *name;               // the error's name, as the central wrote it
    const char *text;               // what went wrong, for people
    const char *step;               // what is tried again: "connect", "connection", "apuestas_enviadas", …
    const char *address;            // the server's, as it was written in the options
    const char *file;               // the path, of the bets or of what is kept
    const char *hint;               // what to do, for people
    uint64_t first_line, last_line; // of the file, from 1 on
    uint64_t bets;                  // how many the event is about
    uint64_t stored;                // how many of the agency's bets are stored
    uint64_t total;                 // how many there are
    uint64_t next;                  // the index, from 0 on, of the bet that comes next
    uint64_t offset, size;          // bytes of the file: read, and in all; 0 if it is not known
    uint64_t winners;
    const char *documents; // of the winners, joined by commas; `documents_bytes` of them, no zero byte
    size_t documents_bytes;
};

// Called from within the functions that make, run, step or stop an agency, never from anywhere else. It may
// call quiniela_agency_stop, and the functions that only ask. Of what it must not call with that agency, or
// with the options while one is made of them, quiniela_agency_step and the functions that free do nothing,
// and quiniela_agency_run, quiniela_agency_new and the setters of texts return QUINIELA_MISUSE. So it is in
// the functions of quiniela_options_set_keep and quiniela_resolver.
typedef void quiniela_event_function(void *context, const struct quiniela_event *event);

// Options -------------------------------------------------------------------------------------------------

// What an agency does, set one by one. Every setter copies what it is given, and returns QUINIELA_OK, or the
// reason for which nothing was changed: QUINIELA_BAD_SETTING for a value that is not valid,
// QUINIELA_NO_MEMORY. quiniela_options_error then says more.

// Makes options with the defaults. `allocator` is copied; what it points to must outlive the options and
// every agency made of them. NULL: malloc. Returns NULL when there is no memory, and when the allocator's
// `bytes` are not those of this version, or it lacks a function.
QUINIELA_API struct quiniela_options *quiniela_options_new(const struct quiniela_allocator *allocator);

// Frees them (NULL: does nothing). Agencies that were made of them go on.
QUINIELA_API void quiniela_options_free(struct quiniela_options *options);

// What the last failure of these options was: of a setter, of quiniela_agency_new, of quiniela_send_file. ""
// if there was none. A later success leaves it. The text names no personal data but what a bad line of the
// file has.
QUINIELA_API const char *quiniela_options_error(const struct quiniela_options *options);

// The agency's number, from 1 on. Required.
QUINIELA_API enum quiniela_code quiniela_options_set_agency(struct quiniela_options *options,
                                                            uint32_t agency);

// The central's servers for bets, "host:port" or "[v6]:port", separated by commas, at most 32. Required.
QUINIELA_API enum quiniela_code quiniela_options_set_servers(struct quiniela_options *options,
                                                             const char *servers);

// Those for the winners. NULL, the default: those for bets, on the same connection.
QUINIELA_API enum quiniela_code quiniela_options_set_consult_servers(struct quiniela_options *options,
                                                                     const char *servers);

// The bets come from this file: one bet a line, first name, last name, document, date of birth, number (RFC
// 4180 quotes, no header). It is checked whole before any bet is sent, and must not change while it is sent;
// a pipe or the like is checked line by line as it is sent, and a step waits while it has nothing to read. It
// cannot be read again: a connection that is lost while chunks of it are under way ends the agency
// (QUINIELA_SYSTEM).
// This or quiniela_options_set_bet is required; the last one set counts.
QUINIELA_API enum quiniela_code quiniela_options_set_file(struct quiniela_options *options, const char *path);

// Only this one bet is sent, instead of a file. `birthdate` is YYYY-MM-DD; `number` is 0 to 9999 in digits.
// Also QUINIELA_BAD_BET.
QUINIELA_API enum quiniela_code quiniela_options_set_bet(struct quiniela_options *options,
                                                         const char *first_name, const char *last_name,
                                                         const char *document, const char *birthdate,
                                                         const char *number);

// Not 0: a file without bets, and a last line without a line end, are refused. Default 0.
QUINIELA_API enum quiniela_code quiniela_options_set_strict(struct quiniela_options *options, int strict);

// Not 0: the file is checked, and nothing is sent; no servers are needed then. Default 0.
QUINIELA_API enum quiniela_code quiniela_options_set_check_only(struct quiniela_options *options,
                                                                int check_only);

// The most bets in one chunk; default 1000. A chunk is at most 1 MiB whatever this says.
QUINIELA_API enum quiniela_code quiniela_options_set_chunk_size(struct quiniela_options *options,
                                                                uint32_t bets);

// How many chunks are sent ahead of their acknowledgements, 1 to 64; default 4.
QUINIELA_API enum quiniela_code quiniela_options_set_window(struct quiniela_options *options,
                                                            uint32_t chunks);

// Not 0: asks for the winners again and again, instead of letting the central hold the question. Default 0.
QUINIELA_API enum quiniela_code quiniela_options_set_poll(struct quiniela_options *options, int poll);

// How long an answer that the central can give at once may take before the connection counts as lost; 0: for
// ever. Default 30000; at most a day.
QUINIELA_API enum quiniela_code quiniela_options_set_answer_timeout_ms(struct quiniela_options *options,
                                                                       uint64_t timeout_ms);

// TLS 1.3, with these PEM files, which are read when the agency is made: the agency's certificate and its key
// (both NULL: none is sent), who may have signed the central's, and revocation lists (NULL: none are looked
// at). `authority` NULL, the default: no TLS.
QUINIELA_API enum quiniela_code quiniela_options_set_tls(struct quiniela_options *options,
                                                         const char *certificate, const char *key,
                                                         const char *authority, const char *revocations);

// The central's key (CENTRAL_KEY, docs/verifiable-draw.md) and the file in which its receipts are kept. What
// the central signs is held against that key, and kept beside the file, in files of mode 0600 whatever the
// umask; a central that signs nothing is refused.
// `key` NULL, the default: nothing is checked.
QUINIELA_API enum quiniela_code quiniela_options_set_central_key(struct quiniela_options *options,
                                                                 const char *key, const char *receipts);

// Is told what happens. NULL, the default: nobody is. `context` must outlive the agencies.
QUINIELA_API enum quiniela_code quiniela_options_set_events(struct quiniela_options *options,
                                                            quiniela_event_function *event, void *context);

// Keeps the winners before the agency ends: `documents` are joined by commas, and no zero byte follows.
// Returns 0 when they are kept. Otherwise writes the reason, for people, to `reason` (`room` bytes, with its
// zero byte): the agency then ends with QUINIELA_NOT_KEPT, and may be run again to ask once more. NULL, the
// default: nobody keeps them; quiniela_agency_winners has them either way. It must call nothing of the
// agency.
typedef int quiniela_keep_function(void *context, const char *documents, size_t bytes, char *reason,
                                   size_t room);
QUINIELA_API enum quiniela_code quiniela_options_set_keep(struct quiniela_options *options,
                                                          quiniela_keep_function *keep, void *context);

// Looks host names up instead of getaddrinfo(3), which is called in a step and may take long. `start` is
// asked to look `host` and `port` up (a stream socket's), and returns 0, or not 0 when it cannot; later,
// never from within `start`, quiniela_agency_resolved is called once with the answer. `cancel` is told that
// the answer is no longer wanted: quiniela_agency_resolved must not be called then. Numeric addresses are not
// asked for. NULL, the default: getaddrinfo.
struct quiniela_resolver {
    size_t bytes; // sizeof the struct
    int (*start)(void *context, struct quiniela_agency *agency, const char *host, const char *port);
    void (*cancel)(void *context, struct quiniela_agency *agency);
    void *context;
};
QUINIELA_API enum quiniela_code quiniela_options_set_resolver(struct quiniela_options *options,
                                                              const struct quiniela_resolver *resolver);

// The whole in one call -------------------------------------------------------------------------------------

// Makes an agency of the options and of this file (NULL: the one of the options), and runs it to its end,
// however long that takes: the draw is made when the last agency has finished. Returns QUINIELA_OK when every
// bet is stored and the winners are known; otherwise the reason. *agency is the agency, which has ended: ask
// it for its winners, or for what went wrong. The caller frees it. It is NULL when it could not be made: then
// the text is the options' (quiniela_options_error).
QUINIELA_API enum quiniela_code quiniela_send_file(struct quiniela_options *options, const char *path,
                                                   struct quiniela_agency **agency);

// Step by step ----------------------------------------------------------------------------------------------

// An agency in an event loop of one's own. After it was made, and after every step, ask what it waits for: a
// descriptor (quiniela_agency_fd) and for what on it (quiniela_agency_wants), and until when
// (quiniela_agency_deadline_ms). When either comes, call quiniela_agency_step. A step does what can be done
// without waiting, at most some milliseconds' work, and may be called at any time.
//
//     while (quiniela_agency_step(agency) == QUINIELA_RUNNING) {
//         struct pollfd wanted = {.fd = quiniela_agency_fd(agency)}; // poll(2) ignores -1
//         int wants = quiniela_agency_wants(agency);
//         wanted.events |= wants & QUINIELA_READ ? POLLIN : 0;
//         wanted.events |= wants & QUINIELA_WRITE ? POLLOUT : 0;
//         poll(&wanted, 1, quiniela_agency_timeout_ms(agency));
//     }

// What an agency is doing.
enum quiniela_state {
    QUINIELA_RUNNING = 0,
    QUINIELA_ENDED = 1,                  // for good: quiniela_agency_code says how
    QUINIELA_STATE_LARGEST = 0x7fffffff, // no state
};

// What it waits for on its descriptor: bits.
enum quiniela_wants {
    QUINIELA_READ = 1,
    QUINIELA_WRITE = 2,
    QUINIELA_WANTS_LARGEST = 0x7fffffff, // no bit of its own
};

// Makes an agency, which has not started: it opens its files, and connects in its first steps. The options
// are copied. QUINIELA_OK; then the caller frees *agency. Otherwise *agency is NULL, and
// quiniela_options_error says why: QUINIELA_BAD_SETTING, QUINIELA_SYSTEM, QUINIELA_NO_MEMORY.
QUINIELA_API enum quiniela_code quiniela_agency_new(struct quiniela_options *options,
                                                    struct quiniela_agency **agency);

// Ends it, whatever it is doing, closes everything and frees it (NULL: does nothing). No event follows.
QUINIELA_API void quiniela_agency_free(struct quiniela_agency *agency);

// The socket, or -1 while there is none: then only the deadline counts. It belongs to the agency. It may be
// another one, or none, after every step, and another socket may have the same number: register it anew
// whenever quiniela_agency_fd_version has changed (epoll and the like forget a descriptor that was closed;
// poll does not care).
QUINIELA_API int quiniela_agency_fd(const struct quiniela_agency *agency);

// How many sockets there have been: grows with every one, and stays as it is while there is none.
QUINIELA_API uint64_t quiniela_agency_fd_version(const struct quiniela_agency *agency);

// Bits of enum quiniela_wants; 0 when there is no socket.
QUINIELA_API int quiniela_agency_wants(const struct quiniela_agency *agency);

// When to step at the latest, in milliseconds of CLOCK_MONOTONIC; 0: at once; -1: there is no such time.
QUINIELA_API int64_t quiniela_agency_deadline_ms(const struct quiniela_agency *agency);

// The same as the milliseconds from now on that poll(2) takes: 0 at once, -1 without end.
QUINIELA_API int quiniela_agency_timeout_ms(const struct quiniela_agency *agency);

// Does what can be done now. Returns the state afterwards. It waits for nothing, except for getaddrinfo(3)
// where a server is given by name and no resolver is set, and for the disk.
QUINIELA_API enum quiniela_state quiniela_agency_step(struct quiniela_agency *agency);

// Steps and waits until it has ended. Returns quiniela_agency_code.
QUINIELA_API enum quiniela_code quiniela_agency_run(struct quiniela_agency *agency);

// The answer to quiniela_resolver's `start`: 0 and the addresses, which are copied and stay the caller's; or
// one of getaddrinfo's errors (EAI_NONAME, …) and NULL. Step afterwards: the deadline has come.
QUINIELA_API void quiniela_agency_resolved(struct quiniela_agency *agency, int failure,
                                           const struct addrinfo *found);

// Ends it soon and in order: tells how far it came, closes the connection. What is stored stays stored, and
// the same options and file go on from there. The next step returns QUINIELA_ENDED. Does nothing once it has
// ended. Not to be called by a signal handler.
QUINIELA_API void quiniela_agency_stop(struct quiniela_agency *agency);

QUINIELA_API enum quiniela_state quiniela_agency_state(const struct quiniela_agency *agency);

// How it ended: QUINIELA_OK when every bet is stored and the winners are known (or, if it was only to check
// its file, that is good); QUINIELA_STOPPED; otherwise what went wrong. QUINIELA_OK while it runs.
QUINIELA_API enum quiniela_code quiniela_agency_code(const struct quiniela_agency *agency);

// The same in words for people, with file and line where it has to do with them; "" for QUINIELA_OK.
QUINIELA_API const char *quiniela_agency_error(const struct quiniela_agency *agency);

// Whether running an agency with the same options again, later, may help: after QUINIELA_STOPPED,
// QUINIELA_NOT_KEPT, QUINIELA_NETWORK, QUINIELA_NO_MEMORY, what the central cannot do now, and
// QUINIELA_SYSTEM, once what its text names is there, such as a file, or room on the disk.
QUINIELA_API int quiniela_agency_may_retry(const struct quiniela_agency *agency);

// How many of the agency's bets the central has said are stored.
QUINIELA_API uint64_t quiniela_agency_stored(const struct quiniela_agency *agency);

// How many bets the file has; 0 until it was checked, and for a pipe.
QUINIELA_API uint64_t quiniela_agency_total(const struct quiniela_agency *agency);

// How many bad lines the file has, once it was checked.
QUINIELA_API uint64_t quiniela_agency_bad_lines(const struct quiniela_agency *agency);

// Whether the winners are known, and how many they are.
QUINIELA_API int quiniela_agency_has_winners(const struct quiniela_agency *agency);
QUINIELA_API uint64_t quiniela_agency_winner_count(const struct quiniela_agency *agency);

// The winners' documents, joined by commas, with a zero byte at the end; *bytes (may be NULL) is the length
// without it. "" until they are known.
QUINIELA_API const char *quiniela_agency_winners(const struct quiniela_agency *agency, size_t *bytes);

#ifdef __cplusplus
}
#endif

#endif
