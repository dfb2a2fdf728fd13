"""The domain of Okno: what a message is, whose it is, and until when it must be answered."""
