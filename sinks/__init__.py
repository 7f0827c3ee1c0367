"""Where facts land outside the log: storage, archive, mail; the only writers of that world."""
