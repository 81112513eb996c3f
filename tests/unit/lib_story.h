// A story of libquiniela: an agency of its public header, and a central on a socket of this machine, both in
// this thread. The central takes each chunk for one bet.
#ifndef QUINIELA_TESTS_LIB_STORY_H
#define QUINIELA_TESTS_LIB_STORY_H

#include "cmocka_all.h"

#include "quiniela.h"
#include "wire/frame.h"
#include "wire/limits.h"
#include "wire/reply.h"

#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum { STEPS_MAX = 100 * 1000, STORY_MS_MAX = 60 * 1000, EVENTS_MAX = 256 };

#define BET(document) "Ana,Paz," document ",1999-03-17,7574\n"

static struct {
    int listener, peer; // peer -1: nobody is connected
    char address[32], port[8];
    uint8_t bytes[64 * 1024];
    size_t length;
    uint64_t stored;
    int chunks_until_cut; // then it closes the connection, once; 0: never
    int accepted;
    const char
        *error; // the payload of the error that it answers everything with, and what follows; NULL: none
} central;

static struct quiniela_options *options;
static struct quiniela_agency *agency;
static char path[64];

// What the agency has told.
static struct {
    enum quiniela_event_kind kinds[EVENTS_MAX];
    size_t count;
    enum quiniela_event_kind stop_at; // stops the agency there; 0: nowhere
    size_t stops_from;                // stops it in that event and all that follow, from 1 on; 0: in none
    bool meddles;                     // calls in each event what it must not
    enum quiniela_code code;          // the last one's that has one
    char text[512], name[64];         // the last one's
} told;

// The central -----------------------------------------------------------------------------------------------

static inline void open_central(void) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    memset(&central, 0, sizeof central);
    central.peer = -1;
    central.listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(central.listener, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(central.listener, 8), 0);
    assert_int_equal(getsockname(central.listener, (struct sockaddr *)&address, &length), 0);
    snprintf(central.port, sizeof central.port, "%u", ntohs(address.sin_port));
    snprintf(central.address, sizeof central.address, "127.0.0.1:%s", central.port);
}

static inline void hang_up(void) {
    if (central.peer >= 0) {
        close(central.peer);
        central.peer = -1;
    }
    central.length = 0;
}

static inline void answer(const char *message) {
    uint8_t frame[256 + REPLY_SMALL_BYTES_MAX];
    size_t length;
    if (central.error != NULL) {
        int written = snprintf((char *)frame + FRAME_HEADER_BYTES, sizeof frame - FRAME_HEADER_BYTES,
                               "{\"type_message\":4,\"payload\":%s}", central.error);
        frame_write_header(frame, (size_t)written);
        length = FRAME_HEADER_BYTES + (size_t)written;
    } else if (strstr(message, "\"type_message\":3") != NULL) {
        length = reply_encode_winners(frame, "30904465,30904466", 17);
    } else {
        central.stored += strstr(message, "Ana") != NULL;
        length = reply_encode_processed(frame, central.stored);
    }
    assert_int_equal(send(central.peer, frame, length, MSG_NOSIGNAL), length);
    if (central.chunks_until_cut > 0 && --central.chunks_until_cut == 0) {
        hang_up();
    }
}

// Answers every whole message that has come.
static inline void serve(void) {
    if (central.peer < 0) {
        central.peer = accept4(central.listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        central.accepted += central.peer >= 0;
    }
    ssize_t length = central.peer < 0 ? -1
                                      : recv(central.peer, central.bytes + central.length,
                                             sizeof central.bytes - central.length - 1, 0);
    if (length == 0) {
        hang_up();
    }
    central.length += length > 0 ? (size_t)length : 0;
    while (central.length >= FRAME_HEADER_BYTES) {
        uint32_t size;
        memcpy(&size, central.bytes, sizeof size);
        size_t whole = FRAME_HEADER_BYTES + ntohl(size);
        if (central.length < whole) {
            return;
        }
        char *message = strndup((char *)central.bytes + FRAME_HEADER_BYTES, whole - FRAME_HEADER_BYTES);
        memmove(central.bytes, central.bytes + whole, central.length - whole);
        central.length -= whole;
        answer(message);
        free(message);
    }
}

// The agency ------------------------------------------------------------------------------------------------

// The fields that quiniela.h lists for each kind of event.
static const struct {
    enum quiniela_event_kind kind;
    const char *fields;
} event_fields[] = {
    {QUINIELA_EVENT_CONNECTED, "address, again"},
    {QUINIELA_EVENT_RETRY, "step, address, text, wait_ms"},
    {QUINIELA_EVENT_NOT_ACCEPTED, "address, code, name, text"},
    {QUINIELA_EVENT_CLOSED, ""},
    {QUINIELA_EVENT_BAD_LINE, "code, name, text"},
    {QUINIELA_EVENT_EMPTY_FILE, "file"},
    {QUINIELA_EVENT_NO_LINE_END, "file, text, first_line, last_line"},
    {QUINIELA_EVENT_CHECKED, "file, total, is_total_known"},
    {QUINIELA_EVENT_ACKNOWLEDGED, "file, bets, stored"},
    {QUINIELA_EVENT_REFUSED, "code, name, text, bets, file,  first_line, last_line, hint"},
    {QUINIELA_EVENT_ALL_STORED, "stored"},
    {QUINIELA_EVENT_DRAW_CLOSED, "code, name, text, stored, total, is_total_known, file"},
    {QUINIELA_EVENT_NOT_SENT, "stored, total, is_total_known"},
    {QUINIELA_EVENT_RESYNC, "text, next"},
    {QUINIELA_EVENT_ASKED_AGAIN, "stored, next"},
    {QUINIELA_EVENT_NOT_SENT_AGAIN, "stored, next"},
    {QUINIELA_EVENT_OTHER_DRAW, "code, name, text"},
    {QUINIELA_EVENT_NOT_COMPARED, ""},
    {QUINIELA_EVENT_PROGRESS, "offset, size, stored"},
    {QUINIELA_EVENT_EMPTY_SENT, "file"},
    {QUINIELA_EVENT_NOT_BELIEVED, "code, name, text"},
    {QUINIELA_EVENT_SEALED, "file"},
    {QUINIELA_EVENT_WINNERS_CHECKED, "bets"},
    {QUINIELA_EVENT_WINNERS_UNCHECKED, "file"},
    {QUINIELA_EVENT_RECEIPT_CUT, "file"},
    {QUINIELA_EVENT_WAITING, "address"},
    {QUINIELA_EVENT_ASKED, ""},
    {QUINIELA_EVENT_NOT_DRAWN, "wait_ms"},
    {QUINIELA_EVENT_WINNERS, "winners, documents, documents_bytes"},
    {QUINIELA_EVENT_NOT_KEPT, "code, name, text"},
    {QUINIELA_EVENT_NO_WINNERS, "code, name, text"},
    {QUINIELA_EVENT_NOT_KNOWN, "code, name, text"},
};

enum { KINDS = sizeof event_fields / sizeof *event_fields, FIELDS_MAX = 8 };

// Which kinds were told in this program, and which of the listed fields, in their order, were set.
static struct { bool is_told, is_set[FIELDS_MAX]; } seen[KINDS];

static inline void note_field(size_t kind, const char *name, bool is_set) {
    char rest[256], *at = NULL;
    bool is_listed = false;
    size_t place = 0;
    snprintf(rest, sizeof rest, "%s", event_fields[kind].fields);
    for (const char *word = strtok_r(rest, ", ", &at); word != NULL; word = strtok_r(NULL, ", ", &at)) {
        assert_true(place < FIELDS_MAX);
        is_listed = is_listed || strcmp(word, name) == 0;
        seen[kind].is_set[place] = seen[kind].is_set[place] || (is_set && strcmp(word, name) == 0);
        place++;
    }
    if (is_set && !is_listed) {
        fail_msg("%s is set, and only %s are listed", name, event_fields[kind].fields);
    }
}

// Of the kinds that were told, each field that is listed was set at least once.
static inline int check_each_listed(void **state) {
    (void)state;
    int missing = 0;
    for (size_t kind = 0; kind < KINDS; kind++) {
        char rest[256], *at = NULL;
        size_t place = 0;
        snprintf(rest, sizeof rest, "%s", event_fields[kind].fields);
        for (const char *word = strtok_r(rest, ", ", &at); word != NULL; word = strtok_r(NULL, ", ", &at)) {
            if (seen[kind].is_told && !seen[kind].is_set[place++]) {
                fprintf(stderr, "event %d: %s is listed, and was never set\n", (int)event_fields[kind].kind,
                        word);
                missing++;
            }
        }
    }
    return missing;
}

static inline void assert_only_listed(const struct quiniela_event *event) {
    size_t kind = 0;
    while (kind < KINDS && event_fields[kind].kind != event->kind) {
        kind++;
    }
    assert_true(kind < KINDS);
    seen[kind].is_told = true;
#define FIELD(name) note_field(kind, #name, event->name != 0)
    FIELD(code), FIELD(wait_ms), FIELD(again), FIELD(is_total_known), FIELD(name), FIELD(text), FIELD(step);
    FIELD(address), FIELD(file), FIELD(hint), FIELD(first_line), FIELD(last_line), FIELD(bets), FIELD(stored);
    FIELD(total), FIELD(next), FIELD(offset), FIELD(size), FIELD(winners), FIELD(documents);
    FIELD(documents_bytes);
#undef FIELD
}

static inline void meddle(void) {
    struct quiniela_agency *other = agency;
    if (agency == NULL) { // it is being made
        assert_int_equal(quiniela_agency_new(options, &other), QUINIELA_MISUSE);
        assert_int_equal(quiniela_options_set_file(options, "another"), QUINIELA_MISUSE);
        quiniela_options_free(options);
        return;
    }
    (void)quiniela_agency_step(agency);
    assert_int_equal(quiniela_agency_run(agency), QUINIELA_MISUSE);
    quiniela_agency_resolved(agency, 0, NULL);
    quiniela_agency_free(agency);
}

static inline void on_event(void *context, const struct quiniela_event *event) {
    (void)context;
    assert_int_equal(event->agency, 1);
    assert_int_equal(event->bytes, sizeof *event);
    assert_only_listed(event);
    assert_ptr_equal(event->source, agency);
    assert_true(told.count < EVENTS_MAX);
    told.kinds[told.count++] = event->kind;
    told.code = event->code == QUINIELA_OK ? told.code : event->code;
    if (event->name != NULL) {
        snprintf(told.name, sizeof told.name, "%s", event->name);
    }
    snprintf(told.text, sizeof told.text, "%s", event->text == NULL ? "" : event->text);
    if (told.meddles) {
        meddle();
    }
    if (event->kind == told.stop_at || (told.stops_from > 0 && told.count >= told.stops_from)) {
        quiniela_agency_stop(agency);
    }
}

static inline int times_told(enum quiniela_event_kind kind) {
    int times = 0;
    for (size_t i = 0; i < told.count; i++) {
        times += told.kinds[i] == kind;
    }
    return times;
}

static inline void write_bets(const char *text) {
    strcpy(path, "/tmp/test_lib.XXXXXX");
    int file = mkstemp(path);
    assert_true(file >= 0);
    assert_int_equal(write(file, text, strlen(text)), strlen(text));
    close(file);
    assert_int_equal(quiniela_options_set_file(options, path), QUINIELA_OK);
}

static inline void make(void) {
    enum quiniela_code code = quiniela_agency_new(options, &agency);
    if (code != QUINIELA_OK) {
        fail_msg("%s", quiniela_options_error(options));
    }
}

// Waits for whatever the agency waits for, or the central.
static inline void wait_for_either(void) {
    int wants = quiniela_agency_wants(agency);
    struct pollfd sockets[] = {{.fd = quiniela_agency_fd(agency)},
                               {.fd = central.listener, .events = POLLIN},
                               {.fd = central.peer, .events = POLLIN}};
    sockets[0].events =
        (short)((wants & QUINIELA_READ ? POLLIN : 0) | (wants & QUINIELA_WRITE ? POLLOUT : 0));
    sockets[1].fd = central.peer < 0 ? central.listener : -1;
    int wait_ms = quiniela_agency_timeout_ms(agency);
    int came = poll(sockets, 3, wait_ms < 0 || wait_ms > STORY_MS_MAX ? STORY_MS_MAX : wait_ms);
    assert_true(came > 0 || (wait_ms >= 0 && wait_ms < STORY_MS_MAX)); // otherwise it hangs
}

// Whether there is another socket than after the last step, the version says, and nothing else.
static inline void check_version(ino_t *socket, uint64_t *version) {
    struct stat status = {.st_ino = *socket};
    int fd = quiniela_agency_fd(agency);
    uint64_t now = quiniela_agency_fd_version(agency);
    assert_true(fd < 0 || fstat(fd, &status) == 0);
    assert_true(now >= *version);
    if ((status.st_ino != *socket) != (now != *version) && fd >= 0) {
        fail_msg("the socket is %s one, and its version was %d and is %d",
                 status.st_ino != *socket ? "another" : "the same", (int)*version, (int)now);
    }
    *socket = status.st_ino;
    *version = now;
}

static inline void run(void) {
    ino_t socket = 0;
    uint64_t version = quiniela_agency_fd_version(agency);
    for (int steps = 0; quiniela_agency_step(agency) == QUINIELA_RUNNING; steps++) {
        assert_true(steps < STEPS_MAX);
        check_version(&socket, &version);
        wait_for_either();
        serve();
    }
}

static inline int begin_story(void **state) {
    (void)state;
    memset(&told, 0, sizeof told);
    path[0] = '\0';
    agency = NULL;
    open_central();
    options = quiniela_options_new(NULL);
    assert_non_null(options);
    assert_int_equal(quiniela_options_set_agency(options, 1), QUINIELA_OK);
    assert_int_equal(quiniela_options_set_servers(options, central.address), QUINIELA_OK);
    assert_int_equal(quiniela_options_set_chunk_size(options, 1), QUINIELA_OK);
    assert_int_equal(quiniela_options_set_events(options, on_event, NULL), QUINIELA_OK);
    return 0;
}

static inline int end_story(void **state) {
    (void)state;
    quiniela_agency_free(agency);
    quiniela_options_free(options);
    hang_up();
    close(central.listener);
    if (path[0] != '\0') {
        unlink(path);
    }
    return 0;
}

#endif
