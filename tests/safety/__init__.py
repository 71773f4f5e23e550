"""Attacks, each built here and sent through the product's own way: a whole mail to read(), or through the daemon to a cell."""
