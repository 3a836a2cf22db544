"""The chapters of the page, a module for each part of the science."""
