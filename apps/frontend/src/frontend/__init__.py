"""The application's page and the server that hands it out."""
