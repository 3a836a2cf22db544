"""What made the results: digests, hashes, the RO-Crate.

May import: settings.
"""
