// Marks for functions, so that the compiler holds callers to them.
#ifndef QUINIELA_BASE_ATTRIBUTES_H
#define QUINIELA_BASE_ATTRIBUTES_H

// What may fail is marked: a call that ignores the result is a warning, and in development an error.
#define MUST_CHECK __attribute__((warn_unused_result))

// A function that takes a printf format as its argument `format_index`, and the values from `first_value` on.
#define PRINTF_LIKE(format_index, first_value) __attribute__((format(printf, format_index, first_value)))

// A small function of one file that becomes part of its callers, and is compiled as they are.
#define ALWAYS_INLINE static inline __attribute__((always_inline))

#endif
