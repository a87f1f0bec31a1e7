"""Tests that help where a game has no strategic complementarities."""
