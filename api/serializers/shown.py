"""A field that is worked out of the row, described by the shape of what comes out."""

from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from rest_framework import serializers


class Shown(serializers.Field):
    """What a function makes of the row, in the shape of a serializer or a field."""

    def __init__(self, shape, of):
        super().__init__(read_only=True, source="*")
        self.shape, self.of = shape, of

    def __deepcopy__(self, memo):
        return type(self)(self.shape, self.of)

    def to_representation(self, row):
        return self.of(row)


class ShownExtension(OpenApiSerializerFieldExtension):
    """Describes the field by its shape."""

    target_class = Shown

    def map_serializer_field(self, auto_schema, direction):
        shape = self.target.shape
        if not isinstance(shape, serializers.BaseSerializer):
            return auto_schema._map_serializer_field(shape, direction)
        if isinstance(shape, serializers.ListSerializer):
            item = auto_schema.resolve_serializer(shape.child, direction).ref
            return {"type": "array", "items": item}
        schema = auto_schema.resolve_serializer(shape, direction).ref
        return {"oneOf": [schema, {"type": "null"}]} if shape.allow_null else schema
