"""The review tool: the only room that may import fiftyone. What imports it runs in ``.venv-review``, nothing else does.

The command line starts :mod:`detection.outside.fiftyone.program` there and talks with it through the session's folder
(:mod:`detection.rules.field.review`); :mod:`~detection.outside.fiftyone.launching` does that. The tool is shut in:

- its MongoDB belongs to one session, listens on a socket in a folder that only this user may enter, and on no port;
- its server listens on 127.0.0.1, answers to no other name, and serves files of the session's frames only: as it comes,
  it serves every file that the user may read, to whoever asks;
- it reports nothing to anybody, and reads no settings and no plugins of the home folder.
"""
