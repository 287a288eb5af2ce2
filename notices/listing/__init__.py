"""The offline list: made from the register, kept for a week, and handed out."""
