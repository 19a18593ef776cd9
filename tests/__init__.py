"""Proofs that belong to no single room."""
