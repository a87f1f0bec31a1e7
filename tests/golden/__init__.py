"""Verdicts and witnesses worked out by hand."""
