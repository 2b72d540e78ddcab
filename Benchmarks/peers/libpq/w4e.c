/* w4e: MagicStack's 6-batch: a thousand INSERTs of seven columns in a pipeline. */
#include "pipeline.h"
#include "w4.h"

static void prepare(PGconn *connection)
{
    prepare_statement(connection, "w4e",
                      "INSERT INTO w4e (a, b, c, d, e, f, g) VALUES ($1, $2, $3, $4, $5, $6, $7)", 0, NULL);
}

static void reset(PGconn *connection) { execute(connection, "TRUNCATE w4e"); }

static void prove(PGconn *connection, uint64_t *checksum) { add_proof(connection, "w4e", checksum); }

static long run(PGconn *connection, long units, uint64_t *checksum)
{
    static const int formats[] = {1, 1, 1, 1, 1, 1, 1};
    (void)checksum;
    pipeline_begin(connection);
    for (long done = 0; done < units; done += PIPELINED) {
        for (int i = 0; i < PIPELINED; i++) {
            char a[4], b[4], c[4], e[8], f[4];
            uint64_t bits;
            memcpy(&bits, &w4_row.e, sizeof bits);
            write32(a, (uint32_t)w4_row.a);
            write32(b, (uint32_t)w4_row.b);
            write32(c, (uint32_t)w4_row.c);
            write64(e, bits);
            write32(f, (uint32_t)w4_row.f);
            const char *values[] = {a, b, c, w4_row.d, e, f, w4_row.g};
            const int lengths[] = {4, 4, 4, (int)strlen(w4_row.d), 8, 4, (int)strlen(w4_row.g)};
            pipeline_send(connection, "w4e", 7, values, lengths, formats);
        }
        pipeline_sync(connection);
        for (int i = 0; i < PIPELINED; i++)
            PQclear(pipeline_result(connection, PGRES_COMMAND_OK));
        pipeline_end(connection);
    }
    pipeline_leave(connection);
    return units;
}

const struct workload w4e = {"w4e", "-", PIPELINED, prepare, run, reset, prove};
