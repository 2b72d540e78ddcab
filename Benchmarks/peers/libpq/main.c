/* libpq WORKLOAD [FACE] CONNSTRING UNITS: warms up, measures, prints one line of JSON. */
#include "benchmark.h"

#include <sys/resource.h>
#include <time.h>

static const struct workload *const workloads[] = {
    &w1_tcp, &w1_unix, &w1_tls, &w2, &w3a, &w3b,
#ifdef LIBPQ_HAS_CHUNK_MODE
    &w3b_chunked,
#endif
    &w4a, &w4a_in_place, &w4b, &w4b_in_place, &w4c, &w4d, &w4e, &w5, &w6_sel, &w6_ins, &w7in, &w7out, &w8, &w8_tls, &w9,
};
static const size_t workload_count = sizeof workloads / sizeof workloads[0];

const char *connection_string;

_Noreturn void fail(const char *what, const char *detail)
{
    fprintf(stderr, "libpq: %s: %s\n", what, detail);
    exit(1);
}

void expect(PGconn *connection, PGresult *result, ExecStatusType status)
{
    if (PQresultStatus(result) != status)
        fail("unexpected result", result ? PQresultErrorMessage(result) : PQerrorMessage(connection));
}

void prepare_statement(PGconn *connection, const char *name, const char *sql, int parameters, const Oid *types)
{
    PGresult *result = PQprepare(connection, name, sql, parameters, types);
    expect(connection, result, PGRES_COMMAND_OK);
    PQclear(result);
}

PGconn *open_connection(void)
{
    PGconn *connection = PQconnectdb(connection_string);
    if (PQstatus(connection) != CONNECTION_OK)
        fail("connect", PQerrorMessage(connection));
    return connection;
}

void execute(PGconn *connection, const char *sql)
{
    PGresult *result = PQexec(connection, sql);
    expect(connection, result, PGRES_COMMAND_OK);
    PQclear(result);
}

void add_proof(PGconn *connection, const char *table, uint64_t *checksum)
{
    char sql[200];
    snprintf(sql, sizeof sql,
             "SELECT count(*), (sum(hash_record_extended(t, 0)) %% 9223372036854775807)::int8 FROM %s AS t", table);
    PGresult *result = PQexecParams(connection, sql, 0, NULL, NULL, NULL, NULL, 1);
    expect(connection, result, PGRES_TUPLES_OK);
    checksum_row(checksum, read64(PQgetvalue(result, 0, 0)) + 3 * read64(PQgetvalue(result, 0, 1)));
    PQclear(result);
}

static double cpu_microseconds(void)
{
    struct rusage usage;
    if (getrusage(RUSAGE_SELF, &usage) != 0)
        fail("getrusage", "failed");
    return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e6 + usage.ru_utime.tv_usec + usage.ru_stime.tv_usec;
}

static double wall_microseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1e6 + now.tv_nsec / 1e3;
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "--list") == 0) {
        for (size_t i = 0; i < workload_count; i++)
            printf("%s %s\n", workloads[i]->name, workloads[i]->face);
        return 0;
    }
    if (argc != 4 && argc != 5) {
        fputs("usage: libpq WORKLOAD [FACE] CONNSTRING UNITS | libpq --list\n", stderr);
        return 2;
    }
    const char *name = argv[1], *face = argc == 5 ? argv[2] : "-";
    const char *count = argv[argc - 1];
    connection_string = argv[argc - 2];
    const struct workload *workload = NULL;
    for (size_t i = 0; i < workload_count; i++)
        if (strcmp(workloads[i]->name, name) == 0 && strcmp(workloads[i]->face, face) == 0)
            workload = workloads[i];
    if (!workload) {
        fprintf(stderr, "libpq: no workload %s with face %s\n", name, face);
        return 3;
    }
    char *end;
    long units = strtol(count, &end, 10);
    if (end == count || *end != '\0' || units <= 0 || units % workload->round != 0) {
        fprintf(stderr, "libpq: UNITS must be a positive multiple of %ld\n", workload->round);
        return 2;
    }

    PGconn *connection = open_connection();
    if (workload->prepare)
        workload->prepare(connection);
    if (workload->reset)
        workload->reset(connection);

    long warm_up = units / workload->round / 10;
    uint64_t checksum = 0;
    workload->run(connection, (warm_up > 0 ? warm_up : 1) * workload->round, &checksum);
    if (workload->reset)
        workload->reset(connection);

    checksum = 0;
    double cpu = cpu_microseconds();
    double wall = wall_microseconds();
    units = workload->run(connection, units, &checksum);
    wall = wall_microseconds() - wall;
    cpu = cpu_microseconds() - cpu;
    if (workload->prove)
        workload->prove(connection, &checksum);

    PQfinish(connection);
    printf("{\"workload\":\"%s\",\"client\":\"libpq\",\"face\":\"%s\",\"units\":%ld,"
           "\"cpu_us\":%.6f,\"wall_us\":%.6f,\"checksum\":\"%016llx\"}\n",
           workload->name, workload->face, units, cpu / units, wall / units, (unsigned long long)checksum);
    return 0;
}
