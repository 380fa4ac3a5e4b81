"""The values that every room shares. Nothing here does I/O or imports a library."""
