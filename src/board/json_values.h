// Values that several of the board's answers have.
#ifndef QUINIELA_BOARD_JSON_VALUES_H
#define QUINIELA_BOARD_JSON_VALUES_H

#include "wire/json_writer.h"

#include <time.h>

// A time, as "YYYY-MM-DDTHH:MM:SSZ"; 0 becomes null.
void json_put_time(struct json_writer *writer, const char *key, time_t time);

// A rate, with one digit behind the point, behind another value; in an array `key` is NULL.
void json_put_rate(struct json_writer *writer, const char *key, double rate);

// A number, or null.
void json_put_number_if(struct json_writer *writer, const char *key, bool is_known, uint64_t number);

#endif
