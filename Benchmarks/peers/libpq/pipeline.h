/* A thousand executions of one prepared statement, then one Sync; the results are read afterwards. libpq reads what the
 * server sends while it cannot write, so neither side waits for the other. */
#ifndef PIPELINE_H
#define PIPELINE_H

#include "benchmark.h"

enum { PIPELINED = 1000 };

static inline void pipeline_begin(PGconn *connection)
{
    if (PQenterPipelineMode(connection) != 1)
        fail("pipeline", PQerrorMessage(connection));
}

static inline void pipeline_send(PGconn *connection, const char *name, int count, const char *const *values,
                                 const int *lengths, const int *formats)
{
    if (PQsendQueryPrepared(connection, name, count, values, lengths, formats, 1) != 1)
        fail("pipeline", PQerrorMessage(connection));
}

static inline void pipeline_sync(PGconn *connection)
{
    if (PQpipelineSync(connection) != 1)
        fail("pipeline", PQerrorMessage(connection));
}

/* The result of the next statement, the NULL after it taken. */
static inline PGresult *pipeline_result(PGconn *connection, ExecStatusType status)
{
    PGresult *result = PQgetResult(connection);
    expect(connection, result, status);
    if (PQgetResult(connection) != NULL)
        fail("pipeline", "more than one result");
    return result;
}

static inline void pipeline_end(PGconn *connection)
{
    PGresult *result = PQgetResult(connection);
    expect(connection, result, PGRES_PIPELINE_SYNC);
    PQclear(result);
}

/* `reset` and `prove` use the simple protocol, which a pipeline does not have. */
static inline void pipeline_leave(PGconn *connection)
{
    if (PQexitPipelineMode(connection) != 1)
        fail("pipeline", PQerrorMessage(connection));
}

#endif
