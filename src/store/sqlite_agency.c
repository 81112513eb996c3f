#include "store/sqlite_agency.h"

#include "store/sql.h"
#include "store/sqlite_statements.h"

struct agency_place {
    struct stored_agency *agency;
    bool *found;
};

static bool take_agency(void *context, const struct stored_agency *agency, struct error *error) {
    (void)error;
    const struct agency_place *place = context;
    *place->agency = *agency;
    *place->found = true;
    return true;
}

bool sqlite_agency_read(struct store *store, uint32_t number, struct stored_agency *agency, bool *found,
                        bool *is_open, struct error *error) {
    struct agency_place place = {agency, found};
    struct sql_reader reader = sql_agency_reader(take_agency, &place);
    struct sql_values values;
    sql_values_begin(&values, store);
    sql_values_add_integer(&values, number);
    *found = false;
    *agency = (struct stored_agency){.agency = number};
    if (!((struct sql_store *)store)->database->query(store, STATEMENT_ONE_AGENCY, &values, &reader, error)) {
        return false;
    }
    *is_open = !*found || (agency->checksum == stored_agency_checksum(store->draw_name, agency) &&
                           agency->finished_at[0] == '\0' && agency->told_at[0] == '\0');
    return true;
}
