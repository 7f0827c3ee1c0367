"""Lists of recipients: bytes of a file or objects of a submission in, canonical rows, profiles and faults out."""
