"""Several machines that serve one portal: whether they sign with one key and share one folder of photos."""
