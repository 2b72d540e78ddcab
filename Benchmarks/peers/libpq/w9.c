/* w9: SELECT $1::int4 on 32 connections at once, each with one query under way, from one thread. */
#include "benchmark.h"

#include <sys/epoll.h>

enum { CONNECTIONS = 32 };

struct client {
    PGconn *connection;
    long sent, received;
    uint64_t checksum;
};

static struct client clients[CONNECTIONS];
static int poller;

static void prepare(PGconn *unused)
{
    static const Oid types[] = {OID_INT4};
    (void)unused;
    poller = epoll_create1(0);
    for (int i = 0; i < CONNECTIONS; i++) {
        clients[i].connection = open_connection();
        prepare_statement(clients[i].connection, "w9", "SELECT $1::int4", 1, types);
        if (PQsetnonblocking(clients[i].connection, 1) != 0)
            fail("w9", PQerrorMessage(clients[i].connection));
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = &clients[i]};
        if (poller < 0 || epoll_ctl(poller, EPOLL_CTL_ADD, PQsocket(clients[i].connection), &event) != 0)
            fail("w9", "epoll failed");
    }
}

/* The query is so short that the socket takes it at once. */
static void send_next(struct client *client)
{
    long place = client - clients;
    uint32_t parameter = htobe32((uint32_t)(client->sent * CONNECTIONS + place + 1));
    const char *values[] = {(const char *)&parameter};
    static const int lengths[] = {sizeof parameter};
    static const int formats[] = {1};
    if (PQsendQueryPrepared(client->connection, "w9", 1, values, lengths, formats, 1) != 1
        || PQflush(client->connection) != 0)
        fail("w9", PQerrorMessage(client->connection));
    client->sent++;
}

static void receive(struct client *client)
{
    PGresult *result = PQgetResult(client->connection);
    expect(client->connection, result, PGRES_TUPLES_OK);
    if (PQntuples(result) != 1 || PQgetlength(result, 0, 0) != 4)
        fail("w9", "not one int4");
    int32_t value = (int32_t)read32(PQgetvalue(result, 0, 0));
    checksum_row(&client->checksum, (uint64_t)(int64_t)value);
    PQclear(result);
    if (PQgetResult(client->connection) != NULL)
        fail("w9", "more than one result");
    client->received++;
}

static long run(PGconn *unused, long units, uint64_t *checksum)
{
    (void)unused;
    long each = units / CONNECTIONS, left = units;
    for (int i = 0; i < CONNECTIONS; i++) {
        clients[i].sent = clients[i].received = 0;
        clients[i].checksum = 0;
        send_next(&clients[i]);
    }
    while (left > 0) {
        struct epoll_event events[CONNECTIONS];
        int count = epoll_wait(poller, events, CONNECTIONS, -1);
        for (int i = 0; i < count; i++) {
            struct client *client = events[i].data.ptr;
            if (PQconsumeInput(client->connection) != 1)
                fail("w9", PQerrorMessage(client->connection));
            if (client->received == each || PQisBusy(client->connection))
                continue;
            receive(client);
            left--;
            if (client->sent < each)
                send_next(client);
        }
    }
    for (int i = 0; i < CONNECTIONS; i++)
        *checksum += (2 * (uint64_t)i + 1) * clients[i].checksum;
    return units;
}

const struct workload w9 = {"w9", "-", CONNECTIONS, prepare, run, NULL, NULL};
