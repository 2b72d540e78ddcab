/* w5: 200,000 rows of eight types, the whole result, every value converted to a C type. */
#include "benchmark.h"

enum { ROWS = 200000, COLUMNS = 8 };

struct row {
    int64_t a;
    int32_t b;
    double c;
    bool d;
    char *e; /* owned, ended by NUL */
    size_t e_length;
    int64_t f; /* microseconds since 2000-01-01 00:00 UTC */
    unsigned char g[16];
    int64_t h; /* hundredths */
};

/* numeric(12,2) as hundredths. On the wire: the count of base-10000 digits, the first digit's weight, the sign, the
 * display scale, the digits. */
static int64_t read_hundredths(const char *bytes, int length)
{
    if (length < 8)
        fail("w5", "numeric too short");
    int count = (int16_t)read16(bytes);
    int weight = (int16_t)read16(bytes + 2);
    uint16_t sign = read16(bytes + 4);
    const char *digits = bytes + 8;
    if (count < 0 || length != 8 + 2 * count || weight > 2 || (sign != 0x0000 && sign != 0x4000))
        fail("w5", "not a numeric(12,2)");
    int64_t value = 0;
    int next = 0;
    for (int exponent = weight; exponent >= 0; exponent--)
        value = value * 10000 + (next < count ? read16(digits + 2 * next++) : 0);
    value *= 100;
    if (weight >= -1 && next < count)
        value += read16(digits + 2 * next++) / 100;
    if (next < count)
        fail("w5", "more than two decimals");
    return sign == 0x4000 ? -value : value;
}

static void convert(const PGresult *result, int number, struct row *row)
{
    row->a = (int64_t)read64(PQgetvalue(result, number, 0));
    row->b = (int32_t)read32(PQgetvalue(result, number, 1));
    uint64_t bits = read64(PQgetvalue(result, number, 2));
    memcpy(&row->c, &bits, sizeof bits);
    row->d = *PQgetvalue(result, number, 3) != 0;
    row->e_length = (size_t)PQgetlength(result, number, 4);
    row->e = copy_of(PQgetvalue(result, number, 4), row->e_length);
    row->f = (int64_t)read64(PQgetvalue(result, number, 5));
    memcpy(row->g, PQgetvalue(result, number, 6), sizeof row->g);
    row->h = read_hundredths(PQgetvalue(result, number, 7), PQgetlength(result, number, 7));
}

static uint64_t checksum_of(const struct row *row)
{
    uint64_t bits;
    memcpy(&bits, &row->c, sizeof bits);
    return 1 * (uint64_t)row->a + 3 * (uint64_t)(int64_t)row->b + 5 * bits + 7 * (uint64_t)row->d
        + 9 * checksum_bytes(row->e, row->e_length) + 11 * (uint64_t)row->f
        + 13 * checksum_bytes(row->g, sizeof row->g) + 15 * (uint64_t)row->h;
}

static void prepare(PGconn *connection)
{
    prepare_statement(connection, "w5", "SELECT * FROM w5", 0, NULL);
}

static long run(PGconn *connection, long units, uint64_t *checksum)
{
    for (long done = 0; done < units; done += ROWS) {
        PGresult *result = PQexecPrepared(connection, "w5", 0, NULL, NULL, NULL, 1);
        expect(connection, result, PGRES_TUPLES_OK);
        if (PQntuples(result) != ROWS || PQnfields(result) != COLUMNS)
            fail("w5", "not 200,000 rows of eight columns");
        for (int number = 0; number < ROWS; number++) {
            struct row row;
            convert(result, number, &row);
            checksum_row(checksum, checksum_of(&row));
            free(row.e);
        }
        PQclear(result);
    }
    return units;
}

const struct workload w5 = {"w5", "-", ROWS, prepare, run, NULL, NULL};
