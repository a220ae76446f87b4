"""What people do: the desks where work becomes facts."""
