// cmocka, with the headers that it wants to come first, and its assertions in words.
#ifndef QUINIELA_TESTS_CMOCKA_ALL_H
#define QUINIELA_TESTS_CMOCKA_ALL_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "expect.h"

#endif
