/* w6: a thousand SELECTs, or INSERTs, of one int4 in a pipeline; the numbers go on from round to round. */
#include "pipeline.h"

static const int lengths[] = {4};
static const int formats[] = {1};

static void prepare_select(PGconn *connection)
{
    static const Oid types[] = {OID_INT4};
    prepare_statement(connection, "w6", "SELECT $1::int4", 1, types);
}

static void prepare_insert(PGconn *connection)
{
    prepare_statement(connection, "w6", "INSERT INTO w6_ins (a) VALUES ($1)", 0, NULL);
}

static void send_round(PGconn *connection, long done)
{
    for (long number = done + 1; number <= done + PIPELINED; number++) {
        uint32_t parameter = htobe32((uint32_t)number);
        const char *values[] = {(const char *)&parameter};
        pipeline_send(connection, "w6", 1, values, lengths, formats);
    }
    pipeline_sync(connection);
}

static long run_select(PGconn *connection, long units, uint64_t *checksum)
{
    pipeline_begin(connection);
    for (long done = 0; done < units; done += PIPELINED) {
        send_round(connection, done);
        for (int i = 0; i < PIPELINED; i++) {
            PGresult *result = pipeline_result(connection, PGRES_TUPLES_OK);
            if (PQntuples(result) != 1 || PQgetlength(result, 0, 0) != 4)
                fail("w6_sel", "not one int4");
            int32_t value = (int32_t)read32(PQgetvalue(result, 0, 0));
            checksum_row(checksum, (uint64_t)(int64_t)value);
            PQclear(result);
        }
        pipeline_end(connection);
    }
    pipeline_leave(connection);
    return units;
}

static long run_insert(PGconn *connection, long units, uint64_t *checksum)
{
    (void)checksum;
    pipeline_begin(connection);
    for (long done = 0; done < units; done += PIPELINED) {
        send_round(connection, done);
        for (int i = 0; i < PIPELINED; i++)
            PQclear(pipeline_result(connection, PGRES_COMMAND_OK));
        pipeline_end(connection);
    }
    pipeline_leave(connection);
    return units;
}

static void reset(PGconn *connection) { execute(connection, "TRUNCATE w6_ins"); }

static void prove(PGconn *connection, uint64_t *checksum) { add_proof(connection, "w6_ins", checksum); }

const struct workload w6_sel = {"w6_sel", "-", PIPELINED, prepare_select, run_select, NULL, NULL};
const struct workload w6_ins = {"w6_ins", "-", PIPELINED, prepare_insert, run_insert, reset, prove};
