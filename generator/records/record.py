"""What every record is: named fields, never changed, nothing unknown."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Record(BaseModel):
    """A record: named fields, never changed, nothing unknown."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        ser_json_inf_nan="null",
        validate_by_name=True,
        serialize_by_alias=True,
    )
