// The choices that the settings of server and client share, each with its words in the order of the enum.
#ifndef QUINIELA_CLI_CHOICES_H
#define QUINIELA_CLI_CHOICES_H

// SERVICE: which of the two services a server runs, or a client uses.
enum service { SERVICE_LOTTERY, SERVICE_ECHO };
#define SERVICE_WORDS "lottery echo"

// SANDBOX and CLI_SANDBOX: whether unneeded access is given up.
enum sandbox { SANDBOX_ON, SANDBOX_OFF };
#define SANDBOX_WORDS "on off"

// NUMBER: how the draw gets its winning number, in the order of enum number_mode (store/rows.h).
#define NUMBER_WORDS "fixed manual beacon"

#endif
