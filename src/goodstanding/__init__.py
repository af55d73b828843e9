"""Good Standing: what organisations have done, judged by published rules and explained to the article of law."""

__version__ = "0.1.0"
