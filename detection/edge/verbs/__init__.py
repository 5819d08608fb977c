"""One module a verb of ``runtime.pyz``: its options, and what it does. Imported only when it is asked for."""
