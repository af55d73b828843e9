"""The rule language: core form, meaning, reading, checks and explanations."""
