"""What a person should hear of, whether somebody listens at that moment or not."""
