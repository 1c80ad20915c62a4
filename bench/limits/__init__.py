"""What the portal is compared with, under the same gunicorn options: a bare Django page, and a constant one."""
