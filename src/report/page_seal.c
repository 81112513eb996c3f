#include "report/page.h"

#include <inttypes.h>

static void write_names(const struct page *page, const struct signing_names *names) {
    for (size_t i = 0; i < names->count && i < SIGNING_NAMES; i++) {
        fputs(i == 0 ? "" : ", ", page->out);
        page_quote(page, names->list[i]);
    }
    if (names->count > SIGNING_NAMES) {
        char more[PAGE_NUMBER_BYTES];
        fputs(" ", page->out);
        page_say(page, TEXT_AND_MORE, page_number(page, names->count - SIGNING_NAMES, more), NULL);
    }
    fputs(names->count == 0 ? page_words(page, TEXT_NONE) : "", page->out);
}

static void write_number(const struct page *page) {
    const struct facts *facts = &page->report->facts;
    const struct signing_facts *signing = &facts->signing;
    enum number_mode mode = facts->draw.number_mode;
    char wanted[PAGE_NUMBER_BYTES];
    page_term(page, TEXT_WINNING_NUMBER);
    if (facts_is_drawn(facts)) {
        fprintf(page->out, "<b>%04u</b>", (unsigned)facts->draw.winning_number);
    } else {
        fputs("–", page->out);
    }
    page_term(page, TEXT_HOW_NUMBER);
    enum text how = mode == NUMBER_FIXED    ? TEXT_BY_SETTING
                    : mode == NUMBER_BEACON ? TEXT_BY_BEACON
                    : facts_is_drawn(facts) ? TEXT_BY_HAND
                                            : TEXT_BY_HAND_LATER;
    page_say(page, how, signing->pulse_at, NULL);
    if (signing->approvals_wanted > 0) {
        page_term(page, TEXT_APPROVED_BY);
        write_names(page, &signing->approvers);
        fputs(" (", page->out);
        page_say(page, TEXT_APPROVALS_WANTED, page_number(page, signing->approvals_wanted, wanted), NULL);
        fputs(")", page->out);
    }
}

static void write_code(const struct page *page, enum text name, const char *text) {
    page_term(page, name);
    fputs("<code>", page->out);
    page_quote(page, text[0] == '\0' ? page_words(page, TEXT_SEAL_NOT_YET) : text);
    fputs("</code>", page->out);
}

static void write_when(const struct page *page) {
    const struct orders *orders = page->report->orders;
    page_term(page, TEXT_SEAL_AT);
    if (orders == NULL) {
        page_say(page, TEXT_NOT_KNOWN_AUDIT, NULL, NULL);
    } else if (orders->told.root_at == 0) {
        page_say(page, TEXT_NOT_RECORDED, NULL, NULL);
    } else {
        page_time(page, orders->told.root_at);
    }
}

static void write_seal(const struct page *page) {
    const struct signing_facts *signing = &page->report->facts.signing;
    write_code(page, TEXT_ORIGIN, signing->origin);
    write_code(page, TEXT_SIGNED_BY, signing->name);
    write_code(page, TEXT_PUBLIC_KEY, signing->key);
    write_code(page, TEXT_ROOT, signing->root);
    write_code(page, TEXT_SEAL_HASH, signing->seal);
    if (signing->has_seal) {
        write_when(page);
    }
    page_term(page, TEXT_WITNESSES);
    write_names(page, &signing->witnesses);
    page_term(page, TEXT_COSIGNATURES);
    fprintf(page->out, "%zu, %" PRIu32, signing->witnesses.count, signing->timestamps);
}

// A flag for each file of a kind, by the names that they have in the folder of seals.
static void write_files(const struct page *page, const char *flag, const char *name, const char *ending,
                        uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        fprintf(page->out, " %s %s-%" PRIu32 ".%s", flag, name, i, ending);
    }
}

// What the draw rests on, by its rules: where no witness has signed the seal, a second copy of it shows that
// there are not two; and what the number came from.
static void write_proofs(const struct page *page, const struct signing_facts *signing) {
    if (signing->witnesses.count == 0) {
        fputs(" --seal agency-1.seal", page->out);
    }
    if (signing->timestamps > 0) {
        fputs(" --tsa-cert tsa-ca.pem", page->out);
    }
    write_files(page, "--approval", "approval", "note", signing->approvals_wanted);
    if (page->report->facts.draw.number_mode == NUMBER_BEACON) {
        fputs(" --pulse pulse.json --nist-cert certificate.pem", page->out);
    }
    fputs(" --result result.note", page->out);
}

static void write_how(const struct page *page) {
    const struct signing_facts *signing = &page->report->facts.signing;
    page_paragraph(page, TEXT_HOW_TO_CHECK, NULL, NULL);
    fputs("<pre>quiniela verify --key VKEY", page->out);
    write_files(page, "--rules", "rules", "note", signing->records);
    fputs(" --seal seal.note", page->out);
    write_files(page, "--seal", "cosignature", "note", signing->cosignatures);
    write_files(page, "--token", "timestamp", "tsr", signing->timestamps);
    write_proofs(page, signing);
    fputs("\nquiniela recount --key VKEY --package package --manifest-hash HEX", page->out);
    write_proofs(page, signing);
    fputs("</pre>\n", page->out);
    fprintf(page->out, "<p class=soft>%s</p>\n", page_words(page, TEXT_NOT_CHECKED_HERE));
}

void page_seal(const struct page *page) {
    const struct signing_facts *signing = &page->report->facts.signing;
    page_begin_part(page, TEXT_SEAL);
    page_begin_list(page);
    write_number(page);
    if (signing->is_signed) {
        write_seal(page);
    }
    page_end_list(page);
    if (signing->is_signed) {
        write_how(page);
    } else {
        page_paragraph(page, TEXT_UNSIGNED, NULL, NULL);
    }
    page_end_part(page);
}
