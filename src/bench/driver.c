#include "bench/driver.h"

#include "agency/limits.h"
#include "bench/sender.h"
#include "bench/steady.h"
#include "bet/errors.h"
#include "bet/limits.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <unistd.h>

static const uint64_t second_ns = 1000000000;

enum {
    EVENTS_AT_ONCE = 256,
    WAIT_MS_MAX = 100,      // how soon an interruption is seen
    SILENCE_MS_MAX = 60000, // without any answer the run has failed
    TICK_MS = 200,
    TIMER_SLACK_NS = 1000, // the kernel's default of 50 µs would show in the latencies of paced chunks
};

static atomic_bool interrupted;

// What the threads share.
struct driver {
    const struct driver_options *options;
    struct driver_result *result;
    uint64_t start_ns;
    atomic_uint_fast64_t acknowledged;
    atomic_bool stopping; // one thread has failed: the others need not go on
    pthread_mutex_t mutex;
    pthread_cond_t ended;
    uint32_t running; // threads
};

struct driver_thread {
    struct driver *driver;
    pthread_t thread;
    struct sender *senders;
    uint32_t sender_count, senders_done;
    struct sender_shared shared;
    int epoll;
    uint64_t ended_ns;
    bool failed;
    struct error error;
};

void driver_interrupt(void) {
    interrupted = 1;
}

bool driver_interrupted(void) {
    return interrupted != 0;
}

void driver_result_free(struct driver_result *result) {
    free(result->marks_ns);
    result->marks_ns = NULL;
}

// Sending -------------------------------------------------------------------------------------------------

// Counts acknowledged bets, and notes the time when they make another million full.
static void count_bets(struct driver *driver, uint64_t bets) {
    uint64_t before = atomic_fetch_add(&driver->acknowledged, bets);
    for (uint64_t mark = before / DRIVER_MARK_BETS + 1; mark * DRIVER_MARK_BETS <= before + bets; mark++) {
        driver->result->marks_ns[mark - 1] = steady_ns() - driver->start_ns;
        driver->options->marked(driver->options->context, mark);
    }
}

static bool watch(struct driver_thread *thread, struct sender *sender, int operation) {
    struct epoll_event event = {.events = EPOLLIN | (sender->blocked ? (uint32_t)EPOLLOUT : 0),
                                .data.ptr = sender};
    return epoll_ctl(thread->epoll, operation, sender->descriptor, &event) == 0 ||
           error_set_system(&thread->error, errno, "epoll_ctl");
}

// Writes what the sender may write, and watches for the kernel to take more only while it must.
static bool write_some(struct driver_thread *thread, struct sender *sender) {
    bool was_blocked = sender->blocked;
    if (!sender_write(sender, &thread->shared, &thread->error)) {
        return false;
    }
    return sender->blocked == was_blocked || watch(thread, sender, EPOLL_CTL_MOD);
}

static bool handle_event(struct driver_thread *thread, const struct epoll_event *event) {
    struct sender *sender = event->data.ptr;
    uint64_t bets = 0;
    if ((event->events & ~(uint32_t)EPOLLOUT) != 0) {
        bool was_done = sender_done(sender);
        if (!sender_read(sender, &thread->shared, &bets, &thread->error)) {
            return false;
        }
        thread->senders_done += !was_done && sender_done(sender);
        count_bets(thread->driver, bets);
    }
    return write_some(thread, sender);
}

// How long to wait for an event: until the next chunk is due, but not so long that an interruption goes
// unseen.
static struct timespec time_to_wait(const struct driver_thread *thread) {
    uint64_t longest_ns = (uint64_t)WAIT_MS_MAX * 1000000;
    uint64_t now_ns = steady_ns();
    uint64_t wait_ns = longest_ns;
    for (uint32_t i = 0; thread->shared.chunk_interval_ns > 0 && i < thread->sender_count; i++) {
        uint64_t due_ns = sender_due_ns(&thread->senders[i], &thread->shared);
        if (due_ns != UINT64_MAX) {
            uint64_t until_ns = due_ns > now_ns ? due_ns - now_ns : 0;
            wait_ns = until_ns < wait_ns ? until_ns : wait_ns;
        }
    }
    return (struct timespec){.tv_sec = 0, .tv_nsec = (long)wait_ns};
}

static bool write_all_due(struct driver_thread *thread) {
    for (uint32_t i = 0; i < thread->sender_count; i++) {
        if (!thread->senders[i].blocked && !write_some(thread, &thread->senders[i])) {
            return false;
        }
    }
    return true;
}

static bool handle_events(struct driver_thread *thread, const struct epoll_event *events, int count) {
    for (int i = 0; i < count; i++) {
        if (!handle_event(thread, &events[i])) {
            return false;
        }
    }
    return thread->shared.chunk_interval_ns == 0 || write_all_due(thread);
}

static bool waits_for_answers(const struct driver_thread *thread) {
    for (uint32_t i = 0; i < thread->sender_count; i++) {
        if (thread->senders[i].flight_count > 0) {
            return true;
        }
    }
    return false;
}

static bool check_still_good(struct driver_thread *thread, uint64_t answered_ns) {
    if (driver_interrupted()) {
        return error_set(&thread->error, ERROR_SHUTTING_DOWN, "interrupted");
    }
    if (steady_ns() - answered_ns > (uint64_t)SILENCE_MS_MAX * 1000000 && waits_for_answers(thread)) {
        return error_set(&thread->error, ERROR_NETWORK, "the central has not answered for %d s",
                         SILENCE_MS_MAX / 1000);
    }
    return true;
}

static bool send_everything(struct driver_thread *thread) {
    for (uint32_t i = 0; i < thread->sender_count; i++) {
        thread->senders_done += sender_done(&thread->senders[i]);
        if (!watch(thread, &thread->senders[i], EPOLL_CTL_ADD)) {
            return false;
        }
    }
    if (!write_all_due(thread)) {
        return false;
    }
    struct epoll_event events[EVENTS_AT_ONCE];
    uint64_t answered_ns = steady_ns();
    while (thread->senders_done < thread->sender_count && !atomic_load(&thread->driver->stopping)) {
        struct timespec wait = time_to_wait(thread);
        int count = epoll_pwait2(thread->epoll, events, EVENTS_AT_ONCE, &wait, NULL);
        if (count < 0 && errno != EINTR) {
            return error_set_system(&thread->error, errno, "epoll_pwait2");
        }
        answered_ns = count > 0 ? steady_ns() : answered_ns;
        if (!check_still_good(thread, answered_ns) || !handle_events(thread, events, count)) {
            return false;
        }
    }
    return true;
}

// One thread less is running.
static void leave(struct driver *driver) {
    pthread_mutex_lock(&driver->mutex);
    driver->running--;
    pthread_cond_signal(&driver->ended);
    pthread_mutex_unlock(&driver->mutex);
}

static void *run_thread(void *context) {
    struct driver_thread *thread = context;
    struct driver *driver = thread->driver;
    prctl(PR_SET_TIMERSLACK, TIMER_SLACK_NS);
    thread->failed = !send_everything(thread);
    thread->ended_ns = steady_ns();
    if (thread->failed) {
        atomic_store(&driver->stopping, true);
    }
    leave(driver);
    return NULL;
}

// Putting it together -------------------------------------------------------------------------------------

static int connect_agency(const struct driver_options *options, struct error *error) {
    int descriptor = socket(options->address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0) {
        error_set_system(error, errno, "cannot make a socket");
        return -1;
    }
    const int on = 1;
    setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on); // without it it is only slower
    if (connect(descriptor, (const struct sockaddr *)&options->address, options->address_length) != 0) {
        error_set_system(error, errno, "cannot connect to the central");
        close(descriptor);
        return -1;
    }
    return descriptor;
}

// Shakes hands as that agency, and has the descriptor not block from then on.
static bool make_secure(const struct driver_options *options, int descriptor, uint32_t agency,
                        struct secure **secure, struct error *error) {
    *secure = NULL;
    return (options->tls == NULL || secure_begin(descriptor, options->tls[agency], secure, error)) &&
           (fcntl(descriptor, F_SETFL, O_NONBLOCK) == 0 ||
            error_set_system(error, errno, "cannot have a socket not block"));
}

static bool prepare_shared(struct driver_thread *thread, struct error *error) {
    const struct driver_options *options = thread->driver->options;
    struct sender_shared *shared = &thread->shared;
    shared->payload = options->payload;
    shared->chunk_size = options->chunk_size;
    shared->window = options->window;
    shared->prepared = options->prepared;
    shared->positions = options->positions;
    shared->finish = options->finish;
    if (options->rate > 0) {
        double chunks_per_second = (double)options->rate / options->chunk_size;
        shared->chunk_interval_ns = (double)second_ns / chunks_per_second * options->agencies;
    }
    shared->decoder = message_decoder_new();
    shared->chunk = chunk_new(options->chunk_size, (size_t)options->chunk_size * BET_TEXT_BYTES_MAX);
    thread->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (shared->decoder == NULL || shared->chunk == NULL || thread->epoll < 0) {
        return error_set(error, ERROR_NO_MEMORY, "no memory or no descriptor for a thread");
    }
    return true;
}

// Connects the agencies that fall to thread `index`: every `threads`-th one.
static bool prepare_thread(struct driver_thread *thread, uint32_t index, struct error *error) {
    assert(thread->driver != NULL);
    const struct driver_options *options = thread->driver->options;
    if (!prepare_shared(thread, error)) {
        return false;
    }
    uint32_t room = (options->agencies - index + options->threads - 1) / options->threads;
    thread->senders = calloc(room, sizeof *thread->senders);
    if (thread->senders == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for %" PRIu32 " agencies", room);
    }
    for (uint32_t agency = index; agency < options->agencies; agency += options->threads) {
        int descriptor = driver_interrupted() ? -1 : connect_agency(options, error);
        if (descriptor < 0) {
            return driver_interrupted() ? error_set(error, ERROR_SHUTTING_DOWN, "interrupted") : false;
        }
        struct secure *secure;
        if (!make_secure(options, descriptor, agency, &secure, error)) {
            secure_end(secure);
            close(descriptor);
            return false;
        }
        uint64_t share = options->bets / options->agencies, rest = options->bets % options->agencies;
        uint64_t place = share * agency + (agency < rest ? agency : rest);
        struct sender *sender = &thread->senders[thread->sender_count++];
        sender_init(sender, &thread->shared, descriptor, secure, agency + 1, share + (agency < rest), place);
        sender->offset_ns = thread->shared.chunk_interval_ns / options->agencies * agency;
    }
    return true;
}

static void end_thread(struct driver_thread *thread) {
    for (uint32_t i = 0; i < thread->sender_count; i++) {
        sender_end(&thread->senders[i]);
    }
    free(thread->senders);
    chunk_free(thread->shared.chunk);
    message_decoder_free(thread->shared.decoder);
    if (thread->epoll >= 0) {
        close(thread->epoll);
    }
}

// Waits until every thread has ended, ticking.
static void wait_for_threads(struct driver *driver) {
    pthread_mutex_lock(&driver->mutex);
    while (driver->running > 0) {
        uint64_t until_ns = steady_ns() + (uint64_t)TICK_MS * 1000000;
        struct timespec until = {(time_t)(until_ns / second_ns), (long)(until_ns % second_ns)};
        pthread_cond_clockwait(&driver->ended, &driver->mutex, CLOCK_MONOTONIC, &until);
        pthread_mutex_unlock(&driver->mutex);
        driver->options->tick(driver->options->context, atomic_load(&driver->acknowledged),
                              steady_ns() - driver->start_ns);
        pthread_mutex_lock(&driver->mutex);
    }
    pthread_mutex_unlock(&driver->mutex);
}

static bool start_threads(struct driver *driver, struct driver_thread *threads, struct error *error) {
    uint32_t wanted = driver->options->threads;
    bool good = true;
    driver->start_ns = steady_ns();
    for (uint32_t i = 0; i < wanted && good; i++) {
        threads[i].shared.start_ns = driver->start_ns;
        pthread_mutex_lock(&driver->mutex);
        driver->running++;
        pthread_mutex_unlock(&driver->mutex);
        int failure = pthread_create(&threads[i].thread, NULL, run_thread, &threads[i]);
        if (failure != 0) {
            good = error_set_system(error, failure, "cannot start a thread");
            leave(driver);
            atomic_store(&driver->stopping, true);
            wanted = i;
        }
    }
    wait_for_threads(driver);
    for (uint32_t i = 0; i < wanted; i++) {
        pthread_join(threads[i].thread, NULL);
    }
    return good;
}

static bool gather(struct driver *driver, struct driver_thread *threads, struct error *error) {
    struct driver_result *result = driver->result;
    for (uint32_t i = 0; i < driver->options->threads; i++) {
        if (threads[i].failed) {
            *error = threads[i].error;
            return false;
        }
        histogram_merge(&result->ack_ns, &threads[i].shared.ack_ns);
        result->text_bytes += threads[i].shared.text_bytes;
        result->ended_ns = threads[i].ended_ns > result->ended_ns ? threads[i].ended_ns : result->ended_ns;
    }
    result->bets = atomic_load(&driver->acknowledged);
    result->chunks = result->ack_ns.count;
    result->elapsed_ns = result->ended_ns - driver->start_ns;
    result->marks = result->bets / DRIVER_MARK_BETS;
    return true;
}

static bool run(struct driver *driver, struct driver_thread *threads, struct error *error) {
    for (uint32_t i = 0; i < driver->options->threads; i++) {
        if (!prepare_thread(&threads[i], i, error)) {
            return false;
        }
    }
    return start_threads(driver, threads, error) && gather(driver, threads, error);
}

bool driver_run(const struct driver_options *options, struct driver_result *result, struct error *error) {
    assert(options->threads >= 1 && options->threads <= options->agencies && options->window <= WINDOW_MAX &&
           options->payload->count >= options->chunk_size);
    *result = (struct driver_result){0};
    struct driver driver = {.options = options, .result = result};
    result->marks_ns = calloc(options->bets / DRIVER_MARK_BETS + 1, sizeof *result->marks_ns);
    struct driver_thread *threads = calloc(options->threads, sizeof *threads);
    if (result->marks_ns == NULL || threads == NULL) {
        free(threads);
        return error_set(error, ERROR_NO_MEMORY, "no memory for the threads");
    }
    for (uint32_t i = 0; i < options->threads; i++) {
        threads[i].driver = &driver;
        threads[i].epoll = -1;
    }
    pthread_mutex_init(&driver.mutex, NULL);
    pthread_cond_init(&driver.ended, NULL);
    bool done = run(&driver, threads, error);
    for (uint32_t i = 0; i < options->threads; i++) {
        end_thread(&threads[i]);
    }
    pthread_cond_destroy(&driver.ended);
    pthread_mutex_destroy(&driver.mutex);
    free(threads);
    return done;
}
