#include "cli/sample_bets.h"

#include "base/random.h"
#include "bet/bet.h"
#include "bet/limits.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

enum {
    DOCUMENT_MIN = 10000000,
    DOCUMENT_MAX = 46999999,
    BIRTH_YEAR_MIN = 1940,
    BIRTH_YEAR_MAX = 2004,
    SECOND_NAMES_PERCENT = 70, // of the bets have a second first name
};

static const char *const first_names[] = {
    "Abril",     "Agustín",  "Agustina", "Alejandro", "Ana",       "Andrés",      "Ángeles",  "Antonella",
    "Ariel",     "Aylén",    "Bautista", "Belén",     "Benjamín",  "Brisa",       "Camila",   "Candela",
    "Carlos",    "Catalina", "Cristian", "Daniel",    "Delfina",   "Diego",       "Elías",    "Emanuel",
    "Emilia",    "Ezequiel", "Facundo",  "Fátima",    "Federico",  "Fermín",      "Fernando", "Florencia",
    "Francisco", "Franco",   "Gabriel",  "Gastón",    "Gonzalo",   "Guadalupe",   "Hernán",   "Iara",
    "Ignacio",   "Inés",     "Iñaki",    "Iván",      "Jazmín",    "Jerónimo",    "Jesús",    "Joaquín",
    "José",      "Juan",     "Julián",   "Julieta",   "Lautaro",   "Leandro",     "Leonel",   "Lionel",
    "Lourdes",   "Lucas",    "Lucía",    "Luciano",   "Ludmila",   "Luján",       "Magalí",   "Malena",
    "María",     "Martín",   "Martina",  "Mateo",     "Matías",    "Maximiliano", "Micaela",  "Milagros",
    "Morena",    "Nahuel",   "Nicolás",  "Pablo",     "Paula",     "Pía",         "Pilar",    "Ramiro",
    "Renata",    "Rocío",    "Rodrigo",  "Román",     "Santiago",  "Sebastián",   "Sofía",    "Thiago",
    "Tobías",    "Tomás",    "Uriel",    "Valentín",  "Valentina", "Victoria",    "Zoé",
};

static const char *const last_names[] = {
    "Abadía",    "Acosta",    "Acuña",     "Agüero",   "Álvarez",   "Andrade",   "Arellano",  "Ávila",
    "Basile",    "Benítez",   "Borges",    "Bustos",   "Cáceres",   "Cabrera",   "Cardozo",   "Carrizo",
    "Castro",    "Contreras", "Córdoba",   "Coronel",  "D'Elía",    "Díaz",      "Domínguez", "Duarte",
    "Espíndola", "Farías",    "Fernández", "Ferreyra", "Flores",    "Galán",     "García",    "Giménez",
    "Godoy",     "Gómez",     "González",  "Güemes",   "Gutiérrez", "Hernández", "Herrera",   "Ibáñez",
    "Juárez",    "Ledesma",   "Leiva",     "León",     "López",     "Lorca",     "Luna",      "Maldonado",
    "Mamani",    "Mansilla",  "Marín",     "Martínez", "Medina",    "Mejía",     "Méndez",    "Molina",
    "Morales",   "Moreno",    "Moyano",    "Muñoz",    "Núñez",     "Ojeda",     "Ortiz",     "Páez",
    "Pavón",     "Peralta",   "Pereyra",   "Pérez",    "Quiroga",   "Quispe",    "Ramírez",   "Ríos",
    "Rivera",    "Rodríguez", "Rojas",     "Romero",   "Ruiz",      "Saldaña",   "Sánchez",   "Silva",
    "Sosa",      "Soto",      "Suárez",    "Toledo",   "Torres",    "Valdez",    "Vargas",    "Vázquez",
    "Vega",      "Vera",      "Villalba",  "Yáñez",    "Zambrano",  "Zárate",    "Zúñiga",
};

enum {
    FIRST_NAMES = sizeof first_names / sizeof first_names[0],
    LAST_NAMES = sizeof last_names / sizeof last_names[0],
};

static uint32_t random_between(struct sample_bets *sample, uint32_t minimum, uint32_t maximum) {
    return minimum + random_below(&sample->random, maximum - minimum + 1);
}

// Bets ----------------------------------------------------------------------------------------------------

// Whether the next bet wins. Selection sampling (D. Knuth, The Art of Computer Programming 2, 3.4.2,
// algorithm S): every choice of winners is equally likely, and their number is exact.
static bool choose_winner(struct sample_bets *sample) {
    bool wins = random_below(&sample->random, sample->bets_left) < sample->winners_left;
    sample->winners_left -= wins;
    sample->bets_left--;
    return wins;
}

static uint32_t losing_number(struct sample_bets *sample) {
    uint32_t number = random_below(&sample->random, BET_NUMBER_MAX);
    return number < sample->number ? number : number + 1;
}

void sample_bets_begin(struct sample_bets *sample, uint64_t seed, uint32_t agency, uint32_t bets,
                       uint32_t winners, uint16_t number) {
    assert(winners <= bets && number <= BET_NUMBER_MAX);
    uint64_t state = seed;
    state = random_next(&state) + agency; // so that seed 1, agency 2 is not seed 2, agency 1
    *sample = (struct sample_bets){
        .random = random_next(&state),
        .bets_left = bets,
        .winners_left = winners,
        .number = number,
    };
}

size_t sample_bets_next(struct sample_bets *sample, char text[BET_TEXT_BYTES_MAX]) {
    if (sample->bets_left == 0) {
        return 0;
    }
    uint32_t number = choose_winner(sample) ? sample->number : losing_number(sample);
    const char *first = first_names[random_below(&sample->random, FIRST_NAMES)];
    bool has_second = random_below(&sample->random, 100) < SECOND_NAMES_PERCENT;
    const char *second = has_second ? first_names[random_below(&sample->random, FIRST_NAMES)] : "";
    const char *last = last_names[random_below(&sample->random, LAST_NAMES)];
    uint32_t document = random_between(sample, DOCUMENT_MIN, DOCUMENT_MAX);
    uint32_t year = random_between(sample, BIRTH_YEAR_MIN, BIRTH_YEAR_MAX);
    uint32_t month = random_between(sample, 1, 12);
    uint32_t day = random_between(sample, 1, (uint32_t)bet_days_in_month((int)year, (int)month));
    return (size_t)snprintf(text, BET_TEXT_BYTES_MAX,
                            "%s%s%s,%s,%" PRIu32 ",%04" PRIu32 "-%02" PRIu32 "-%02" PRIu32 ",%" PRIu32, first,
                            has_second ? " " : "", second, last, document, year, month, day, number);
}
