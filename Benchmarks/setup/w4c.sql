CREATE TABLE w4c (a int[]);

INSERT INTO w4c (a)
SELECT (SELECT array_agg(i) FROM generate_series(1, 100) AS s (i)) FROM generate_series(1, 100);

VACUUM (FREEZE, ANALYZE) w4c;
