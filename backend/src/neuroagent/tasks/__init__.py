"""The workers: a job comes in, events go out; they own nothing and know no database."""
