"""Photos in a bucket of an S3 server (MEDIA_S3_URL) instead of a folder. Only that setting has `storage` imported."""
