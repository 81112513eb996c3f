// Descriptors 0 to 2, which every program and library uses for standard input and output.
#ifndef QUINIELA_BASE_STANDARD_STREAMS_H
#define QUINIELA_BASE_STANDARD_STREAMS_H

// Opens those of descriptors 0, 1 and 2 that are closed, so that no file or socket gets one of their numbers.
// Reading from the first, or writing to the others, still fails (EBADF), as when they were closed. Call this
// before anything else is opened. Ends the program (exit code 1) when there is nothing to open.
void standard_streams_fill(void);

#endif
