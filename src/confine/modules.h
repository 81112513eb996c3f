// Loading the resolver's modules in advance.
#ifndef QUINIELA_CONFINE_MODULES_H
#define QUINIELA_CONFINE_MODULES_H

// Loads the modules that /etc/nsswitch.conf names for hosts, services and users. Missing ones are left out,
// as the resolver does.
void modules_load(void);

#endif
