"""Versions of the data where they lie: a revision of git in DVC's cache, the workspace, a folder."""
