/* w7out: COPY TO STDOUT, binary, a million rows of int8, int4, float8 and text, every value converted to a C type. */
#include "benchmark.h"

enum { ROWS = 1000000, COLUMNS = 4, SIGNATURE = 19 };

static const char *field(const char **next, const char *end, uint32_t length)
{
    const char *bytes = *next + 4;
    if (end - *next < 4 || (size_t)(end - bytes) < length || read32(*next) != length)
        fail("w7out", "a value of another length");
    *next = bytes + length;
    return bytes;
}

static void add_row(const char *next, const char *end, uint64_t *checksum)
{
    if (end - next < 2 || read16(next) != COLUMNS)
        fail("w7out", "not four columns");
    next += 2;
    int64_t a = (int64_t)read64(field(&next, end, 8));
    int32_t b = (int32_t)read32(field(&next, end, 4));
    uint64_t c = read64(field(&next, end, 8));
    if (end - next < 4)
        fail("w7out", "a row too short");
    uint32_t length = read32(next);
    char *d = copy_of(field(&next, end, length), length);
    if (next != end)
        fail("w7out", "a row too long");
    checksum_row(checksum, (uint64_t)a + 3 * (uint64_t)(int64_t)b + 5 * c + 7 * checksum_bytes(d, length));
    free(d);
}

/* The server sends each row as a message of its own, the signature with the first one, the end as the last. */
static long run(PGconn *connection, long units, uint64_t *checksum)
{
    for (long done = 0; done < units; done += ROWS) {
        PGresult *result = PQexec(connection, "COPY w7out TO STDOUT (FORMAT binary)");
        expect(connection, result, PGRES_COPY_OUT);
        PQclear(result);
        char *message;
        int length, skipped = SIGNATURE;
        long rows = 0;
        while ((length = PQgetCopyData(connection, &message, 0)) > 0) {
            if (length > skipped && !(length == 2 && read16(message) == UINT16_C(0xffff))) {
                add_row(message + skipped, message + length, checksum);
                rows++;
            }
            skipped = 0;
            PQfreemem(message);
        }
        if (length != -1 || rows != ROWS)
            fail("w7out", length == -1 ? "not a million rows" : PQerrorMessage(connection));
        while ((result = PQgetResult(connection)) != NULL) {
            expect(connection, result, PGRES_COMMAND_OK);
            PQclear(result);
        }
    }
    return units;
}

const struct workload w7out = {"w7out", "-", ROWS, NULL, run, NULL, NULL};
