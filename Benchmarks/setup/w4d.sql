CREATE UNLOGGED TABLE w4d (a int, b int, c int, d text, e float, f int, g text);
