"""Pieces of pages that are read off the code: functions that return MyST text (see `generated`)."""
