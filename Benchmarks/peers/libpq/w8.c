/* w8: connect with SCRAM-SHA-256 and close, one after another; each time the server's version is what was learned. */
#include "benchmark.h"

static long run(PGconn *connection, long units, uint64_t *checksum)
{
    (void)connection;
    for (long i = 0; i < units; i++) {
        PGconn *fresh = open_connection();
        if (!PQconnectionUsedPassword(fresh))
            fail("w8", "the server asked for no password");
        checksum_row(checksum, (uint64_t)PQserverVersion(fresh));
        PQfinish(fresh);
    }
    return units;
}

const struct workload w8 = {"w8", "-", 1, NULL, run, NULL, NULL};
const struct workload w8_tls = {"w8_tls", "-", 1, NULL, run, NULL, NULL};
