"""Doors speak: they translate between people or machines and the desk, and hold no rule and no SQL."""
