"""Who is next, how long it takes, and when one can come. Pure: no database, no clock."""
