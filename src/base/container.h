// From a member to what it is part of.
#ifndef QUINIELA_BASE_CONTAINER_H
#define QUINIELA_BASE_CONTAINER_H

#include <stddef.h>

// The object of type `type` whose member `member` is at `pointer`.
#define CONTAINER_OF(pointer, type, member) ((type *)(void *)((char *)(pointer)-offsetof(type, member)))

#endif
