#include "bench/worker.h"

#include "agency/limits.h"
#include "base/clock.h"
#include "bench/interrupt.h"
#include "bet/errors.h"
#include "stream/tcp.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

enum {
    EVENTS_AT_ONCE = 256,
    WAIT_MS_MAX = 100,      // how soon an interruption is noticed
    SILENCE_MS_MAX = 60000, // without any answer the run has failed
};

void worker_init(struct worker *worker, struct run *run) {
    *worker = (struct worker){.run = run, .epoll = -1};
}

// Connecting ----------------------------------------------------------------------------------------------

static int connect_agency(const struct driver_options *options, struct error *error) {
    int descriptor = socket(options->address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0) {
        error_set_system(error, errno, "cannot make a socket");
        return -1;
    }
    tcp_set_options(descriptor, &(struct tcp_options){.nodelay = true});
    if (connect(descriptor, (const struct sockaddr *)&options->address, options->address_length) != 0) {
        error_set_system(error, errno, "cannot connect to the central");
        close(descriptor);
        return -1;
    }
    return descriptor;
}

static bool prepare_shared(struct worker *worker, struct error *error) {
    const struct driver_options *options = worker->run->options;
    struct sender_shared *shared = &worker->shared;
    shared->payload = options->payload;
    shared->chunk_size = options->chunk_size;
    shared->window = options->window;
    shared->prepared = options->prepared;
    shared->positions = options->positions;
    shared->finish = options->finish;
    shared->receipts = options->receipts;
    if (options->rate > 0) {
        double chunks_per_second = (double)options->rate / options->chunk_size;
        shared->chunk_interval_ns = (double)CLOCK_SECOND_NS / chunks_per_second * options->agencies;
    }
    shared->decoder = message_decoder_new();
    worker->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (shared->decoder == NULL || worker->epoll < 0) {
        return error_set(error, ERROR_NO_MEMORY, "no memory or no descriptor for a thread");
    }
    return true;
}

// Connects the agency at `index` among all agencies, counted from 0; its sender is non-blocking from then
// on.
static bool add_sender(struct worker *worker, uint32_t index, struct error *error) {
    const struct driver_options *options = worker->run->options;
    if (bench_interrupted()) {
        return error_set(error, ERROR_SHUTTING_DOWN, "interrupted");
    }
    int descriptor = connect_agency(options, error);
    if (descriptor < 0) {
        return false;
    }
    uint64_t share = options->bets / options->agencies, rest = options->bets % options->agencies;
    uint64_t place = share * index + (index < rest ? index : rest);
    struct sender *sender = &worker->senders[worker->sender_count++];
    sender_init(sender, &worker->shared, index + 1, share + (index < rest), place);
    sender->offset_ns = worker->shared.chunk_interval_ns / options->agencies * index;
    struct tls_context *tls = options->tls == NULL ? NULL : options->tls[index];
    return channel_open(&sender->channel, descriptor, tls, error) &&
           (fcntl(descriptor, F_SETFL, O_NONBLOCK) == 0 ||
            error_set_system(error, errno, "cannot make a socket non-blocking"));
}

bool worker_prepare(struct worker *worker, uint32_t index, struct error *error) {
    const struct driver_options *options = worker->run->options;
    if (!prepare_shared(worker, error)) {
        return false;
    }
    uint32_t room = (options->agencies - index + options->threads - 1) / options->threads;
    worker->senders = calloc(room, sizeof *worker->senders);
    if (worker->senders == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for %" PRIu32 " agencies", room);
    }
    for (uint32_t agency = index; agency < options->agencies; agency += options->threads) {
        if (!add_sender(worker, agency, error)) {
            return false;
        }
    }
    return true;
}

// Sending -------------------------------------------------------------------------------------------------

// Counts acknowledged bets, and notes the time when they complete another million.
static void count_bets(struct run *run, uint64_t bets) {
    uint64_t before = atomic_fetch_add(&run->acknowledged, bets);
    for (uint64_t mark = before / DRIVER_MARK_BETS + 1; mark * DRIVER_MARK_BETS <= before + bets; mark++) {
        run->marks_ns[mark - 1] = clock_steady_ns() - run->start_ns;
        run->options->marked(run->options->context, mark);
    }
}

static bool watch(struct worker *worker, struct sender *sender, int operation, struct error *error) {
    struct epoll_event event = {.events = EPOLLIN | (sender->blocked ? (uint32_t)EPOLLOUT : 0),
                                .data.ptr = sender};
    return epoll_ctl(worker->epoll, operation, sender->channel.descriptor, &event) == 0 ||
           error_set_system(error, errno, "epoll_ctl");
}

// Writes as much as the sender may write now. Waits for the kernel to take more only while that is needed.
static bool write_some(struct worker *worker, struct sender *sender, struct error *error) {
    bool was_blocked = sender->blocked;
    if (!sender_write(sender, &worker->shared, error)) {
        return false;
    }
    return sender->blocked == was_blocked || watch(worker, sender, EPOLL_CTL_MOD, error);
}

static bool handle_event(struct worker *worker, const struct epoll_event *event, struct error *error) {
    struct sender *sender = event->data.ptr;
    uint64_t bets = 0;
    if ((event->events & ~(uint32_t)EPOLLOUT) != 0) {
        bool was_done = sender_done(sender);
        if (!sender_read(sender, &worker->shared, &bets, error)) {
            return false;
        }
        worker->senders_done += !was_done && sender_done(sender);
        count_bets(worker->run, bets);
    }
    return write_some(worker, sender, error);
}

// How long to wait for an event: until the next chunk is due, but not so long that an interruption goes
// unnoticed.
static struct timespec time_to_wait(const struct worker *worker) {
    uint64_t longest_ns = (uint64_t)WAIT_MS_MAX * 1000000;
    uint64_t now_ns = clock_steady_ns();
    uint64_t wait_ns = longest_ns;
    for (uint32_t i = 0; worker->shared.chunk_interval_ns > 0 && i < worker->sender_count; i++) {
        uint64_t due_ns = sender_due_ns(&worker->senders[i], &worker->shared);
        if (due_ns != UINT64_MAX) {
            uint64_t until_ns = due_ns > now_ns ? due_ns - now_ns : 0;
            wait_ns = until_ns < wait_ns ? until_ns : wait_ns;
        }
    }
    return (struct timespec){.tv_sec = 0, .tv_nsec = (long)wait_ns};
}

static bool write_all_due(struct worker *worker, struct error *error) {
    for (uint32_t i = 0; i < worker->sender_count; i++) {
        if (!worker->senders[i].blocked && !write_some(worker, &worker->senders[i], error)) {
            return false;
        }
    }
    return true;
}

static bool handle_events(struct worker *worker, const struct epoll_event *events, int count,
                          struct error *error) {
    for (int i = 0; i < count; i++) {
        if (!handle_event(worker, &events[i], error)) {
            return false;
        }
    }
    return worker->shared.chunk_interval_ns == 0 || write_all_due(worker, error);
}

static bool waits_for_answers(const struct worker *worker) {
    for (uint32_t i = 0; i < worker->sender_count; i++) {
        if (worker->senders[i].flight_count > 0) {
            return true;
        }
    }
    return false;
}

static bool check_still_good(struct worker *worker, uint64_t answered_ns, struct error *error) {
    if (bench_interrupted()) {
        return error_set(error, ERROR_SHUTTING_DOWN, "interrupted");
    }
    if (clock_steady_ns() - answered_ns > (uint64_t)SILENCE_MS_MAX * 1000000 && waits_for_answers(worker)) {
        return error_set(error, ERROR_NETWORK, "the central has not answered for %d s",
                         SILENCE_MS_MAX / 1000);
    }
    return true;
}

bool worker_run(struct worker *worker, struct error *error) {
    worker->shared.start_ns = worker->run->start_ns;
    for (uint32_t i = 0; i < worker->sender_count; i++) {
        worker->senders_done += sender_done(&worker->senders[i]);
        if (!watch(worker, &worker->senders[i], EPOLL_CTL_ADD, error)) {
            return false;
        }
    }
    if (!write_all_due(worker, error)) {
        return false;
    }
    struct epoll_event events[EVENTS_AT_ONCE];
    uint64_t answered_ns = clock_steady_ns();
    while (worker->senders_done < worker->sender_count && !atomic_load(&worker->run->stopping)) {
        struct timespec wait = time_to_wait(worker);
        int count = epoll_pwait2(worker->epoll, events, EVENTS_AT_ONCE, &wait, NULL);
        if (count < 0 && errno != EINTR) {
            return error_set_system(error, errno, "epoll_pwait2");
        }
        answered_ns = count > 0 ? clock_steady_ns() : answered_ns;
        if (!check_still_good(worker, answered_ns, error) || !handle_events(worker, events, count, error)) {
            return false;
        }
    }
    return true;
}

void worker_end(struct worker *worker) {
    for (uint32_t i = 0; i < worker->sender_count; i++) {
        sender_end(&worker->senders[i]);
    }
    free(worker->senders);
    message_decoder_free(worker->shared.decoder);
    if (worker->epoll >= 0) {
        close(worker->epoll);
    }
}
