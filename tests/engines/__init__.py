"""The application and its parts on a real PostgreSQL and a real Meilisearch, in one process."""
