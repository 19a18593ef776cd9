"""What stands behind the words of `./balai`. Standard library only: it runs before anything is installed."""
