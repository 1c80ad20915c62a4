"""What holds programs off: a task that a commenter reads or hears.

On django-simple-captcha, with four holes of the library closed: of posts with one answer that came at once it let
several through (field); it drew challenges from the generator that its image view seeds with the public key (picture);
who knows that seed can remove the noise (rendering); and each page asked for added a row (issuing).
"""
