"""What a form is, what its answers must be, and what follows from them. Pure."""
