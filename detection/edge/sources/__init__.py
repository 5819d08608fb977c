"""Where frames come from: files, a watched folder, a pipe, cameras. One at a time, each as an iterator of items."""
