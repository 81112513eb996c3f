#include "store/postgres_session.h"

#include "bet/errors.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Commits are durable whatever the database's own setting is, and warn when no standby has them. A vanished
// server must not keep its locks, so the database probes its connection, too. Nor must a stalled server: its
// transaction ends before those waiting for its locks give up. A reader holds no locks that matter, so it
// may be idle while its rows are consumed. Names mean the same as when the store was opened.
#define SETTINGS                                                                                             \
    "SELECT set_config('synchronous_commit', CASE current_setting('synchronous_commit')"                     \
    "  WHEN 'remote_apply' THEN 'remote_apply' ELSE 'on' END, true),"                                        \
    " set_config('client_min_messages', 'warning', true), set_config('client_encoding', 'UTF8', true),"      \
    " set_config('lock_timeout', '10s', true),"                                                              \
    " set_config('idle_in_transaction_session_timeout', CASE current_setting('transaction_read_only')"       \
    "  WHEN 'on' THEN '60s' ELSE '5s' END, true),"                                                           \
    " set_config('tcp_keepalives_idle', '3', true), set_config('tcp_keepalives_interval', '1', true),"       \
    " set_config('tcp_keepalives_count', '3', true), set_config('tcp_user_timeout', '5000', true),"          \
    " set_config('search_path', %s, true)"

const char postgres_question[] =
    "SELECT current_setting('synchronous_commit') AS " POSTGRES_ANSWER ","
    " current_setting('client_min_messages'), current_setting('client_encoding')";

bool postgres_session_check(const struct postgres_session *session, const PGresult *answer,
                            struct error *error) {
    const char *commit = PQgetvalue(answer, 0, 0), *messages = PQgetvalue(answer, 0, 1),
               *encoding = PQgetvalue(answer, 0, 2);
    bool is_durable = strcmp(commit, "on") == 0 || strcmp(commit, "remote_apply") == 0;
    bool is_right = is_durable && strcmp(messages, "warning") == 0 && strcmp(encoding, "UTF8") == 0;
    return is_right ||
           error_set(error, ERROR_STORE_FAILED,
                     "%s: its transactions do not keep what they are set to: synchronous_commit=%s, "
                     "client_min_messages=%s, client_encoding=%s",
                     session->link.place, commit, messages, encoding);
}

bool postgres_session_begin(struct postgres_session *session, struct error *error) {
    char path[POSTGRES_VALUE_BYTES];
    if (!postgres_link_execute(&session->link, "SELECT quote_literal(current_setting('search_path'))",
                               "read its settings", path, error)) {
        return false;
    }
    size_t size = sizeof SETTINGS + sizeof path;
    if (strlen(path) == sizeof path - 1) {
        return error_set(error, ERROR_STORE_FAILED, "%s: its search_path is longer than %zu bytes",
                         session->link.place, sizeof path - 2);
    }
    session->settings = malloc(size);
    if (session->settings == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for the store");
    }
    snprintf(session->settings, size, SETTINGS, path);
    return true;
}

void postgres_session_end(struct postgres_session *session) {
    postgres_link_close(&session->link);
    free(session->settings);
    session->settings = NULL;
}

bool postgres_session_read(struct postgres_session *session, const char *begin, struct error *error) {
    char sql[sizeof SETTINGS + POSTGRES_VALUE_BYTES + 80];
    snprintf(sql, sizeof sql, "%s; %s", begin, session->settings);
    session->parsed = -1;
    return postgres_link_execute(&session->link, sql, "read", NULL, error);
}
