"""What runs in the child itself before it becomes the program: as little as can be of the standard library alone."""
