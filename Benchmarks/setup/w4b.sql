CREATE TABLE w4b (b bytea);

-- Not compressed: the server would spend its time unpacking.
ALTER TABLE w4b ALTER b SET STORAGE EXTERNAL;

INSERT INTO w4b (b)
SELECT string_agg(decode(md5(i || '/' || j), 'hex'), '' ORDER BY j)
FROM generate_series(1, 100) AS i, generate_series(1, 6400) AS j
GROUP BY i
ORDER BY i;

VACUUM (FREEZE, ANALYZE) w4b;
