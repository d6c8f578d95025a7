"""What runs inside the processes of services, and is imported there alone, with the libraries that
it needs.
"""
