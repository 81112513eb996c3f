// `quiniela keys`: a test authority, and the certificates of a server and of the agencies. Existing files are
// kept; missing ones are made.
#include "cli/cli.h"

#include "cli/command.h"
#include "cli/conflicts.h"
#include "cli/help_texts.h"
#include "cli/signing.h"
#include "keys/authority.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAMES_BYTES = 2048 };

struct keys_options {
    const char *dir, *names;
    uint32_t agencies;
    int days;
    const char *revoke;    // a name, or NULL
    const char *sign_name; // of a key that signs draws, or NULL
};

static const struct setting table[] = {
    SETTING_TEXT_IN(struct keys_options, dir, "DIR", "keys", HELP_KEYS_DIR, .flag_only = true),
    SETTING_NUMBER_IN(struct keys_options, agencies, "AGENCIES", "5", 0, 10000, HELP_KEYS_AGENCIES,
                      .flag_only = true),
    SETTING_TEXT_IN(struct keys_options, names, "NAMES", "localhost,127.0.0.1,::1,server", HELP_KEYS_NAMES,
                    .flag_only = true),
    SETTING_NUMBER_IN(struct keys_options, days, "DAYS", "365", 1, 3650, HELP_KEYS_DAYS, .flag_only = true),
    SETTING_TEXT_IN(struct keys_options, revoke, "REVOKE", NULL, HELP_KEYS_REVOKE, .flag_only = true),
    SETTING_TEXT_IN(struct keys_options, sign_name, "SIGN_NAME", NULL, HELP_KEYS_SIGN_NAME,
                    .flag_only = true),
    {.key = NULL},
};

static const struct setting_group groups[] = {{NULL, table, 0}, {.settings = NULL}};

const struct settings_command keys_command = {
    .name = "keys",
    .summary = HELP_KEYS_SUMMARY,
    .details = HELP_KEYS_DETAILS,
    .groups = groups,
};

// Writes one of --names in a certificate's form: "DNS:localhost", or "IP:127.0.0.1". Returns its length, or 0
// when it is neither a name nor an address.
static int write_name(char *to, size_t room, const char *name, size_t length) {
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.*";
    char copy[256];
    unsigned char address[sizeof(struct in6_addr)];
    if (length == 0 || length >= sizeof copy) {
        return 0;
    }
    memcpy(copy, name, length);
    copy[length] = '\0';
    bool is_address = inet_pton(AF_INET, copy, address) == 1 || inet_pton(AF_INET6, copy, address) == 1;
    if (!is_address && strspn(copy, allowed) != length) {
        return 0;
    }
    return snprintf(to, room, "%s:%s", is_address ? "IP" : "DNS", copy);
}

// "localhost,127.0.0.1" as a subjectAltName.
static bool write_names(const char *names, char text[NAMES_BYTES], struct error *error) {
    size_t written = 0;
    for (const char *at = names;; at++) {
        size_t length = strcspn(at, ",");
        int more = write_name(text + written, NAMES_BYTES - written, at, length);
        if (more == 0 || written + (size_t)more + 1 >= NAMES_BYTES) {
            return error_set(error, ERROR_BAD_SETTING, "--names: \"%.*s\" is neither a name nor an address",
                             (int)(length < 100 ? length : 100), at);
        }
        written += (size_t)more;
        at += length;
        if (*at == '\0') {
            return true;
        }
        text[written++] = ',';
    }
}

static const char *made_or_kept(bool made) {
    return made ? "made" : "kept";
}

static bool issue_server(const struct keys_options *options, struct authority *authority, const char *names,
                         struct error *error) {
    struct certificate_request request = {
        .name = "server", .names = names, .is_server = true, .days = options->days};
    bool made;
    if (!authority_issue(authority, &request, &made, error)) {
        return false;
    }
    printf("%s/server.crt: %s\n", options->dir, made_or_kept(made));
    return true;
}

static bool issue_agencies(const struct keys_options *options, struct authority *authority,
                           struct error *error) {
    uint32_t made_count = 0;
    for (uint32_t agency = 1; agency <= options->agencies; agency++) {
        char name[32], identity[64];
        bool made;
        snprintf(name, sizeof name, "agency-%" PRIu32, agency);
        snprintf(identity, sizeof identity, "URI:urn:quiniela:agency:%" PRIu32, agency);
        struct certificate_request request = {.name = name, .names = identity, .days = options->days};
        if (!authority_issue(authority, &request, &made, error)) {
            return false;
        }
        made_count += made;
    }
    printf("%s/agency-N.crt: %" PRIu32 " made, %" PRIu32 " kept\n", options->dir, made_count,
           options->agencies - made_count);
    return true;
}

static bool revoke(const struct keys_options *options, struct authority *authority, struct error *error) {
    const char *name = options->revoke;
    if (strchr(name, '/') != NULL) {
        return error_set(error, ERROR_BAD_SETTING, "--revoke: \"%.60s\" is not a name, such as agency-3",
                         name);
    }
    if (!authority_revoke(authority, name, error)) {
        return false;
    }
    const char *folder = options->dir;
    printf(
        "%s/crl.pem: %s is revoked, for a server with TLS_CRL=%s/crl.pem that has read it again (SIGHUP)\n",
        folder, name, folder);
    return true;
}

static bool make_all(const struct keys_options *options, struct authority *authority, struct error *error) {
    char names[NAMES_BYTES];
    return write_names(options->names, names, error) && authority_renew_list(authority, error) &&
           issue_server(options, authority, names, error) && issue_agencies(options, authority, error);
}

static bool make_keys(const struct keys_options *options, struct error *error) {
    struct authority *authority;
    struct authority_opened opened;
    const char *folder = options->dir;
    if (!authority_open(folder, &authority, &opened, error)) {
        return false;
    }
    if (opened.moved) {
        printf("%s/ca.key: moved to %s/authority/ca.key: a server reads the folder of its certificate\n",
               folder, folder);
    }
    printf("%s/ca.crt: %s; its key is %s/authority/ca.key\n", folder, made_or_kept(opened.made), folder);
    bool done =
        options->revoke != NULL ? revoke(options, authority, error) : make_all(options, authority, error);
    authority_close(&authority);
    return done;
}

// Neither of the two makes a certificate.
static bool check_options(const struct keys_options *options, const struct settings *settings,
                          struct error *error) {
    const void *const of_certificates[] = {&options->agencies, &options->names, &options->days};
    const struct conflict both = {&options->revoke, &options->sign_name,
                                  "either revoke a certificate, or make a key that signs draws"};
    return conflicts_check(settings, &both, 1, error) &&
           ((options->revoke == NULL && options->sign_name == NULL) ||
            conflicts_check_unused(settings, of_certificates, 3,
                                   options->revoke != NULL ? "--revoke makes no certificate"
                                                           : "--sign-name makes no certificate",
                                   error));
}

int cli_keys(const struct command_line *line) {
    struct keys_options options;
    struct settings *settings;
    struct error error;
    int status;
    if (!command_begin(&keys_command, line, &options, &settings, &status)) {
        return status;
    }
    bool done = check_options(&options, settings, &error) &&
                (options.sign_name != NULL
                     ? signing_make(options.dir, options.sign_name, &error) && command_flush_output(&error)
                     : make_keys(&options, &error));
    settings_free(settings);
    return done ? EXIT_DONE : command_fail(&keys_command, &error);
}
