"""Who, what, where: parties and catalog."""
