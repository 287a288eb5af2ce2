"""What happens to a notice after it was published: every act appends one event to its life."""
