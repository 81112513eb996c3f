// `live` is answered at once, without the ledger's thread: also while that waits for its store.
#include "control/words_live.h"

#include "base/clock.h"
#include "control/silence.h"
#include "control/words_put.h"
#include "ledger/pulse.h"
#include "ledger/worker.h"

#include <time.h>
#include <unistd.h>

static bool begin_live(struct control_order *order, struct error *error) {
    const char *among = control_line_value(&order->line, "among");
    struct silence ignored;
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
    if (among != NULL && silence_look(pulse, among, &silence, &ignored)) {
        put_silence(&silence, writer);
    }
}

const struct control_word word_live = {
    .name = "live", .keys = {"among"}, .begin = begin_live, .answer = answer_live};
