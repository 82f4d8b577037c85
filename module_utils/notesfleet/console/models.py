"""The one table of our own in Django's database: who may sign in."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models


class Account(AbstractBaseUser):
    """A person who may sign in. `language`: of the pages after a sign-in; empty: what the browser asks for."""

    name: models.CharField[str, str] = models.CharField(max_length=150, unique=True)
    language: models.CharField[str, str] = models.CharField(max_length=2, default="")
    is_active: models.BooleanField[bool, bool] = models.BooleanField(default=True)

    objects: ClassVar[BaseUserManager[Account]] = BaseUserManager()

    USERNAME_FIELD = "name"

    def __str__(self) -> str:
        return self.name
