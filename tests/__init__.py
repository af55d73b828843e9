"""Tests mirror src/; tests/house are those about the code itself."""
