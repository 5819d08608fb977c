"""The schema: which one a database has, its laws, and the migrations that bring it to this program's."""
