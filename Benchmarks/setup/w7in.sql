CREATE UNLOGGED TABLE w7in (a int8, b int4, c float8, d text);
