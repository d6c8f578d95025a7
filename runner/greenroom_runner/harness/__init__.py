"""What runs inside the containers. Standard library only at start, so that it fits any image."""
