"""The logistic model of spam over the buckets of comments.spam.features, stored in one small file."""

import struct
import zlib
from array import array
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from math import exp, log2, sqrt
from pathlib import Path

from comments.spam.features import BUCKETS

_HEAD = struct.Struct("<ff")
_FINEST = 4096  # a frequency below about 1 / _FINEST is stored as 0


@dataclass(frozen=True, slots=True)
class Model:
    """`weights` are integers from -127 to 127, in units of `scale`. `levels` encode the share of ordinary texts that
    have each feature; see `frequency`."""

    bias: float
    scale: float
    weights: Sequence[int]
    levels: Sequence[int]

    @classmethod
    def rounded(cls, bias: float, weights: Sequence[float], frequencies: Sequence[float]) -> "Model":
        scale = max(map(abs, weights)) / 127 or 1.0
        levels = bytes([round(log2(1 + _FINEST * frequency)) for frequency in frequencies])
        return cls(bias, scale, array("b", [round(weight / scale) for weight in weights]), levels)

    def logit(self, buckets: Collection[int]) -> float:
        """The natural logarithm of the odds that a text with these distinct features is spam."""
        total = sum(map(self.weights.__getitem__, buckets))
        return self.bias + self.scale * total / sqrt(len(buckets) or 1)

    def weight(self, bucket: int) -> float:
        """The feature's weight in `logit`, before division by the square root of their number."""
        return self.scale * self.weights[bucket]

    def frequency(self, bucket: int) -> float:
        """The share of ordinary texts with this feature, 0 to 1."""
        return (2 ** self.levels[bucket] - 1) / _FINEST

    def save(self, path: Path) -> None:
        body = _HEAD.pack(self.bias, self.scale) + array("b", self.weights).tobytes() + bytes(self.levels)
        path.write_bytes(zlib.compress(body, 9))

    @classmethod
    def load(cls, path: Path) -> "Model":
        body = zlib.decompress(path.read_bytes())
        weights, levels = array("b", body[_HEAD.size : -BUCKETS]), body[-BUCKETS:]
        if len(weights) != BUCKETS:
            raise ValueError(f"{path} does not hold a weight and a level for each of {BUCKETS} buckets")
        bias, scale = _HEAD.unpack_from(body)
        return cls(bias, scale, weights, levels)


SHIPPED = Path(__file__).parent / "weights" / "spam.bin"
shipped = Model.load(SHIPPED) if SHIPPED.exists() else Model(0.0, 1.0, bytes(BUCKETS), bytes(BUCKETS))


def probability(logit: float) -> float:
    return 1 / (1 + exp(-max(-30.0, min(30.0, logit))))
