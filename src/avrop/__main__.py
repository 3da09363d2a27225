"""`python -m avrop` is `avrop`."""

from avrop.cli.main import main

main()
