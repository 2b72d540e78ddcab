/* What the workloads share; the protocol and the checksum are defined in Benchmarks/README.md. */
#ifndef BENCHMARK_H
#define BENCHMARK_H

#include <endian.h>
#include <libpq-fe.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OID_INT4 = 23 };

/* One workload: `prepare` is never measured, `run` is, over a multiple of `round` units. */
struct workload {
    const char *name;
    const char *face; /* the way of using libpq, "-" for the usual one */
    long round;       /* units in one round */
    void (*prepare)(PGconn *connection);
    void (*run)(PGconn *connection, long units, uint64_t *checksum);
};

/* Every workload is one file, named here and in main.c's table. */
extern const struct workload w1_tcp, w1_unix, w3b, w5;
#ifdef LIBPQ_HAS_CHUNK_MODE
extern const struct workload w3b_chunked;
#endif

/* Ends the process with status 1. */
_Noreturn void fail(const char *what, const char *detail);

/* Fails unless the result has this status. */
void expect(PGconn *connection, PGresult *result, ExecStatusType status);

void prepare_statement(PGconn *connection, const char *name, const char *sql, int parameters, const Oid *types);

#define CHECKSUM_PRIME UINT64_C(0x100000001b3)

static inline void checksum_row(uint64_t *checksum, uint64_t row) { *checksum = *checksum * CHECKSUM_PRIME + row; }

static inline uint64_t checksum_bytes(const void *bytes, size_t count)
{
    const unsigned char *next = bytes;
    uint64_t sum = count;
    uint64_t word;
    for (; count >= 8; count -= 8, next += 8) {
        memcpy(&word, next, 8);
        sum = sum * CHECKSUM_PRIME + le64toh(word);
    }
    if (count > 0) {
        word = 0;
        memcpy(&word, next, count);
        sum = sum * CHECKSUM_PRIME + le64toh(word);
    }
    return sum;
}

/* Big-endian numbers at any address. */
static inline uint16_t read16(const char *bytes)
{
    uint16_t value;
    memcpy(&value, bytes, sizeof value);
    return be16toh(value);
}

static inline uint32_t read32(const char *bytes)
{
    uint32_t value;
    memcpy(&value, bytes, sizeof value);
    return be32toh(value);
}

static inline uint64_t read64(const char *bytes)
{
    uint64_t value;
    memcpy(&value, bytes, sizeof value);
    return be64toh(value);
}

#endif
