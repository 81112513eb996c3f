// Which of the two services a server runs, or a client uses: the setting SERVICE.
#ifndef QUINIELA_CLI_SERVICE_KIND_H
#define QUINIELA_CLI_SERVICE_KIND_H

enum service_kind { SERVICE_LOTTERY, SERVICE_ECHO };

#define SERVICE_KINDS "lottery echo" // in the order of the enum

#endif
