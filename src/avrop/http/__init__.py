"""The faces over HTTP: one module per contract, each a thin caller of the verbs."""
