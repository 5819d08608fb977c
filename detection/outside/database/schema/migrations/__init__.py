"""How the schema came to be, one module a revision; alembic runs them, and none is changed once it was released."""
