"""The simulator that makes VIGO-like data of nobody."""
