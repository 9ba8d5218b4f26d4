"""The stores of a local FastPix: in memory, or in one SQLite file. Both do the same."""
