"""What a process keeps for a few seconds."""
