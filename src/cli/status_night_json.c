#include "cli/status_night_json.h"

#include "cli/ago.h"
#include "cli/status_advice.h"

static void put_draw(const struct status *status, struct json_writer *writer) {
    const struct stored_draw *draw = &status->draw;
    time_t at;
    json_put_text(writer, "number_mode", number_mode_name(draw->number_mode));
    json_put_bool(writer, "has_number", draw->has_number);
    json_put_text_if_any(writer, "signed_by", status->is_signed.by);
    json_put_text_if_any(writer, "closes_at", draw->closes_at);
    json_put_text_if_any(writer, "closes_text", draw->closes_text);
    if (draw->state == DRAW_OPEN && ago_parse(draw->closes_at, &at)) {
        json_put_number(writer, "closes_in_s", at > status->now ? (uint64_t)(at - status->now) : 0);
    } else {
        json_put_null(writer, "closes_in_s");
    }
    json_put_text_if_any(writer, "closed_at", draw->closed_at);
    json_put_text_if_any(writer, "erased_at", draw->erased_at);
    json_put_number(writer, "voided", draw->voided);
    json_put_number(writer, "told", status->totals.told);
    json_put_text_if_any(writer, "first_finished_at", status->first_end.at);
    json_put_text_if_any(writer, "last_finished_at", status->last_end.at);
}

static void put_signed(const struct status *status, struct json_writer *writer) {
    const struct signed_status *is_signed = &status->is_signed;
    if (is_signed->by[0] == '\0' || status->store == NULL) {
        json_put_null(writer, "signed");
        return;
    }
    json_begin(writer, "signed");
    json_put_text_if_any(writer, "pulse_at", is_signed->pulse_at);
    json_put_text_if_any(writer, "see_by", is_signed->see_by);
    json_put_number(writer, "seen", is_signed->seen);
    json_put_bool(writer, "has_pulse", is_signed->has_pulse);
    json_put_number(writer, "approvals_wanted", is_signed->approvals_wanted);
    json_put_number(writer, "approvals", is_signed->approvals);
    json_put_text_if_any(writer, "approvals_text", is_signed->approvals_text);
    json_end(writer);
}

static void put_missing(const struct status *status, struct json_writer *writer) {
    json_put_number(writer, "missing_count", status_missing(status));
    json_begin_list(writer, "missing");
    for (size_t i = 0; i < status->missing.missing_count; i++) {
        json_begin_list(writer, NULL);
        json_put_number(writer, NULL, status->missing.missing[i].from);
        json_put_number(writer, NULL, status->missing.missing[i].to);
        json_end_list(writer);
    }
    json_end_list(writer);
    json_put_bool(writer, "more_missing", status->missing.more_missing);
}

static void put_silent(const struct status_live *live, struct json_writer *writer) {
    json_put_number(writer, "never_heard", live->never);
    json_put_number(writer, "quiet", live->quiet);
    json_begin_list(writer, "silent");
    for (size_t i = 0; i < live->silent_count; i++) {
        const struct status_silent *silent = &live->silent[i];
        json_begin(writer, NULL);
        json_put_number(writer, "agency", silent->agency);
        json_put_text_if_any(writer, "heard_at", silent->heard_at);
        if (silent->is_heard) {
            json_put_number(writer, "silent_s", silent->silent_s);
        } else {
            json_put_null(writer, "silent_s");
        }
        json_end(writer);
    }
    json_end_list(writer);
}

static uint64_t whole(double rate) {
    return (uint64_t)(rate + 0.5);
}

static void put_facts(const struct status_server *server, struct json_writer *writer) {
    json_put_text(writer, "version", server->version);
    json_put_number(writer, "pid", server->pid);
    json_put_text(writer, "since", server->since);
    json_put_number(writer, "up_s", server->up_s);
    json_put_number(writer, "connections", server->connections);
    json_put_number(writer, "rate_10s", whole(server->rate_10s));
    json_put_number(writer, "rate_60s", whole(server->rate_60s));
    json_put_number(writer, "busy_ms", server->busy_ms);
    json_put_bool(writer, "store_fails", server->store_fails);
    json_put_text_if_any(writer, "seal_fails", server->seal_fails);
}

static void put_servers(const struct status *status, struct json_writer *writer) {
    const struct status_live *live = &status->live;
    json_put_text(writer, "asked", status->is_in_file ? "all" : live->is_named ? "named" : "this_machine");
    json_put_text_if_any(writer, "no_answer", live->no_answer);
    json_begin_list(writer, "servers");
    for (size_t i = 0; i < live->server_count && i < STATUS_SERVERS_MAX; i++) {
        json_begin(writer, NULL);
        put_facts(&live->servers[i], writer);
        json_end(writer);
    }
    json_end_list(writer);
}

static void put_server(const struct status_live *live, struct json_writer *writer) {
    json_put_text(writer, "no_server", live->is_there ? NULL : live->trouble);
    if (!live->is_there) {
        json_put_null(writer, "server");
        return;
    }
    json_begin(writer, "server");
    put_facts(&live->all, writer);
    put_silent(live, writer);
    json_end(writer);
}

static void put_backup(const struct status *status, struct json_writer *writer) {
    if (!status->has_backup) {
        json_put_null(writer, "last_backup");
        return;
    }
    json_begin(writer, "last_backup");
    json_put_text(writer, "at", status->backup.at);
    json_put_number(writer, "age_s", ago_seconds(status->backup.at, status->now));
    json_put_number(writer, "bytes", status->backup.bytes);
    json_put_text(writer, "path", status->backup.path);
    json_end(writer);
}

void status_night_json_put(const struct status *status, struct json_writer *writer) {
    struct status_advice advice;
    status_advise(status, &advice);
    put_draw(status, writer);
    put_signed(status, writer);
    put_missing(status, writer);
    json_put_text(writer, "no_store", status->store == NULL ? status->no_store : NULL);
    json_put_text_if_any(writer, "counted_at", status->counted_at);
    put_server(&status->live, writer);
    put_servers(status, writer);
    put_backup(status, writer);
    json_begin(writer, "next");
    json_put_text(writer, "do", advice.code);
    if (advice.agency != 0) {
        json_put_number(writer, "agency", advice.agency);
    } else {
        json_put_null(writer, "agency");
    }
    json_put_text(writer, "text", advice.text);
    json_end(writer);
}
