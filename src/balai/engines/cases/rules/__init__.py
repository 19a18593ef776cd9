"""The law of matters: kinds, clocks, references, how a matter evolves. Pure."""
