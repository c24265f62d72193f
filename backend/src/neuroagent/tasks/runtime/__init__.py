"""What stands between a task's body and the fleet: the only place here that knows Celery and Redis."""
