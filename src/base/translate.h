// What people read at a terminal, in their own language (gettext's catalogs, po/). Only commands that ask for
// it with translate_begin are translated; the log never is, and neither is what a program reads. Nothing else
// of the process changes: its locale stays "C", so that numbers and times are written as ever.
#ifndef QUINIELA_BASE_TRANSLATE_H
#define QUINIELA_BASE_TRANSLATE_H

#include <stdint.h>

// A text that is translated where it stands. error_set and findings_add translate their formats themselves.
#define _(text) translate(text)

// A text that is translated later: this only marks it for po/quiniela.pot.
#define N_(text) text

// From here on texts are translated into the language of LC_ALL, LC_MESSAGES or LANG (the first that is set),
// or of LANGUAGE's list where one of these names any language at all, as gettext has it. The machine need not
// have that locale. Reads the catalog, so that no file is opened later. Where there is none, or this process
// has rights that whoever started it has not (AT_SECURE), nothing is translated. Before any thread starts.
void translate_begin(void);

// From here on `translate` gives back what it is given: the log begins.
void translate_end(void);

// The text in that language, or the text itself. What is returned belongs to the catalog.
const char *translate(const char *text) __attribute__((format_arg(1)));

// As translate, but also after translate_end: what stands at a terminal beside the log. By any thread.
const char *translate_beside_log(const char *text) __attribute__((format_arg(1)));

// The form for `count` of a text with two forms, in that language or as given.
const char *translate_count(const char *one, const char *more, uint64_t count)
    __attribute__((format_arg(1), format_arg(2)));

#endif
