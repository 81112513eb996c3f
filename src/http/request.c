#include "http/request.h"
#include "http/host.h"
#include "http/limits.h"
#include "http/request_parts.h"

#include <stdint.h>
#include <string.h>
#include <strings.h>

// What a handler asks ---------------------------------------------------------------------------------------

const char *http_request_path(const struct http_request *request) {
    return request->path;
}

struct search {
    const char *name;
    const char *value;        // the first that it has
    const char *const *known; // or NULL
    struct MHD_Connection *connection;
    unsigned count;
    bool has_others;
};

static enum MHD_Result look_for(void *context, enum MHD_ValueKind kind, const char *name, const char *value) {
    struct search *search = context;
    (void)kind;
    if (strcmp(name, search->name) == 0) {
        search->value = search->count == 0 ? value : search->value;
        search->count++;
    }
    return MHD_YES;
}

static struct search search_for(struct MHD_Connection *connection, const char *name) {
    struct search search = {.name = name};
    MHD_get_connection_values(connection, MHD_GET_ARGUMENT_KIND, look_for, &search);
    return search;
}

const char *http_request_argument(const struct http_request *request, const char *name) {
    struct search search = search_for(request->connection, name);
    return search.count > 0 && search.value == NULL ? "" : search.value;
}

static bool is_among(const char *name, const char *const *known) {
    while (*known != NULL && strcmp(*known, name) != 0) {
        known++;
    }
    return *known != NULL;
}

static enum MHD_Result look_at_each(void *context, enum MHD_ValueKind kind, const char *name,
                                    const char *value) {
    struct search *search = context;
    (void)kind, (void)value;
    search->has_others = !is_among(name, search->known) || search_for(search->connection, name).count > 1;
    return search->has_others ? MHD_NO : MHD_YES;
}

bool http_request_has_others(const struct http_request *request, const char *const *known) {
    struct search search = {.known = known, .connection = request->connection};
    MHD_get_connection_values(request->connection, MHD_GET_ARGUMENT_KIND, look_at_each, &search);
    return search.has_others;
}

// What every request must be -------------------------------------------------------------------------------

struct headers { // what of them is looked at
    const char *host;
    unsigned hosts;
    bool has_body, has_bad_name;
};

// tchar (RFC 9110, section 5.6.2).
static bool is_token(const char *text) {
    static const char characters[] = "!#$%&'*+-.^_`|~0123456789"
                                     "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    return text[0] != '\0' && text[strspn(text, characters)] == '\0';
}

static enum MHD_Result look_at_header(void *context, enum MHD_ValueKind kind, const char *name,
                                      const char *value) {
    struct headers *headers = context;
    (void)kind;
    headers->has_bad_name |= !is_token(name);
    if (strcasecmp(name, MHD_HTTP_HEADER_HOST) == 0) {
        headers->host = value == NULL ? "" : value;
        headers->hosts++;
    }
    headers->has_body |=
        strcasecmp(name, MHD_HTTP_HEADER_TRANSFER_ENCODING) == 0 ||
        (strcasecmp(name, MHD_HTTP_HEADER_CONTENT_LENGTH) == 0 && (value == NULL || strcmp(value, "0") != 0));
    return MHD_YES;
}

static const char scheme[] = "http://";

static bool is_absolute(const char *target) {
    return strncasecmp(target, scheme, sizeof scheme - 1) == 0;
}

const char *request_path(const char *target) {
    if (!is_absolute(target)) {
        return target;
    }
    const char *path = strchr(target + sizeof scheme - 1, '/');
    return path == NULL ? "/" : path;
}

// Whether an absolute target's authority is ours; other targets have none.
static bool authority_is_ours(const char *target, const char *names) {
    if (!is_absolute(target)) {
        return true;
    }
    const char *authority = target + sizeof scheme - 1;
    return host_is_ours(authority, strcspn(authority, "/"), names);
}

static bool is_too_large(struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
    return info == NULL || info->header_size > HTTP_HEAD_BYTES_MAX;
}

// Whether the method goes on behind a zero byte, at which libmicrohttpd's text of it ends. It leaves a
// request's line where it came, with a zero byte instead of the first space: so between method and target
// there is that zero, and at most spaces behind it.
static bool method_has_zero(const char *method, const char *target) {
    const char *end = method + strlen(method);
    if ((uintptr_t)target <= (uintptr_t)end || (uintptr_t)target - (uintptr_t)end > HTTP_MEMORY_BYTES) {
        return false; // not of one line: another libmicrohttpd
    }
    size_t between = (size_t)(target - end) - 1;
    return memchr(end + 1, '\0', between) != NULL;
}

// Of HTTP/1.1 on, each request has one Host (RFC 9112, section 3.2).
static struct request_refusal check_host(const struct request_head *head, const struct headers *headers,
                                         const char *names) {
    bool needs_host = strcmp(head->version, MHD_HTTP_VERSION_1_0) != 0;
    if (headers->hosts > 1 || (headers->hosts == 0 && needs_host)) {
        return (struct request_refusal){MHD_HTTP_BAD_REQUEST, "a request has one Host"};
    }
    if (!authority_is_ours(head->target, names) ||
        (headers->hosts == 1 && !host_is_ours(headers->host, strlen(headers->host), names))) {
        return (struct request_refusal){
            MHD_HTTP_MISDIRECTED_REQUEST,
            "this server is not known by that name: ask for it by its address, or set HTTP_NAMES"};
    }
    return (struct request_refusal){0, NULL};
}

struct request_refusal request_check(const struct request_head *head, const char *names) {
    struct headers headers = {0};
    if (is_too_large(head->connection)) {
        return (struct request_refusal){MHD_HTTP_REQUEST_HEADER_FIELDS_TOO_LARGE,
                                        "a request's head has at most 8 KiB"};
    }
    MHD_get_connection_values(head->connection, MHD_HEADER_KIND, look_at_header, &headers);
    if (headers.has_bad_name) {
        return (struct request_refusal){MHD_HTTP_BAD_REQUEST, "a header's name has other characters"};
    }
    if (method_has_zero(head->method, head->target)) {
        return (struct request_refusal){MHD_HTTP_BAD_REQUEST, "the request's method is none"};
    }
    if (strcmp(head->method, MHD_HTTP_METHOD_GET) != 0 && strcmp(head->method, MHD_HTTP_METHOD_HEAD) != 0) {
        return (struct request_refusal){MHD_HTTP_METHOD_NOT_ALLOWED,
                                        "nothing can be changed here: GET and HEAD alone"};
    }
    if (headers.has_body) {
        return (struct request_refusal){MHD_HTTP_CONTENT_TOO_LARGE, "no request here has a body"};
    }
    if (head->has_zero || request_path(head->target)[0] != '/') {
        return (struct request_refusal){MHD_HTTP_BAD_REQUEST, "the request's target is none"};
    }
    return check_host(head, &headers, names);
}
