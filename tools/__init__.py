"""Programs that prepare a checkout; they run before its virtual environment exists, so the standard library is all they use."""
