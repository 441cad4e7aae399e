/* hiredis as the system installs it (Debian: libhiredis-dev 0.14.1). */
#ifndef REED_CHIREDIS_SHIM_H
#define REED_CHIREDIS_SHIM_H

#include <hiredis/hiredis.h>

/* The type of the value that a reader has begun and not ended, one of REDIS_REPLY_*; -1 if its type byte is still to come. */
static inline int reed_begun_type(const redisReader *reader) {
    return reader->ridx < 0 ? -1 : reader->rstack[reader->ridx].type;
}

#endif
