/* COPY ... FROM STDIN (FORMAT binary), rows packed by hand into frames of 64 KiB. */
#ifndef COPY_H
#define COPY_H

#include "benchmark.h"

enum { FRAME = 65536, LONGEST_ROW = 256 };

struct copy {
    PGconn *connection;
    char *next;
    char frame[FRAME];
};

static const char copy_signature[19] = "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0";

static inline void copy_send(struct copy *copy)
{
    if (PQputCopyData(copy->connection, copy->frame, (int)(copy->next - copy->frame)) != 1)
        fail("COPY", PQerrorMessage(copy->connection));
    copy->next = copy->frame;
}

static inline void copy_begin(struct copy *copy, PGconn *connection, const char *sql)
{
    PGresult *result = PQexec(connection, sql);
    expect(connection, result, PGRES_COPY_IN);
    PQclear(result);
    copy->connection = connection;
    memcpy(copy->frame, copy_signature, sizeof copy_signature);
    copy->next = copy->frame + sizeof copy_signature;
}

/* The place of a row of at most LONGEST_ROW bytes. */
static inline char *copy_row(struct copy *copy, int columns)
{
    if (copy->next > copy->frame + FRAME - LONGEST_ROW)
        copy_send(copy);
    return write16(copy->next, (uint16_t)columns);
}

static inline char *copy_int4(char *next, int32_t value) { return write32(write32(next, 4), (uint32_t)value); }

static inline char *copy_int8(char *next, int64_t value) { return write64(write32(next, 8), (uint64_t)value); }

static inline char *copy_float8(char *next, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return write64(write32(next, 8), bits);
}

static inline char *copy_text(char *next, const char *text)
{
    size_t length = strlen(text);
    next = write32(next, (uint32_t)length);
    memcpy(next, text, length);
    return next + length;
}

static inline void copy_end(struct copy *copy)
{
    copy->next = write16(copy->next, UINT16_C(0xffff));
    copy_send(copy);
    if (PQputCopyEnd(copy->connection, NULL) != 1)
        fail("COPY", PQerrorMessage(copy->connection));
    PGresult *result;
    while ((result = PQgetResult(copy->connection)) != NULL) {
        expect(copy->connection, result, PGRES_COMMAND_OK);
        PQclear(result);
    }
}

#endif
