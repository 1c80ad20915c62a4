"""The captcha that keeps programs out: a task that the commenter sees or hears.

Based on django-simple-captcha, with four weaknesses of the library fixed: several simultaneous posts with the same
answer could pass (field); challenges came from the random generator that its image view seeds with the public key
(picture); anyone who knows that seed can remove the noise (rendering); every page view added a row (issuing).
"""
