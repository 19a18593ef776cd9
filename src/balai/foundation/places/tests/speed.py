"""Measure how many positions a second one core finds: ``python -m balai.foundation.places.tests.speed [CODE …]``."""

import random
import sys
import time

from balai.foundation.places.rules import Locator, OutsideCity
from balai.foundation.places.tests.cities import villages_of_city

COUNT = 100_000


def positions(locator: Locator, count: int = COUNT) -> list[tuple[float, float]]:
    """Return random positions inside the city, always the same ones."""
    west, south, east, north = locator.bounds
    source = random.Random(20)
    found: list[tuple[float, float]] = []
    while len(found) < count:
        lat, lon = source.uniform(south, north), source.uniform(west, east)
        try:
            locator.locate(lat=lat, lon=lon)
        except OutsideCity:
            continue
        found.append((lat, lon))
    return found


def main(codes: list[str]) -> None:
    """Print preparation and speed of each city, one a line."""
    for code in codes or ["35.73"]:
        villages = villages_of_city(code)
        began = time.process_time()
        locator = Locator(villages)
        prepared = time.process_time() - began
        inside = positions(locator)
        began = time.process_time()
        for lat, lon in inside:
            locator.locate(lat=lat, lon=lon)
        speed = COUNT / (time.process_time() - began)
        sys.stdout.write(f"{code}: prepared in {prepared:.2f} s, {speed:,.0f} positions per second\n")


if __name__ == "__main__":
    main(sys.argv[1:])
