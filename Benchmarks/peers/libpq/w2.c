/* w2: pg_type by MagicStack's query, twelve columns, the whole result, every value converted to a C type. */
#include "benchmark.h"

enum { COLUMNS = 12 };

struct row {
    char *name; /* owned, ended by NUL */
    size_t name_length;
    uint32_t namespace, owner, relation, element, array;
    int16_t length;
    bool by_value, preferred, defined;
    char category, delimiter;
};

static void prepare(PGconn *connection)
{
    prepare_statement(connection, "w2",
                      "select typname, typnamespace, typowner, typlen, typbyval, typcategory, typispreferred, "
                      "typisdefined, typdelim, typrelid, typelem, typarray "
                      "from pg_type where typtypmod = $1 and typisdefined = $2",
                      0, NULL);
}

static void convert(const PGresult *result, int number, struct row *row)
{
    row->name_length = (size_t)PQgetlength(result, number, 0);
    row->name = copy_of(PQgetvalue(result, number, 0), row->name_length);
    row->namespace = read32(PQgetvalue(result, number, 1));
    row->owner = read32(PQgetvalue(result, number, 2));
    row->length = (int16_t)read16(PQgetvalue(result, number, 3));
    row->by_value = *PQgetvalue(result, number, 4) != 0;
    row->category = *PQgetvalue(result, number, 5);
    row->preferred = *PQgetvalue(result, number, 6) != 0;
    row->defined = *PQgetvalue(result, number, 7) != 0;
    row->delimiter = *PQgetvalue(result, number, 8);
    row->relation = read32(PQgetvalue(result, number, 9));
    row->element = read32(PQgetvalue(result, number, 10));
    row->array = read32(PQgetvalue(result, number, 11));
}

static uint64_t checksum_of(const struct row *row)
{
    return checksum_bytes(row->name, row->name_length) + 3 * (uint64_t)row->namespace + 5 * (uint64_t)row->owner
        + 7 * (uint64_t)(int64_t)row->length + 9 * (uint64_t)row->by_value + 11 * (uint64_t)(unsigned char)row->category
        + 13 * (uint64_t)row->preferred + 15 * (uint64_t)row->defined + 17 * (uint64_t)(unsigned char)row->delimiter
        + 19 * (uint64_t)row->relation + 21 * (uint64_t)row->element + 23 * (uint64_t)row->array;
}

static long run(PGconn *connection, long units, uint64_t *checksum)
{
    uint32_t modifier = htobe32(UINT32_C(0xffffffff));
    const char *values[] = {(const char *)&modifier, "\1"};
    static const int lengths[] = {sizeof modifier, 1};
    static const int formats[] = {1, 1};
    long done = 0;
    while (done < units) {
        PGresult *result = PQexecPrepared(connection, "w2", 2, values, lengths, formats, 1);
        expect(connection, result, PGRES_TUPLES_OK);
        int rows = PQntuples(result);
        if (rows == 0 || PQnfields(result) != COLUMNS)
            fail("w2", "not some rows of twelve columns");
        for (int number = 0; number < rows; number++) {
            struct row row;
            convert(result, number, &row);
            checksum_row(checksum, checksum_of(&row));
            free(row.name);
        }
        PQclear(result);
        done += rows;
    }
    return done;
}

const struct workload w2 = {"w2", "-", 1, prepare, run, NULL, NULL};
