"""Programs beside the product: the demo, its mailbox and mails, and the measurement of accuracy."""
