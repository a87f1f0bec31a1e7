"""Budgets from action gaps: the path to follow, what is identified along it, what that takes."""
