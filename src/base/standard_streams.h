// Descriptors 0 to 2, which every program and library takes for what it prints to and reads from.
#ifndef QUINIELA_BASE_STANDARD_STREAMS_H
#define QUINIELA_BASE_STANDARD_STREAMS_H

// Opens what is closed of descriptors 0, 1 and 2, so that no file or socket gets one of their numbers.
// Reading the first, or writing the others, still fails (EBADF), as it did when they were closed. To be
// called before anything else is opened. Ends the program (exit code 1) when there is nothing to open.
void standard_streams_fill(void);

#endif
