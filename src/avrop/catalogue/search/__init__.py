"""Finding variables: words and their kin, what is found, and how a question is asked."""
