/* w4a, w4b: a hundred bytea of 1,000 bytes and of 100 KiB, the whole result, each value in memory of its own. */
#include "benchmark.h"

enum { ROWS = 100 };

static void prepare_small(PGconn *connection) { prepare_statement(connection, "w4", "SELECT * FROM w4a", 0, NULL); }

static void prepare_large(PGconn *connection) { prepare_statement(connection, "w4", "SELECT * FROM w4b", 0, NULL); }

static long run(PGconn *connection, long units, uint64_t *checksum)
{
    for (long done = 0; done < units; done += ROWS) {
        PGresult *result = PQexecPrepared(connection, "w4", 0, NULL, NULL, NULL, 1);
        expect(connection, result, PGRES_TUPLES_OK);
        if (PQntuples(result) != ROWS || PQnfields(result) != 1)
            fail("w4", "not a hundred rows of one column");
        for (int number = 0; number < ROWS; number++) {
            size_t length = (size_t)PQgetlength(result, number, 0);
            char *value = copy_of(PQgetvalue(result, number, 0), length);
            checksum_row(checksum, checksum_bytea(value, length));
            free(value);
        }
        PQclear(result);
    }
    return units;
}

/* Reads the values where libpq keeps them; they are gone with the result. */
static long run_in_place(PGconn *connection, long units, uint64_t *checksum)
{
    for (long done = 0; done < units; done += ROWS) {
        PGresult *result = PQexecPrepared(connection, "w4", 0, NULL, NULL, NULL, 1);
        expect(connection, result, PGRES_TUPLES_OK);
        if (PQntuples(result) != ROWS || PQnfields(result) != 1)
            fail("w4", "not a hundred rows of one column");
        for (int number = 0; number < ROWS; number++)
            checksum_row(checksum,
                         checksum_bytea(PQgetvalue(result, number, 0), (size_t)PQgetlength(result, number, 0)));
        PQclear(result);
    }
    return units;
}

const struct workload w4a = {"w4a", "-", ROWS, prepare_small, run, NULL, NULL};
const struct workload w4b = {"w4b", "-", ROWS, prepare_large, run, NULL, NULL};
const struct workload w4a_in_place = {"w4a", "in-place", ROWS, prepare_small, run_in_place, NULL, NULL};
const struct workload w4b_in_place = {"w4b", "in-place", ROWS, prepare_large, run_in_place, NULL, NULL};
