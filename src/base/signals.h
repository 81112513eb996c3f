// The signals that end the program, kept back until somebody handles them: a SIGTERM in the first
// milliseconds must end it as gracefully as any other.
#ifndef QUINIELA_BASE_SIGNALS_H
#define QUINIELA_BASE_SIGNALS_H

// Keeps SIGTERM and SIGINT pending, in this thread and those it makes from now on.
void signals_hold(void);

// Delivers what was kept back, and what comes from now on. Call it when the handlers are in place.
void signals_release(void);

// "SIGTERM" or "SIGINT". A string constant.
const char *signals_name(int number);

#endif
