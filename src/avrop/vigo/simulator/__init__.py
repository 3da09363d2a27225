"""The simulator: a national VIGO of nobody, as life-courses that are pure functions of parameters, seed and person."""
