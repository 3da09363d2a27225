"""The VIGO pack: variables, code lists, rules and parties, and the simulator."""
