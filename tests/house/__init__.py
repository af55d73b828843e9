"""Tests about the code itself. Each check is a function over source text, and each has bad examples it must catch."""
