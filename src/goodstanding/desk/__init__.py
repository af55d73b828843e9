"""Desk acts: the steps of the work, and the only room with a clock, an actor and a transaction."""
