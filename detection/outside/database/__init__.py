"""The registry's database, a file of SQLite or a PostgreSQL server: one log of what happened, and tables made from it.

Every change is one transaction: its entries join the chain, and the tables take what the entries say (``effects``).
Who reads the log again gets the same tables, so a hand in either shows. Only this package may import SQLAlchemy.
"""
