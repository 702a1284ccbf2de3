"""What holds the tasks of the peers: started in a folder of its own on loopback, stopped by its process id."""
