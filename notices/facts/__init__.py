"""What is true without clock, database or network: the catalogue, its rules and its words."""
