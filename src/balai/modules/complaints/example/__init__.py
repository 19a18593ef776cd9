"""The complaints of the example city: invented words, invented residents, one seeded year."""
