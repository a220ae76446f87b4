"""Acting on sources: asking the tools, keeping what they told, watching them."""
