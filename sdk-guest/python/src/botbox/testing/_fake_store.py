"""Buckets in memory."""

from __future__ import annotations

from typing import Any

from botbox.testing._types import CasError_CasFailed, Err, KeyResponse


class FakeBucket:
    """A bucket in memory."""

    def __init__(self) -> None:
        self.values: dict[str, bytes] = {}

    def get(self, key: str) -> bytes | None:
        return self.values.get(key)

    def set(self, key: str, value: bytes) -> None:
        self.values[key] = value

    def delete(self, key: str) -> None:
        self.values.pop(key, None)

    def exists(self, key: str) -> bool:
        return key in self.values

    def list_keys(self, cursor: str | None) -> KeyResponse:
        return KeyResponse(list(self.values), None)

    def increment(self, key: str, delta: int) -> int:
        total = int(self.values.get(key, b"0")) + delta
        self.values[key] = str(total).encode()
        return total

    def __enter__(self) -> FakeBucket:
        return self

    def __exit__(self, *args: Any) -> None:
        pass


class FakeCas:
    """A value to compare with."""

    def __init__(self, bucket: FakeBucket, key: str) -> None:
        self._bucket, self._key, self._value = bucket, key, bucket.get(key)

    @classmethod
    def new(cls, bucket: FakeBucket, key: str) -> FakeCas:
        return cls(bucket, key)

    def current(self) -> bytes | None:
        return self._value

    def swap(self, value: bytes) -> None:
        if self._bucket.get(self._key) != self._value:
            raise Err(CasError_CasFailed(FakeCas(self._bucket, self._key)))
        self._bucket.set(self._key, value)
