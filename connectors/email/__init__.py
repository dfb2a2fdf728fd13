"""Mail: read over IMAP, answered over SMTP."""
