"""The catalogue's datasets as selections of the simulated tables: one file of SQL for each."""
