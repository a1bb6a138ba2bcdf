from .celery import app as celery_app  # so that Django's shared tasks find it

__all__ = ["celery_app"]
