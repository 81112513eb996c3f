// An agency for tests, as a stranger would write it: of the project it knows <quiniela.h> alone.
//     agency WAY servers=HOST:PORT agency=NUMBER file=PATH [consult=…] [authority=… certificate=… key=…]
//            [central_key=… receipts=…] [window=N] [chunk=N] [poll=1] [events=1] [pause_at=KIND]
//            [pause_every=N] [addresses=IP,IP]
// WAY: `send` is quiniela_send_file, `run` is quiniela_agency_run, `step` is a loop around poll(2), `epoll`
// one around epoll(7). Prints each event's kind, if events=1, and at the end "CODE WINNERS" and the winners'
// documents, one a line. With pause_at it waits for a byte from its standard input, or the end of that, at
// the first event of that kind; with pause_every at each N-th one instead.
#include <quiniela.h>

#include <arpa/inet.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

static int count;
static char **given;

// The value of a setting NAME=VALUE; NULL if it is not given.
static const char *value(const char *name) {
    size_t length = strlen(name);
    for (int i = 2; i < count; i++) {
        if (strncmp(given[i], name, length) == 0 && given[i][length] == '=') {
            return given[i] + length + 1;
        }
    }
    return NULL;
}

static uint32_t number(const char *name, uint32_t otherwise) {
    const char *text = value(name);
    return text == NULL ? otherwise : (uint32_t)strtoul(text, NULL, 10);
}

static uint32_t of_the_kind; // events at which it may pause

static void on_event(void *context, const struct quiniela_event *event) {
    (void)context;
    printf("event %d agency %u\n", (int)event->kind, (unsigned)event->agency);
    fflush(stdout);
    if ((uint32_t)event->kind == number("pause_at", 0)) {
        uint32_t every = number("pause_every", 0);
        of_the_kind++;
        if (every == 0 ? of_the_kind == 1 : of_the_kind % every == 0) {
            (void)getchar();
        }
    }
}

// A lookup of its own -------------------------------------------------------------------------------------

static struct {
    struct quiniela_agency *asks; // NULL: nobody
    uint16_t port;
} lookup;

static int start_lookup(void *context, struct quiniela_agency *agency, const char *host, const char *port) {
    (void)context, (void)host;
    lookup.asks = agency;
    lookup.port = (uint16_t)strtoul(port, NULL, 10);
    return 0;
}

static void cancel_lookup(void *context, struct quiniela_agency *agency) {
    (void)context, (void)agency;
    lookup.asks = NULL;
}

// Answers what was asked in the last step.
static void answer_lookup(void) {
    struct sockaddr_in addresses[8];
    struct addrinfo found[8];
    struct quiniela_agency *asks = lookup.asks;
    if (asks == NULL) {
        return;
    }
    memset(addresses, 0, sizeof addresses);
    memset(found, 0, sizeof found);
    size_t many = 0;
    for (const char *text = value("addresses"); text != NULL && many < 8; many++) {
        char one[INET_ADDRSTRLEN] = "";
        size_t length = strcspn(text, ",");
        memcpy(one, text, length < sizeof one ? length : sizeof one - 1);
        addresses[many].sin_family = AF_INET;
        addresses[many].sin_port = htons(lookup.port);
        inet_pton(AF_INET, one, &addresses[many].sin_addr);
        found[many].ai_family = AF_INET;
        found[many].ai_socktype = SOCK_STREAM;
        found[many].ai_addr = (struct sockaddr *)&addresses[many];
        found[many].ai_addrlen = sizeof addresses[many];
        if (many > 0) {
            found[many - 1].ai_next = &found[many];
        }
        text = text[length] == '\0' ? NULL : text + length + 1;
    }
    lookup.asks = NULL;
    quiniela_agency_resolved(asks, 0, found);
}

// The agency ------------------------------------------------------------------------------------------------

static enum quiniela_code set(struct quiniela_options *options) {
    enum quiniela_code code = quiniela_options_set_servers(options, value("servers"));
    code = code == QUINIELA_OK ? quiniela_options_set_consult_servers(options, value("consult")) : code;
    code = code == QUINIELA_OK ? quiniela_options_set_agency(options, number("agency", 1)) : code;
    code = code == QUINIELA_OK ? quiniela_options_set_file(options, value("file")) : code;
    code = code == QUINIELA_OK ? quiniela_options_set_window(options, number("window", 4)) : code;
    code = code == QUINIELA_OK ? quiniela_options_set_chunk_size(options, number("chunk", 1000)) : code;
    code = code == QUINIELA_OK ? quiniela_options_set_poll(options, number("poll", 0) != 0) : code;
    if (code == QUINIELA_OK && value("authority") != NULL) {
        code =
            quiniela_options_set_tls(options, value("certificate"), value("key"), value("authority"), NULL);
    }
    if (code == QUINIELA_OK && value("central_key") != NULL) {
        code = quiniela_options_set_central_key(options, value("central_key"), value("receipts"));
    }
    if (code == QUINIELA_OK && value("addresses") != NULL) {
        struct quiniela_resolver resolver = {sizeof resolver, start_lookup, cancel_lookup, NULL};
        code = quiniela_options_set_resolver(options, &resolver);
    }
    if (code == QUINIELA_OK && number("events", 0) != 0) {
        code = quiniela_options_set_events(options, on_event, NULL);
    }
    return code;
}

static enum quiniela_code step_to_the_end(struct quiniela_agency *agency) {
    while (quiniela_agency_step(agency) == QUINIELA_RUNNING) {
        answer_lookup();
        struct pollfd wanted = {quiniela_agency_fd(agency), 0, 0};
        int wants = quiniela_agency_wants(agency);
        wanted.events =
            (short)((wants & QUINIELA_READ ? POLLIN : 0) | (wants & QUINIELA_WRITE ? POLLOUT : 0));
        poll(&wanted, 1, quiniela_agency_timeout_ms(agency));
    }
    return quiniela_agency_code(agency);
}

// epoll forgets a descriptor that is closed: it is told of each socket once, when its version is another.
static enum quiniela_code step_with_epoll(struct quiniela_agency *agency) {
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    uint64_t version = quiniela_agency_fd_version(agency);
    while (quiniela_agency_step(agency) == QUINIELA_RUNNING) {
        answer_lookup();
        int fd = quiniela_agency_fd(agency), wants = quiniela_agency_wants(agency);
        struct epoll_event event;
        memset(&event, 0, sizeof event);
        event.events = (wants & QUINIELA_READ ? EPOLLIN : 0u) | (wants & QUINIELA_WRITE ? EPOLLOUT : 0u);
        int operation = quiniela_agency_fd_version(agency) == version ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
        if (fd >= 0 && epoll_ctl(epoll, operation, fd, &event) != 0) {
            perror("epoll_ctl");
            break;
        }
        version = quiniela_agency_fd_version(agency);
        (void)epoll_wait(epoll, &event, 1, quiniela_agency_timeout_ms(agency));
    }
    close(epoll);
    return quiniela_agency_code(agency);
}

static enum quiniela_code play(const char *way, struct quiniela_options *options,
                               struct quiniela_agency **agency) {
    enum quiniela_code code = set(options);
    if (code != QUINIELA_OK) {
        return code;
    }
    if (strcmp(way, "send") == 0) {
        return quiniela_send_file(options, NULL, agency);
    }
    code = quiniela_agency_new(options, agency);
    if (code != QUINIELA_OK) {
        return code;
    }
    if (strcmp(way, "epoll") == 0) {
        return step_with_epoll(*agency);
    }
    return strcmp(way, "run") == 0 ? quiniela_agency_run(*agency) : step_to_the_end(*agency);
}

int main(int argc, char **argv) {
    count = argc;
    given = argv;
    struct quiniela_options *options = argc < 2 ? NULL : quiniela_options_new(NULL);
    if (options == NULL) {
        return 2;
    }
    struct quiniela_agency *agency = NULL;
    enum quiniela_code code = play(argv[1], options, &agency);
    if (code == QUINIELA_OK) {
        printf("%s %llu\n", quiniela_code_name(code),
               (unsigned long long)quiniela_agency_winner_count(agency));
        for (const char *document = quiniela_agency_winners(agency, NULL); *document != '\0';) {
            size_t length = strcspn(document, ",");
            printf("%.*s\n", (int)length, document);
            document += length + (document[length] == ',');
        }
    } else {
        printf("%s: %s\n", quiniela_code_name(code),
               agency == NULL ? quiniela_options_error(options) : quiniela_agency_error(agency));
    }
    quiniela_agency_free(agency);
    quiniela_options_free(options);
    return code == QUINIELA_OK ? 0 : 1;
}
