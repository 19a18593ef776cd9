"""Signatures, addresses and pauses. Pure: no network, no clock."""
