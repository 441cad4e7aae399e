/* hiredis as the system installs it (Debian: libhiredis-dev 0.14.1). */
#ifndef REED_CHIREDIS_SHIM_H
#define REED_CHIREDIS_SHIM_H

#include <hiredis/hiredis.h>

#endif
