"""The law of complaints: routing. Pure."""
