"""The claims, section by section, each with its evidence."""
