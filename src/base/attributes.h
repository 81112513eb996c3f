// Function attributes that let the compiler check callers.
#ifndef QUINIELA_BASE_ATTRIBUTES_H
#define QUINIELA_BASE_ATTRIBUTES_H

// Marks functions that may fail: ignoring the result is a warning, and in development an error.
#define MUST_CHECK __attribute__((warn_unused_result))

// A function whose argument `format_index` is a printf format, with the values from `first_value` on.
#define PRINTF_LIKE(format_index, first_value) __attribute__((format(printf, format_index, first_value)))

// A small function of one file that is inlined into its callers, and compiled with their options.
#define ALWAYS_INLINE static inline __attribute__((always_inline))

#endif
