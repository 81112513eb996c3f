#include "board/metrics_text.h"

#include "base/clock.h"
#include "base/utf8.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

enum { NAME_BYTES = 128 };

// In a help text a line break and a backslash are escaped; in a label's value a quote, too.
static void put_escaped(FILE *out, const char *text, bool is_label) {
    size_t length = strlen(text);
    for (size_t at = 0, bytes; at < length; at += bytes) {
        uint32_t character;
        bytes = utf8_character(text + at, length - at, &character);
        if (bytes == 0) {
            bytes = 1;
            fputc('?', out);
        } else if (character == '\n') {
            fputs("\\n", out);
        } else if (character == '\\' || (is_label && character == '"')) {
            fprintf(out, "\\%c", (int)character);
        } else {
            fwrite(text + at, 1, bytes, out);
        }
    }
}

void metrics_begin(FILE *out, const char *name, const char *type, const char *help) {
    fprintf(out, "# HELP %s ", name);
    put_escaped(out, help, false);
    fprintf(out, "\n# TYPE %s %s\n", name, type);
}

static void put_labels(FILE *out, const struct metrics_label *labels) {
    size_t count = 0;
    for (; labels != NULL && count < METRICS_LABELS_MAX && labels[count].name != NULL; count++) {
        fprintf(out, "%s%s=\"", count == 0 ? "{" : ",", labels[count].name);
        put_escaped(out, labels[count].value, true);
        fputc('"', out);
    }
    fputs(count > 0 ? "} " : " ", out);
}

void metrics_whole(FILE *out, const char *name, const struct metrics_label *labels, int64_t value) {
    fputs(name, out);
    put_labels(out, labels);
    fprintf(out, "%" PRId64 "\n", value);
}

void metrics_sample(FILE *out, const char *name, const struct metrics_label *labels, double value) {
    fputs(name, out);
    put_labels(out, labels);
    fprintf(out, "%.3f\n", value);
}

void metrics_gauge(FILE *out, const char *name, const char *help, int64_t value) {
    metrics_begin(out, name, "gauge", help);
    metrics_whole(out, name, NULL, value);
}

// Seconds, without a loss. No bound is shorter than ten microseconds.
static void put_bound(char text[32], uint64_t ns) {
    int length =
        snprintf(text, 32, "%" PRIu64 ".%05" PRIu64, ns / CLOCK_SECOND_NS, ns % CLOCK_SECOND_NS / 10000);
    while (text[length - 1] == '0') {
        text[--length] = '\0';
    }
    if (text[length - 1] == '.') {
        text[length - 1] = '\0';
    }
}

static void put_histogram(FILE *out, const char *name, const struct counter *counter) {
    struct histogram_total total = counter_read_histogram(counter);
    char bound[32];
    for (size_t i = 0; i < HISTOGRAM_BOUNDS; i++) {
        put_bound(bound, counter_bounds_ns[i]);
        fprintf(out, "%s_bucket{le=\"%s\"} %" PRIu64 "\n", name, bound, total.up_to[i]);
    }
    fprintf(out, "%s_bucket{le=\"+Inf\"} %" PRIu64 "\n", name, total.count);
    fprintf(out, "%s_sum %" PRIu64 ".%09" PRIu64 "\n", name, total.sum_ns / CLOCK_SECOND_NS,
            total.sum_ns % CLOCK_SECOND_NS);
    fprintf(out, "%s_count %" PRIu64 "\n", name, total.count);
}

static void put_counter(FILE *out, const char *table, const struct counter *counter) {
    static const char *const types[] = {[COUNTER] = "counter", [GAUGE] = "gauge", [HISTOGRAM] = "histogram"};
    char name[NAME_BYTES];
    snprintf(name, sizeof name, "quiniela_%s_%s%s", table, counter->name,
             counter->kind == COUNTER ? "_total" : "");
    metrics_begin(out, name, types[counter->kind], counter->help);
    if (counter->kind == HISTOGRAM) {
        put_histogram(out, name, counter);
    } else {
        metrics_whole(out, name, NULL, counter_read(counter));
    }
}

void metrics_table(FILE *out, const struct counter_table *table) {
    for (size_t i = 0; i < table->count; i++) {
        put_counter(out, table->name, &table->counters[i]);
    }
}
