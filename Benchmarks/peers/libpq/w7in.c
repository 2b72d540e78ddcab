/* w7in: COPY FROM STDIN, binary, a million rows of int8, int4, float8 and text, from a thousand rows in memory. */
#include "copy.h"

enum { ROWS = 1000000, DISTINCT = 1000 };

struct row {
    int64_t a;
    int32_t b;
    double c;
    char d[16];
};

static struct row rows[DISTINCT];

static void prepare(PGconn *connection)
{
    (void)connection;
    for (int i = 0; i < DISTINCT; i++) {
        rows[i].a = i * INT64_C(1234567891);
        rows[i].b = i - 500;
        rows[i].c = i / 8.0;
        snprintf(rows[i].d, sizeof rows[i].d, "row %07d", i);
    }
}

static void reset(PGconn *connection) { execute(connection, "TRUNCATE w7in"); }

static void prove(PGconn *connection, uint64_t *checksum) { add_proof(connection, "w7in", checksum); }

static long run(PGconn *connection, long units, uint64_t *checksum)
{
    static struct copy copy;
    (void)checksum;
    for (long done = 0; done < units; done += ROWS) {
        copy_begin(&copy, connection, "COPY w7in (a, b, c, d) FROM STDIN (FORMAT binary)");
        for (int repeated = 0; repeated < ROWS; repeated += DISTINCT)
            for (const struct row *row = rows; row < rows + DISTINCT; row++) {
                char *next = copy_row(&copy, 4);
                next = copy_int8(next, row->a);
                next = copy_int4(next, row->b);
                next = copy_float8(next, row->c);
                copy.next = copy_text(next, row->d);
            }
        copy_end(&copy);
    }
    return units;
}

const struct workload w7in = {"w7in", "-", ROWS, prepare, run, reset, prove};
