CREATE TABLE w4a (b bytea);

INSERT INTO w4a (b) SELECT repeat('a', 1000)::bytea FROM generate_series(1, 100);

VACUUM (FREEZE, ANALYZE) w4a;
