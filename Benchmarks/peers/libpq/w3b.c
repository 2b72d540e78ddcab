/* w3b: a million rows of int4, streamed and summed; row by row, and by chunks where libpq can (17 and later). */
#include "benchmark.h"

enum { ROWS = 1000000, CHUNK = 1000 };

static void prepare(PGconn *connection)
{
    static const Oid types[] = {OID_INT4};
    prepare_statement(connection, "w3b", "SELECT i FROM generate_series(1, $1) AS i", 1, types);
}

static void start(PGconn *connection)
{
    uint32_t parameter = htobe32(ROWS);
    const char *values[] = {(const char *)&parameter};
    static const int lengths[] = {sizeof parameter};
    static const int formats[] = {1};
    if (!PQsendQueryPrepared(connection, "w3b", 1, values, lengths, formats, 1))
        fail("w3b", PQerrorMessage(connection));
}

static void receive(PGconn *connection, ExecStatusType partial, uint64_t *checksum)
{
    PGresult *result;
    long rows = 0;
    while ((result = PQgetResult(connection)) != NULL) {
        ExecStatusType status = PQresultStatus(result);
        if (status == partial) {
            int count = PQntuples(result);
            for (int row = 0; row < count; row++) {
                int32_t value = (int32_t)read32(PQgetvalue(result, row, 0));
                checksum_row(checksum, (uint64_t)(int64_t)value);
            }
            rows += count;
        } else {
            expect(connection, result, PGRES_TUPLES_OK);
        }
        PQclear(result);
    }
    if (rows != ROWS)
        fail("w3b", "not a million rows");
}

static long run(PGconn *connection, long units, uint64_t *checksum)
{
    for (long done = 0; done < units; done += ROWS) {
        start(connection);
        if (!PQsetSingleRowMode(connection))
            fail("w3b", "no single-row mode");
        receive(connection, PGRES_SINGLE_TUPLE, checksum);
    }
    return units;
}

const struct workload w3b = {"w3b", "-", ROWS, prepare, run, NULL, NULL};

#ifdef LIBPQ_HAS_CHUNK_MODE
static long run_chunked(PGconn *connection, long units, uint64_t *checksum)
{
    for (long done = 0; done < units; done += ROWS) {
        start(connection);
        if (!PQsetChunkedRowsMode(connection, CHUNK))
            fail("w3b", "no chunked mode");
        receive(connection, PGRES_TUPLES_CHUNK, checksum);
    }
    return units;
}

const struct workload w3b_chunked = {"w3b", "chunked", ROWS, prepare, run_chunked, NULL, NULL};
#endif
