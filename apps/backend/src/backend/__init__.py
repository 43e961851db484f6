"""The application's backend, as small as it can be and still prove the way to it."""
