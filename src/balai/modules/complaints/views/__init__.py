"""Pages of complaints: residents' own and those that everybody reads."""
