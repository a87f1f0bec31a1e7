"""Games and strategies in exact rational arithmetic."""
