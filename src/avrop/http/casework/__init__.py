"""The casework face: the receiver's call-offs, the controllers' answers, the deliveries, and the account."""
