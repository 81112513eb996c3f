// What people read at a terminal, in their own language (gettext's catalogs, po/). Only commands that ask for
// it with catalog_begin (catalog.h) are translated; the log never is, and neither is what a program reads.
// Nothing else of the process changes: its locale stays "C", so that numbers and times are written as ever.
#ifndef QUINIELA_BASE_TRANSLATE_H
#define QUINIELA_BASE_TRANSLATE_H

#include <stdint.h>

// A text that is translated where it stands. error_set and findings_add translate their formats themselves.
#define _(text) translate(text)

// A text that is translated later: this only marks it for po/quiniela.pot.
#define N_(text) text

// Who looks texts up. Both are given texts that are in the code, and return what stays, by any thread.
struct translator {
    const char *(*text)(const char *text);
    const char *(*count)(const char *one, const char *more, uint64_t count); // the form for `count`
};

// From here on `in_general` translates for `translate` and translate_count, and `beside_log` for
// translate_beside_log. NULL: nobody does. Both must outlive the process. Before any thread starts. (A
// library never calls it, and so has nothing of gettext's in it.)
void translate_use(const struct translator *in_general, const struct translator *beside_log);

// The text in that language, or the text itself. What is returned belongs to whoever translates.
const char *translate(const char *text) __attribute__((format_arg(1)));

// As translate, but also after catalog_end: what stands at a terminal beside the log. By any thread.
const char *translate_beside_log(const char *text) __attribute__((format_arg(1)));

// The form for `count` of a text with two forms, in that language or as given.
const char *translate_count(const char *one, const char *more, uint64_t count)
    __attribute__((format_arg(1), format_arg(2)));

#endif
