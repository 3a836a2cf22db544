"""What figures share: the sheet, the style, axes, panels, keys, fonts."""
