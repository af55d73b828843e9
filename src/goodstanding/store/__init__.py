"""Store keeps: the only room that opens a database, a data file, a solver or an engine."""
