"""Speed, measured beside its floor. ``./balai bench`` runs it; nothing here is shipped."""
