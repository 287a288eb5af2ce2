"""Providers of identities: whom a city lets say who somebody is, and what it believes of them."""
