"""What this room gives: the example's city."""

from balai.foundation.examples.contributions import ExampleData
from balai.foundation.places.example import load_city
from balai.foundation.registry.descriptor import Room

room = Room(slug="places", gives=(ExampleData(order=10, label="city and areas", load=load_city),))
