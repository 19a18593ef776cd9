"""Pages of services for staff: the desk, the counter, making services."""
