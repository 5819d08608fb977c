"""Where a class is cut: by cost, by a floor, or by a bound on the risk."""
