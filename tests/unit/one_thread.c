// Linked into the tests that one_thread.cmake names: holds them to what it says of them.
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*routine)(void *),
                   void *argument) {
    (void)thread, (void)attributes, (void)routine, (void)argument;
    fputs(
        "expected a test with one thread, but it makes another one: take it out of tests/one_thread.cmake,\n"
        "so that it runs under ThreadSanitizer, too\n",
        stderr);
    abort();
}
