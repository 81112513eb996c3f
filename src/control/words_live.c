// `live` is answered at once, without the ledger's thread: also while that waits for its store.
#include "control/words_live.h"

#include "base/clock.h"
#include "control/silence.h"
#include "control/words_put.h"
#include "ledger/notice.h"
#include "ledger/pulse.h"
#include "ledger/worker.h"

#include <string.h>
#include <time.h>
#include <unistd.h>

enum { HEARD_MAX = 2000 }; // of one answer

static bool begin_live(struct control_order *order, struct error *error) {
    const char *among = control_line_value(&order->line, "among");
    const char *heard = control_line_value(&order->line, "heard");
    struct silence ignored;
    if (heard != NULL && (strcmp(heard, "1") != 0 || among == NULL)) {
        return error_set(error, ERROR_BAD_ORDER, "heard: it can only be 1, beside among");
    }
    return among == NULL || silence_look(NULL, among, &ignored, error);
}

static void put_heard_at(struct json_writer *writer, uint32_t ago_s) {
    char text[CLOCK_TEXT_BYTES];
    clock_utc_text_ago(ago_s, text);
    json_put_text(writer, "heard_at", text);
    json_put_number(writer, "silent_s", ago_s);
}

static void put_silence(const struct silence *silence, struct json_writer *writer) {
    json_put_number(writer, "never_heard", silence->never);
    json_put_number(writer, "quiet", silence->quiet);
    json_begin_list(writer, "silent");
    for (size_t i = 0; i < silence->count; i++) {
        const struct silent *silent = &silence->longest[i];
        json_begin(writer, NULL);
        json_put_number(writer, "agency", silent->agency);
        if (silent->for_s == PULSE_NEVER) {
            json_put_null(writer, "heard_at");
            json_put_null(writer, "silent_s");
        } else {
            put_heard_at(writer, silent->for_s);
        }
        json_end(writer);
    }
    json_end_list(writer);
}

// Of several servers whoever asks puts together from this who is silent at all of them.
struct heard {
    struct json_writer *writer;
    size_t count;
    bool more;
};

static bool put_one_heard(void *context, const struct silent *silent) {
    struct heard *heard = context;
    heard->more = heard->count++ == HEARD_MAX;
    if (!heard->more) {
        json_begin(heard->writer, NULL);
        json_put_number(heard->writer, "agency", silent->agency);
        json_put_number(heard->writer, "silent_s", silent->for_s);
        json_end(heard->writer);
    }
    return !heard->more;
}

static void put_heard(const struct pulse *pulse, const char *among, struct json_writer *writer) {
    struct heard heard = {.writer = writer};
    json_begin_list(writer, "heard");
    silence_heard(pulse, among, put_one_heard, &heard);
    json_end_list(writer);
    json_put_bool(writer, "more_heard", heard.more);
}

static void put_failure(struct notice *notice, struct json_writer *writer) {
    char text[ERROR_TEXT_BYTES] = "";
    if (notice != NULL) {
        notice_failure(notice, text);
    }
    if (text[0] != '\0') {
        json_put_text(writer, "seal_fails", text);
    }
}

static void answer_live(const struct control_order *order, struct json_writer *writer) {
    const struct control_options *options = &order->control->options;
    const struct control_facts *facts = &options->facts;
    const struct pulse *pulse = worker_pulse(order->control->worker);
    const char *among = control_line_value(&order->line, "among");
    struct silence silence;
    struct error ignored;
    words_put_server(facts, writer);
    json_put_text(writer, "version", facts->version);
    json_put_number(writer, "pid", (uint64_t)getpid());
    json_put_text(writer, "since", order->control->since);
    json_put_number(writer, "up_s", pulse_age_s(pulse));
    json_put_number(writer, "connections", options->connections(options->context));
    json_put_number(writer, "bets_10s", pulse_bets(pulse, 10));
    json_put_number(writer, "bets_60s", pulse_bets(pulse, 60));
    json_put_number(writer, "busy_ms", pulse_busy_ms(pulse));
    json_put_bool(writer, "store_fails", pulse_store_fails(pulse));
    put_failure(worker_notice(order->control->worker), writer);
    if (among != NULL && silence_look(pulse, among, &silence, &ignored)) {
        put_silence(&silence, writer);
    }
    if (control_line_value(&order->line, "heard") != NULL) {
        put_heard(pulse, among, writer);
    }
}

const struct control_word word_live = {
    .name = "live", .keys = {"among", "heard"}, .begin = begin_live, .answer = answer_live};
