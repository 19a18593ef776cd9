"""What residents fill in: checked and cleaned here, stored by the actions."""
