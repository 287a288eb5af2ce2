"""What is computed: no engine, no process, no connection; the whole floor in seconds."""
