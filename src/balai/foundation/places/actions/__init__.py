"""Every write to areas, outlines and the city."""

from balai.foundation.places.actions.areas import load_national_areas
from balai.foundation.places.actions.city import AnotherCity, CitySetUp, UnknownCity, create_city, set_up_city

__all__ = ["AnotherCity", "CitySetUp", "UnknownCity", "create_city", "load_national_areas", "set_up_city"]
