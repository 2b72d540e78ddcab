/* w3a: a thousand rows of int4, the whole result. */
#include "benchmark.h"

enum { ROWS = 1000 };

static void prepare(PGconn *connection)
{
    static const Oid types[] = {OID_INT4};
    prepare_statement(connection, "w3a", "SELECT i FROM generate_series(1, $1) AS i", 1, types);
}

static long run(PGconn *connection, long units, uint64_t *checksum)
{
    uint32_t parameter = htobe32(ROWS);
    const char *values[] = {(const char *)&parameter};
    static const int lengths[] = {sizeof parameter};
    static const int formats[] = {1};
    for (long done = 0; done < units; done += ROWS) {
        PGresult *result = PQexecPrepared(connection, "w3a", 1, values, lengths, formats, 1);
        expect(connection, result, PGRES_TUPLES_OK);
        if (PQntuples(result) != ROWS || PQnfields(result) != 1)
            fail("w3a", "not a thousand rows of one column");
        for (int number = 0; number < ROWS; number++) {
            int32_t value = (int32_t)read32(PQgetvalue(result, number, 0));
            checksum_row(checksum, (uint64_t)(int64_t)value);
        }
        PQclear(result);
    }
    return units;
}

const struct workload w3a = {"w3a", "-", ROWS, prepare, run, NULL, NULL};
