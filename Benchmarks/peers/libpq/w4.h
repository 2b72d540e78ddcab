/* The row that MagicStack's 5-copyfrom and 6-batch write, and its table's columns in order. */
#ifndef W4_H
#define W4_H

#include <stdint.h>

struct w4_row {
    int32_t a, b, c;
    const char *d;
    double e;
    int32_t f;
    const char *g;
};

static const struct w4_row w4_row = {10, 11, 10, "TESTTESTTEST", 10.333, 12341234, "123412341234"};

#endif
