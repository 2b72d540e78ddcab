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

enum { OID_BOOL = 16, OID_INT8 = 20, OID_INT4 = 23, OID_TEXT = 25, OID_FLOAT8 = 701 };

/* One workload. Only `run` is measured, over a multiple of `round` units; it returns how many units it ran, which may be
 * more than it was asked for. `reset` comes before every `run`; `prove` comes after the clocks and adds to the checksum
 * what only the server knows. All but `run` may be NULL. */
struct workload {
    const char *name;
    const char *face; /* the way of using libpq, "-" for the usual one */
    long round;       /* units in one round */
    void (*prepare)(PGconn *connection);
    long (*run)(PGconn *connection, long units, uint64_t *checksum);
    void (*reset)(PGconn *connection);
    void (*prove)(PGconn *connection, uint64_t *checksum);
};

/* Every workload is named here and in main.c's table. */
extern const struct workload w1_tcp, w1_unix, w1_tls, w2, w3a, w3b, w4a, w4a_in_place, w4b, w4b_in_place, w4c, w4d, w4e,
    w5, w6_sel, w6_ins, w7in, w7out, w8, w8_tls, w9;
#ifdef LIBPQ_HAS_CHUNK_MODE
extern const struct workload w3b_chunked;
#endif

/* What the command line says, for workloads that open connections of their own. */
extern const char *connection_string;

PGconn *open_connection(void);

/* Ends the process with status 1. */
_Noreturn void fail(const char *what, const char *detail);

/* Fails unless the result has this status. */
void expect(PGconn *connection, PGresult *result, ExecStatusType status);

/* Runs a statement that returns no rows. */
void execute(PGconn *connection, const char *sql);

/* The proof of a workload that writes: adds a row made of the count of the table's rows and a hash of their values. */
void add_proof(PGconn *connection, const char *table, uint64_t *checksum);

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

/* Of a long value only the ends count, so that the sum does not cost more than the decoding. */
static inline uint64_t checksum_bytea(const char *bytes, size_t count)
{
    if (count <= 64)
        return checksum_bytes(bytes, count);
    uint64_t sum = count, word;
    for (size_t offset = 0; offset < 64; offset += 8) {
        memcpy(&word, bytes + (offset < 32 ? offset : count - 64 + offset), 8);
        sum = sum * CHECKSUM_PRIME + le64toh(word);
    }
    return sum;
}

/* Memory that the program owns, because that is what a decoded text or bytea is. */
static inline char *copy_of(const char *bytes, size_t count)
{
    char *copy = malloc(count + 1);
    if (!copy)
        fail("malloc", "out of memory");
    memcpy(copy, bytes, count);
    copy[count] = '\0';
    return copy;
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

/* These return the place after the number. */
static inline char *write16(char *bytes, uint16_t value)
{
    value = htobe16(value);
    memcpy(bytes, &value, sizeof value);
    return bytes + sizeof value;
}

static inline char *write32(char *bytes, uint32_t value)
{
    value = htobe32(value);
    memcpy(bytes, &value, sizeof value);
    return bytes + sizeof value;
}

static inline char *write64(char *bytes, uint64_t value)
{
    value = htobe64(value);
    memcpy(bytes, &value, sizeof value);
    return bytes + sizeof value;
}

#endif
