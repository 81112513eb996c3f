#include "store/postgres_listen.h"

#include "store/postgres_connect.h"
#include "store/postgres_schema.h"

static bool take_notifications(struct postgres_link *link) {
    bool came = false;
    for (PGnotify *notification; (notification = PQnotifies(link->connection)) != NULL; came = true) {
        PQfreemem(notification);
    }
    return came;
}

void postgres_listen(const char *address, void (*on_change)(void *context), void *context,
                     struct error *error) {
    struct postgres_link link;
    if (!postgres_connect(&link, address, true, error)) {
        return;
    }
    if (postgres_link_execute(&link, "LISTEN " POSTGRES_CHANNEL, "listen", NULL, error)) {
        on_change(context); // for changes missed before
        while (postgres_link_listen(&link, -1, error)) {
            if (take_notifications(&link)) {
                on_change(context);
            }
        }
    }
    postgres_link_close(&link);
}
