"""Mail: reading a mailbox, understanding its bytes, sending answers."""
