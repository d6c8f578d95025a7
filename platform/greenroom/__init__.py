"""Greenroom, the self-hosted place to practise backend interviews."""
