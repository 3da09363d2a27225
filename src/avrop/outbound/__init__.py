"""Everything that an installation sends out by itself: guarded addresses, bounded answers, keys of known issuers."""
