/* w4c: a hundred rows of int4[100], the whole result, each array as a C array of its own. */
#include "benchmark.h"

enum { ROWS = 100, HEADER = 12, DIMENSION = 8 };

static void prepare(PGconn *connection) { prepare_statement(connection, "w4c", "SELECT * FROM w4c", 0, NULL); }

/* On the wire: count of dimensions, whether there are NULLs, the elements' type, for each dimension its length and lower
 * bound, then each element with its length. The array is owned by the caller. */
static int32_t *read_array(const char *bytes, size_t length, size_t *count)
{
    if (length < HEADER + DIMENSION || read32(bytes) != 1 || read32(bytes + 4) != 0 || read32(bytes + 8) != OID_INT4)
        fail("w4c", "not an int4[] without NULL");
    *count = read32(bytes + HEADER);
    if (*count > length || length != HEADER + DIMENSION + *count * 8)
        fail("w4c", "an array of another length");
    int32_t *values = malloc(*count * sizeof *values + 1);
    if (!values)
        fail("w4c", "out of memory");
    bytes += HEADER + DIMENSION;
    for (size_t i = 0; i < *count; i++)
        values[i] = (int32_t)read32(bytes + 8 * i + 4);
    return values;
}

static long run(PGconn *connection, long units, uint64_t *checksum)
{
    for (long done = 0; done < units; done += ROWS) {
        PGresult *result = PQexecPrepared(connection, "w4c", 0, NULL, NULL, NULL, 1);
        expect(connection, result, PGRES_TUPLES_OK);
        if (PQntuples(result) != ROWS || PQnfields(result) != 1)
            fail("w4c", "not a hundred rows of one column");
        for (int number = 0; number < ROWS; number++) {
            size_t count;
            int32_t *values =
                read_array(PQgetvalue(result, number, 0), (size_t)PQgetlength(result, number, 0), &count);
            uint64_t word = count;
            for (size_t i = 0; i < count; i++)
                word += (2 * i + 3) * (uint64_t)(int64_t)values[i];
            checksum_row(checksum, word);
            free(values);
        }
        PQclear(result);
    }
    return units;
}

const struct workload w4c = {"w4c", "-", ROWS, prepare, run, NULL, NULL};
