"""From sheets in any form to checked tables: columns, words, dates, checks.

What one cell, one row, several rows or two tables must be stands here, and what a
study is told where they are not.

May import: calls, depth, her2, response, safety, settings.
"""
