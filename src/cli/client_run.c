#include "cli/client_run.h"

#include "base/log.h"
#include "base/signals.h"
#include "cli/progress.h"
#include "link/name_search.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>
#include <uv.h>

// What is waited for.
enum waited { AGENCY, SIGNALS, NAMES, WAITED };

struct run {
    struct quiniela_agency *agency;
    struct listener log;
    int signals;                // a descriptor
    struct name_search *search; // of a server's name; NULL: none is under way
};

// Names ---------------------------------------------------------------------------------------------------

static int start_search(void *context, struct quiniela_agency *agency, const char *host, const char *port) {
    (void)agency;
    struct run *run = context;
    run->search = name_search_start(host, port);
    return run->search == NULL;
}

static void cancel_search(void *context, struct quiniela_agency *agency) {
    (void)agency;
    struct run *run = context;
    struct addrinfo *found;
    (void)name_search_end(run->search, &found);
    run->search = NULL;
    uv_freeaddrinfo(found);
}

// libuv's code as getaddrinfo's, which it was.
static int failure_of(int code) {
    static const struct {
        int code, failure;
    } failures[] = {
        {0, 0},
        {UV_EAI_NONAME, EAI_NONAME},
        {UV_EAI_NODATA, EAI_NODATA},
        {UV_EAI_AGAIN, EAI_AGAIN},
        {UV_EAI_FAIL, EAI_FAIL},
        {UV_EAI_MEMORY, EAI_MEMORY},
        {UV_EAI_FAMILY, EAI_FAMILY},
        {UV_EAI_SERVICE, EAI_SERVICE},
        {UV_EAI_SOCKTYPE, EAI_SOCKTYPE},
    };
    for (size_t i = 0; i < sizeof failures / sizeof *failures; i++) {
        if (failures[i].code == code) {
            return failures[i].failure;
        }
    }
    errno = -code;
    return EAI_SYSTEM;
}

static void take_names(struct run *run) {
    struct addrinfo *found;
    int failure = name_search_end(run->search, &found);
    run->search = NULL;
    quiniela_agency_resolved(run->agency, failure_of(failure), found);
    uv_freeaddrinfo(found);
}

// Running -------------------------------------------------------------------------------------------------

static void take_signal(struct run *run) {
    int number = signals_take(run->signals, NULL);
    if (number != 0) {
        log_hurry();
        log_event(LOG_LEVEL_INFO, "signal_received", LOG_SUCCESS, "signal: %s", signals_name(number));
        quiniela_agency_stop(run->agency);
    }
}

static void wait(struct run *run) {
    int wants = quiniela_agency_wants(run->agency);
    struct pollfd waited[WAITED] = {
        [AGENCY] = {.fd = quiniela_agency_fd(run->agency)},
        [SIGNALS] = {.fd = run->signals, .events = POLLIN},
        [NAMES] = {.fd = run->search == NULL ? -1 : name_search_descriptor(run->search), .events = POLLIN},
    };
    waited[AGENCY].events =
        (short)((wants & QUINIELA_READ ? POLLIN : 0) | (wants & QUINIELA_WRITE ? POLLOUT : 0));
    if (poll(waited, WAITED, quiniela_agency_timeout_ms(run->agency)) <= 0) {
        return;
    }
    if (waited[NAMES].revents != 0) {
        take_names(run);
    }
    if (waited[SIGNALS].revents != 0) {
        take_signal(run);
    }
}

// The bar is for the sending: it begins once the file is known to be good.
static void on_event(void *context, const struct quiniela_event *event) {
    const struct run *run = context;
    if (event->kind == QUINIELA_EVENT_CHECKED) {
        progress_begin(event->agency);
    }
    run->log.event(run->log.context, event);
}

static bool make(struct run *run, struct agency_setup *setup, struct error *error) {
    struct agency_setup own = *setup;
    own.listener = (struct listener){on_event, run};
    own.resolver = (struct quiniela_resolver){sizeof own.resolver, start_search, cancel_search, run};
    own.forgets_winners = true; // they were printed, or written
    run->log = setup->listener;
    run->signals = signals_open(error);
    if (run->signals < 0 || !agency_make(&own, &run->agency, error)) {
        log_event(LOG_LEVEL_ERROR, "start_client", LOG_FAIL, "error: %s | message: %s",
                  error_name(error->code), error->text);
        return false;
    }
    setup->dialogue.reader = NULL;
    setup->dialogue.single = NULL;
    setup->dialogue.promises = NULL;
    setup->tls = NULL;
    return true;
}

static bool take_end(const struct quiniela_agency *agency, struct client_end *end) {
    end->bad_lines = quiniela_agency_bad_lines(agency);
    end->error = agency->error;
    return agency->code == QUINIELA_OK || agency->code == QUINIELA_STOPPED;
}

bool client_run(struct agency_setup *setup, struct client_end *end) {
    struct run run = {.signals = -1};
    bool is_checked = setup->dialogue.reader != NULL && reader_can_check(setup->dialogue.reader);
    bool is_done = false;
    *end = (struct client_end){0};
    if (make(&run, setup, &end->error)) {
        if (!is_checked) {
            progress_begin(setup->dialogue.agency);
        }
        while (quiniela_agency_step(run.agency) == QUINIELA_RUNNING) {
            wait(&run);
        }
        progress_end();
        is_done = take_end(run.agency, end);
        quiniela_agency_free(run.agency);
    }
    if (run.signals >= 0) {
        close(run.signals);
    }
    return is_done;
}
