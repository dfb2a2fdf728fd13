"""A manager's working day, scripted; one stage for all its files."""
