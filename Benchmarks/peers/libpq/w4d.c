/* w4d: MagicStack's 5-copyfrom: COPY FROM STDIN, 10,000 rows of seven columns at a time. */
#include "copy.h"
#include "w4.h"

enum { ROWS = 10000 };

static void reset(PGconn *connection) { execute(connection, "TRUNCATE w4d"); }

static void prove(PGconn *connection, uint64_t *checksum) { add_proof(connection, "w4d", checksum); }

static long run(PGconn *connection, long units, uint64_t *checksum)
{
    static struct copy copy;
    (void)checksum;
    for (long done = 0; done < units; done += ROWS) {
        copy_begin(&copy, connection, "COPY w4d (a, b, c, d, e, f, g) FROM STDIN (FORMAT binary)");
        for (int i = 0; i < ROWS; i++) {
            char *next = copy_row(&copy, 7);
            next = copy_int4(next, w4_row.a);
            next = copy_int4(next, w4_row.b);
            next = copy_int4(next, w4_row.c);
            next = copy_text(next, w4_row.d);
            next = copy_float8(next, w4_row.e);
            next = copy_int4(next, w4_row.f);
            copy.next = copy_text(next, w4_row.g);
        }
        copy_end(&copy);
    }
    return units;
}

const struct workload w4d = {"w4d", "-", ROWS, NULL, run, reset, prove};
