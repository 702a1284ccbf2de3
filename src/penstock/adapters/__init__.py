"""What fills the sockets: PostgreSQL, JetStream, memory, and the embedded engines."""
