"""A packed body, unpacked piece by piece, since a few packed bytes can hold gigabytes."""

import zlib
from collections.abc import AsyncIterator, Callable

from cockpit.base.clean import clean
from cockpit.base.problems import Problem
from cockpit.sources.http.failures import NonsenseError, TooLargeError
from cockpit.sources.http.spec import shown_url

_STEP = 1 << 18
_FREE = 64 * 1024 * 1024
_MOST_TIMES = 250
"""No table is packed to so small a part of itself; a bomb is. What is smaller than `_FREE` does no harm."""


async def unpacked(
    chunks: AsyncIterator[bytes], packing: str, url: str, counted: Callable[[bytes], bytes]
) -> AsyncIterator[bytes]:
    """The body in pieces of at most `_STEP` bytes where it is packed, as it came where it is not.

    Args:
        chunks: as they came.
        packing: as the header content-encoding says.
        url: for messages.
        counted: is given each piece, and raises when there were too many.

    Raises:
        NonsenseError: it is packed otherwise than asked, damaged or cut short.
        TooLargeError: it is a bomb.
    """
    packing = packing.strip().casefold() or "identity"
    if packing not in ("identity", "gzip", "x-gzip"):
        words = f"packs its answer as {clean(packing)}, which was not asked for"
        raise NonsenseError(Problem(words, shown_url(url)))
    if packing == "identity":
        async for chunk in chunks:
            yield counted(chunk)
        return
    unpacker = zlib.decompressobj(wbits=31)
    came = made = 0
    async for chunk in chunks:
        came += len(chunk)
        rest = chunk
        while rest and not unpacker.eof:
            try:
                piece = unpacker.decompress(rest, _STEP)
            except zlib.error as error:
                words = "the packed answer is damaged"
                raise NonsenseError(Problem(words, shown_url(url), hint="try again")) from error
            rest = unpacker.unconsumed_tail
            made += len(piece)
            if made > max(_FREE, came * _MOST_TIMES):
                words = f"the packed answer unpacks to more than {_MOST_TIMES} times its size, so not read on"
                raise TooLargeError(Problem(words, shown_url(url), hint="ask its administrator why"))
            yield counted(piece)
    while not unpacker.eof and (piece := unpacker.decompress(unpacker.unconsumed_tail, _STEP)):
        yield counted(piece)
    if came and not unpacker.eof:
        words = "the answer is cut short: its packing has no end"
        raise NonsenseError(Problem(words, shown_url(url), hint="try again"))
