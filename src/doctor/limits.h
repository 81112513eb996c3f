// The caps of the doctor: how much it looks at, and for how long.
#ifndef QUINIELA_DOCTOR_LIMITS_H
#define QUINIELA_DOCTOR_LIMITS_H

enum {
    TARGETS_MAX = 64,      // addresses that are tried
    WAIT_MS_MAX = 3000,    // for all names, for all connections, and for each answer
    TALKS_MS_MAX = 4000,   // for all that is asked of the central
    FILE_MS_MAX = 3000,    // for a look at the file
    COMPARE_MS_MAX = 2000, // for comparing it with what is stored
    CLOCK_MS_MAX = 10000,  // by which two clocks may differ
    ANSWER_BYTES_MAX = 1024 * 1024,
};

#endif
