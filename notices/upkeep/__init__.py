"""What keeps a service healthy: watching it, forgetting what is past its time, keeping it safe."""
