"""Whether the spec is proven: lines, cases, subgroups, power."""
