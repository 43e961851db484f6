"""What is wanted (`…Desired`) and what Dokploy answers (`…Row`), one noun a file."""
