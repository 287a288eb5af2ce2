"""A bounded campaign of faults against the whole service, under a stream of people and machines."""
