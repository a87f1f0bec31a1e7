"""Figures as small drawings inside a page."""
