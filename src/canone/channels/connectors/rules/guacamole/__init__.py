"""What Apache Guacamole's history tells."""
