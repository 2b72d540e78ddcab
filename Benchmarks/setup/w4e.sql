CREATE UNLOGGED TABLE w4e (a int, b int, c int, d text, e float, f int, g text);
