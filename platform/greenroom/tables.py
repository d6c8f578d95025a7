"""Imports every model, so that the metadata is whole for migrations and tests."""

from greenroom.accounts import models as accounts
from greenroom.bank import models as bank
from greenroom.core.db import Base
from greenroom.judging import models as judging
from greenroom.practice import models as practice

__all__ = ["Base", "accounts", "bank", "judging", "practice"]
