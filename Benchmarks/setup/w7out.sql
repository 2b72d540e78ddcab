CREATE TABLE w7out (a int8 NOT NULL, b int4 NOT NULL, c float8 NOT NULL, d text NOT NULL);

INSERT INTO w7out
SELECT i::int8 * 1234567891, i % 1000 - 500, i / 8::float8, 'row ' || lpad(i::text, 7, '0')
FROM generate_series(1, 1000000) AS i;

VACUUM (FREEZE, ANALYZE) w7out;
