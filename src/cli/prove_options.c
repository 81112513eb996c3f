#include "cli/prove_options.h"

#include "bet/limits.h"
#include "cli/help_prove_texts.h"
#include "prove/page.h"

static const struct setting what[] = {
    SETTING_NUMBER_IN(struct prove_options, agency, "AGENCY", NULL, 1, AGENCIES_MAX, HELP_PROVE_AGENCY,
                      .flag_only = true),
    SETTING_NUMBER_IN(struct prove_options, bet, "BET", NULL, 0, INT64_MAX, HELP_PROVE_BET,
                      .flag_only = true),
    SETTING_TEXT_IN(struct prove_options, document, "DOCUMENT", NULL, HELP_PROVE_DOCUMENT, .flag_only = true,
                    .free_text = true),
    SETTING_SWITCH_IN(struct prove_options, key, "KEY", HELP_PROVE_KEY, .flag_only = true),
    {.key = NULL},
};

static const struct setting own[] = {
    SETTING_TEXT_IN(struct prove_options, csv, "CSV", NULL, HELP_PROVE_CSV, .flag_only = true),
    SETTING_TEXT_IN(struct prove_options, salt_key, "SALT_KEY", NULL, HELP_PROVE_SALT_KEY, .flag_only = true),
    SETTING_TEXT_IN(struct prove_options, seal, "SEAL", NULL, HELP_PROVE_SEAL, .flag_only = true),
    SETTING_TEXT_IN(struct prove_options, entry, "ENTRY", NULL, HELP_PROVE_ENTRY, .flag_only = true),
    SETTING_TEXT_IN(struct prove_options, central_key, "CENTRAL_KEY", NULL, HELP_PROVE_CENTRAL_KEY,
                    .flag_only = true),
    {.key = NULL},
};

static const struct setting output[] = {
    SETTING_TEXT_IN(struct prove_options, output, "OUTPUT", NULL, HELP_PROVE_OUTPUT, .letter = 'o',
                    .flag_only = true),
    SETTING_SWITCH_IN(struct prove_options, page, "PAGE", HELP_PROVE_PAGE, .flag_only = true),
    SETTING_TEXT_IN(struct prove_options, verify_url, "VERIFY_URL", NULL, HELP_PROVE_VERIFY_URL),
    {.key = NULL},
};

static const struct setting kept[] = {
    SETTING_TEXT_IN(struct prove_options, seal_dir, "SEAL_DIR", NULL, HELP_PROVE_SEAL_DIR),
    {.key = NULL},
};

const struct setting_group prove_groups[] = {
    {"What to prove", what, 0},
    STORE_GROUP_IN(struct prove_options, store),
    {"Seals", kept, 0},
    CONFIG_GROUP_IN(struct prove_options, config),
    {"An agency by itself", own, 0},
    {"Output", output, 0},
    {.settings = NULL},
};

static bool need(bool is_there, const char *flag, const char *why, struct error *error) {
    return is_there || error_set(error, ERROR_BAD_SETTING, "%s is missing%s", flag, why);
}

static bool exclude(bool is_there, const char *flag, const char *other, struct error *error) {
    return !is_there || error_set(error, ERROR_BAD_SETTING, "%s and %s exclude each other", flag, other);
}

static bool check_own(const struct prove_options *options, struct error *error) {
    static const char why[] = ": an agency by itself needs it";
    return exclude(options->key, "--key", "--csv", error) &&
           exclude(options->document != NULL, "--document", "--csv", error) &&
           need(options->agency != 0, "--agency", why, error) &&
           need(options->has_bet, "--bet", why, error) &&
           need(options->salt_key != NULL, "--salt-key", why, error) &&
           need(options->seal != NULL, "--seal", why, error) &&
           need(options->entry != NULL, "--entry", why, error) &&
           need(options->central_key != NULL || !options->page, "--central-key", ": a page names that key",
                error);
}

static bool check_key(const struct prove_options *options, struct error *error) {
    return exclude(options->has_bet, "--bet", "--key", error) &&
           exclude(options->document != NULL, "--document", "--key", error) &&
           exclude(options->page, "--page", "--key", error) &&
           need(options->agency != 0, "--agency", ": every agency has a key of its own", error) &&
           need(options->output != NULL, "--output", ": a secret is written into a file", error);
}

static bool check_stored(const struct prove_options *options, struct error *error) {
    if (options->document != NULL) {
        return exclude(options->has_bet, "--bet", "--document", error) &&
               need(options->document[0] != '\0', "--document", ": it is empty", error) &&
               need(options->output != NULL || options->page, "--output",
                    ": a folder, for a file with each proof; or --page", error);
    }
    return need(options->has_bet, "--bet", ", or --document, or --key", error) &&
           need(options->agency != 0, "--agency", ": whose bet?", error);
}

static bool check_for_own(const struct prove_options *options, struct error *error) {
    const bool has_one = options->salt_key != NULL || options->seal != NULL || options->central_key != NULL ||
                         (options->entry != NULL && !options->key);
    return need(!has_one, "--csv", ": an agency by itself needs it", error);
}

static bool check_page(const struct prove_options *options, struct error *error) {
    struct error reason;
    return !options->page || options->verify_url == NULL || page_url_is_valid(options->verify_url, &reason) ||
           error_set(error, ERROR_BAD_SETTING, "VERIFY_URL: %s", reason.text);
}

bool prove_options_task(const struct prove_options *options, enum prove_task *task, struct error *error) {
    if (!check_page(options, error)) {
        return false;
    }
    if (options->csv != NULL) {
        *task = PROVE_OWN;
        return check_own(options, error);
    }
    *task = options->key ? PROVE_KEY : PROVE_STORED;
    return check_for_own(options, error) &&
           (options->key ? check_key(options, error) : check_stored(options, error));
}
