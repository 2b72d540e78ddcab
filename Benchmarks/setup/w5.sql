CREATE TABLE w5 (
    a int8 NOT NULL,
    b int4 NOT NULL,
    c float8 NOT NULL,
    d bool NOT NULL,
    e text NOT NULL,
    f timestamptz NOT NULL,
    g uuid NOT NULL,
    h numeric(12,2) NOT NULL
);

INSERT INTO w5
SELECT
    (i - 100000)::int8 * 1234567891,
    i * 7919 % 2000000 - 1000000,
    (i - 100000)::float8 / 7,
    i % 3 = 0,
    substr(md5(i::text), 1, 20),
    '2020-01-01 00:00:00+00'::timestamptz + i * '1.234567 s'::interval,
    md5('uuid ' || i)::uuid,
    ((i - 100000) * 13.37)::numeric(12,2)
FROM generate_series(1, 200000) AS i;

VACUUM (FREEZE, ANALYZE) w5;
