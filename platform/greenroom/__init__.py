"""Greenroom: a self-hosted place to practise backend interviews."""
