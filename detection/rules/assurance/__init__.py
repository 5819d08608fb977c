"""How much of what production asks for is proven here: a score of 28 rows, four questions of maturity, duties. Pure."""
