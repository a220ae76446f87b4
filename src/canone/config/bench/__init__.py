"""What `./canone bench` measures: our work beside a bare reference, in the same run."""
