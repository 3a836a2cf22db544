"""Words of SDTM that the makers of tables share."""

YES_NO = {"Y": "yes", "YES": "yes", "N": "no", "NO": "no"}
NOT_DONE = "NOT DONE"
