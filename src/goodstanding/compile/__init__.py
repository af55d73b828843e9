"""Compile translates: the rules of the kernel become SQL and SMT-LIB text, and nothing is run."""
