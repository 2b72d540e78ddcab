/* w1: SELECT $1::int4, prepared, binary, one after another. The transport is the connection string's. */
#include "benchmark.h"

static void prepare(PGconn *connection)
{
    static const Oid types[] = {OID_INT4};
    prepare_statement(connection, "w1", "SELECT $1::int4", 1, types);
}

static long run(PGconn *connection, long units, uint64_t *checksum)
{
    for (long i = 1; i <= units; i++) {
        uint32_t parameter = htobe32((uint32_t)i);
        const char *values[] = {(const char *)&parameter};
        static const int lengths[] = {sizeof parameter};
        static const int formats[] = {1};
        PGresult *result = PQexecPrepared(connection, "w1", 1, values, lengths, formats, 1);
        expect(connection, result, PGRES_TUPLES_OK);
        if (PQntuples(result) != 1 || PQgetlength(result, 0, 0) != 4)
            fail("w1", "not one int4");
        int32_t value = (int32_t)read32(PQgetvalue(result, 0, 0));
        checksum_row(checksum, (uint64_t)(int64_t)value);
        PQclear(result);
    }
    return units;
}

const struct workload w1_tcp = {"w1_tcp", "-", 1, prepare, run, NULL, NULL};
const struct workload w1_unix = {"w1_unix", "-", 1, prepare, run, NULL, NULL};
const struct workload w1_tls = {"w1_tls", "-", 1, prepare, run, NULL, NULL};
