"""What people see: one service and one browser for the whole floor."""
