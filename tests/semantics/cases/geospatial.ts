/** Geospatial functions: values of Trino's documentation, and geometry that can be checked by hand. */
import { type Case, fails, type QueryCase } from './case.ts'

export const geospatialCases: readonly Case[] = [
  // docs: Trino, ST_Buffer: nothing around nothing, no distance below zero.
  ['ST_NumPoints(ST_Buffer(ST_Point(0, 0), 0.5))', 'bigint', '96'],
  ["ST_AsText(ST_Buffer(ST_GeometryFromText('LINESTRING (0 0, 1 1)'), 0))", 'varchar', 'LINESTRING (0 0, 1 1)'],
  ['ST_AsText(ST_Buffer(ST_Point(0, 0), infinity()))', 'varchar', 'MULTIPOLYGON EMPTY'],
  ["ST_Buffer(ST_GeometryFromText('POINT EMPTY'), 1)", 'Geometry', null],
  ['ST_Buffer(ST_Point(0, 0), -1.2)', fails('INVALID_FUNCTION_ARGUMENT', 'distance is negative')],
  ['ST_Buffer(ST_Point(0, 0), nan())', fails('INVALID_FUNCTION_ARGUMENT', 'distance is NaN')],
  ["ST_Equals(ST_GeometryFromText('POINT EMPTY'), ST_GeometryFromText('POINT EMPTY'))", 'boolean', 'false'],
  ['ST_AsText(ST_Point(1, 4))', 'varchar', 'POINT (1 4)'],
  ['ST_Point(1.5, 2.5)', 'Geometry', 'POINT (1.5 2.5)'],
  ["ST_AsText(ST_GeometryFromText('MULTIPOINT (1 2, 3 4)'))", 'varchar', 'MULTIPOINT ((1 2), (3 4))'],
  [
    "ST_AsText(ST_GeometryFromText('polygon ((0 0, 0 1, 1 1, 1 0, 0 0))'))",
    'varchar',
    'POLYGON ((0 0, 0 1, 1 1, 1 0, 0 0))',
  ],
  ["ST_GeometryFromText('abc')", fails('INVALID_FUNCTION_ARGUMENT', 'Invalid WKT: abc')],
  ['to_hex(ST_AsBinary(ST_Point(1, 2)))', 'varchar', '0101000000000000000000F03F0000000000000040'],
  [
    "ST_AsText(ST_GeomFromBinary(ST_AsBinary(ST_GeometryFromText('GEOMETRYCOLLECTION (POINT (1 2), LINESTRING (0 0, 1 2))'))))",
    'varchar',
    'GEOMETRYCOLLECTION (POINT (1 2), LINESTRING (0 0, 1 2))',
  ],
  ['ST_AsText(ST_LineString(ARRAY[ST_Point(1,2), ST_Point(3,4)]))', 'varchar', 'LINESTRING (1 2, 3 4)'],
  [
    'ST_LineString(ARRAY[ST_Point(1,2), ST_Point(1,2)])',
    fails('INVALID_FUNCTION_ARGUMENT', 'Invalid input to ST_LineString: consecutive duplicate points at index 2'),
  ],
  ['ST_AsText(ST_MultiPoint(ARRAY[ST_Point(1,2), ST_Point(3,4)]))', 'varchar', 'MULTIPOINT ((1 2), (3 4))'],
  ["ST_Area(ST_GeometryFromText('POLYGON ((2 2, 2 6, 6 6, 6 2))'))", 'double', '16.0'],
  ["ST_Area(ST_GeometryFromText('POLYGON ((2 2, 2 6, 6 6, 6 2, 2 2))'))", 'double', '16.0'],
  ["ST_AsText(ST_Centroid(ST_GeometryFromText('LINESTRING (1 1, 2 2, 3 3)')))", 'varchar', 'POINT (2 2)'],
  ["ST_AsText(ST_Centroid(ST_GeometryFromText('POLYGON ((1 1, 1 4, 4 4, 4 1, 1 1))')))", 'varchar', 'POINT (2.5 2.5)'],
  [
    "ST_AsText(ST_Centroid(ST_GeometryFromText('MULTIPOLYGON (((1 1, 1 3, 3 3, 3 1, 1 1)), ((2 4, 2 6, 6 6, 6 4, 2 4)))')))",
    'varchar',
    'POINT (3.3333333333333335 4)',
  ],
  ["ST_Length(ST_GeometryFromText('LINESTRING (0 0, 2 2)'))", 'double', '2.8284271247461903'],
  ['ST_Distance(ST_Point(50, 100), ST_Point(150, 150))', 'double', '111.80339887498948'],
  [
    "ST_Distance(ST_GeometryFromText('POLYGON ((1 1, 1 3, 3 3, 3 1, 1 1))'), ST_GeometryFromText('POLYGON ((4 4, 4 5, 5 5, 5 4, 4 4))'))",
    'double',
    '1.4142135623730951',
  ],
  [
    "ST_AsText(ST_Envelope(ST_GeometryFromText('MULTIPOINT (1 2, 2 4, 3 6, 4 8)')))",
    'varchar',
    'POLYGON ((1 2, 1 8, 4 8, 4 2, 1 2))',
  ],
  [
    "ST_Contains(ST_GeometryFromText('POLYGON ((0 2, 1 1, 0 -1, 0 2))'), ST_GeometryFromText('POLYGON ((-1 3, 2 1, 0 -3, -1 3))'))",
    'boolean',
    'false',
  ],
  [
    "ST_Contains(ST_GeometryFromText('LINESTRING (20 20, 30 30)'), ST_GeometryFromText('POINT (25 25)'))",
    'boolean',
    'true',
  ],
  [
    "ST_Intersects(ST_GeometryFromText('LINESTRING (8 4, 4 8)'), ST_GeometryFromText('POLYGON ((2 2, 2 6, 6 6, 6 2, 2 2))'))",
    'boolean',
    'true',
  ],
  [
    "ST_Relate(ST_GeometryFromText('LINESTRING (0 0, 3 3)'), ST_GeometryFromText('LINESTRING (1 1, 4 1)'), '****T****')",
    'boolean',
    'false',
  ],
  ["ST_GeometryType(ST_GeometryFromText('MULTILINESTRING ((0 0, 1 1), (1 2, 2 3))'))", 'varchar', 'ST_MultiLineString'],
  ["ST_NumPoints(ST_GeometryFromText('POLYGON ((0 0, 0 1, 1 1, 1 0, 0 0))'))", 'bigint', '4'],
  ["ST_NumInteriorRing(ST_GeometryFromText('POLYGON ((0 0, 8 0, 0 8, 0 0), (1 1, 1 5, 5 1, 1 1))'))", 'bigint', '1'],
  [
    "ST_X(ST_GeometryFromText('LINESTRING (0 0, 2 2)'))",
    fails('INVALID_FUNCTION_ARGUMENT', 'ST_X only applies to POINT. Input type is: LINE_STRING'),
  ],
  ["ST_X(ST_GeometryFromText('POINT EMPTY'))", 'double', null],
  [
    "ST_AsText(ST_Union(ST_GeometryFromText('POLYGON ((0 0, 2 0, 2 2, 0 2, 0 0))'), ST_GeometryFromText('POLYGON ((1 1, 3 1, 3 3, 1 3, 1 1))')))",
    'varchar',
    'POLYGON ((0 0, 2 0, 2 1, 3 1, 3 3, 1 3, 1 2, 0 2, 0 0))',
  ],
  [
    "ST_AsText(ST_Intersection(ST_GeometryFromText('POLYGON ((1 1, 1 4, 4 4, 4 1, 1 1))'), ST_GeometryFromText('POLYGON ((3 3, 3 6, 6 6, 6 3, 3 3))')))",
    'varchar',
    'POLYGON ((3 3, 4 3, 4 4, 3 4, 3 3))',
  ],
  [
    "ST_AsText(ST_Difference(ST_GeometryFromText('POLYGON ((1 1, 1 4, 4 4, 4 1, 1 1))'), ST_GeometryFromText('POLYGON ((2 2, 2 3, 3 3, 3 2, 2 2))')))",
    'varchar',
    'POLYGON ((1 1, 4 1, 4 4, 1 4, 1 1), (2 2, 2 3, 3 3, 3 2, 2 2))',
  ],
  [
    "ST_AsText(ST_ConvexHull(ST_GeometryFromText('MULTIPOINT (0 0, 4 0, 4 4, 0 4, 2 2)')))",
    'varchar',
    'POLYGON ((0 0, 0 4, 4 4, 4 0, 0 0))',
  ],
  [
    "transform(ST_Points(ST_GeometryFromText('LINESTRING (0 0, 1 1)')), x -> ST_AsText(x))",
    'array(varchar)',
    '[POINT (0 0), POINT (1 1)]',
  ],
  [
    'ST_Distance(to_spherical_geography(ST_Point(-86.67, 36.12)), to_spherical_geography(ST_Point(-118.40, 33.94)))',
    'double',
    '2886448.973436701',
  ],
  [
    "ST_Area(to_spherical_geography(ST_GeometryFromText('POLYGON ((-135 85, -45 85, 45 85, 135 85, -135 85))')))",
    'double',
    '6.190022898265656E11',
  ],
  [
    "ST_Area(to_spherical_geography(ST_GeometryFromText('POLYGON ((0 0, 0 1, 1 1, 1 0, 0 0))')))",
    'double',
    '1.2364036567076416E10',
  ],
  [
    "ST_Length(to_spherical_geography(ST_GeometryFromText('LINESTRING (-71.05 42.36, -87.62 41.87, -122.41 37.77)')))",
    'double',
    '4350866.636204417',
  ],
  [
    'to_spherical_geography(ST_Point(190, 0))',
    fails('INVALID_FUNCTION_ARGUMENT', 'Longitude must be between -180 and 180'),
  ],
  ['bing_tile_quadkey(bing_tile(3, 5, 3))', 'varchar', '213'],
  ["bing_tile('123030123010121')", 'BingTile', 'BingTile{x=21845, y=13506, zoom_level=15}'],
  ['bing_tile_at(30.12, 60, 15)', 'BingTile', 'BingTile{x=21845, y=13506, zoom_level=15}'],
  ["bing_tile_coordinates(bing_tile('213'))", 'row(x integer, y integer)', '{x=3, y=5}'],
  ["bing_tile_zoom_level(bing_tile('213'))", 'tinyint', '3'],
  [
    "ST_AsText(bing_tile_polygon(bing_tile('123030123010121')))",
    'varchar',
    'POLYGON ((59.996337890625 30.11662158281937, 59.996337890625 30.12612436422458, 60.00732421875 30.12612436422458, 60.00732421875 30.11662158281937, 59.996337890625 30.11662158281937))',
  ],
  ['transform(bing_tiles_around(30.12, 60, 1), x -> bing_tile_quadkey(x))', 'array(varchar)', '[0, 2, 1, 3]'],
  ['cardinality(bing_tiles_around(30.12, 60, 15))', 'bigint', '9'],
  [
    'transform(geometry_to_bing_tiles(ST_Point(60, 30.12), 10), x -> bing_tile_quadkey(x))',
    'array(varchar)',
    '[1230301230]',
  ],
  [
    "transform(geometry_to_bing_tiles(ST_GeometryFromText('POLYGON ((0 0, 0 10, 10 10, 10 0, 0 0))'), 6), x -> bing_tile_quadkey(x))",
    'array(varchar)',
    '[122220, 122222, 122221, 122223]',
  ],
  [
    'bing_tile(10, 2, 3)',
    fails('INVALID_FUNCTION_ARGUMENT', 'XY coordinates for a Bing tile at zoom level 3 must be within [0, 8) range'),
  ],
  [
    'bing_tile_at(86, 0, 5)',
    fails('INVALID_FUNCTION_ARGUMENT', 'Latitude must be between -85.05112878 and 85.05112878'),
  ],
  ['to_geojson_geometry(to_spherical_geography(ST_Point(1, 2)))', 'varchar', '{"type":"Point","coordinates":[1,2]}'],
  [
    'ST_AsText(to_geometry(from_geojson_geometry(\'{"type":"LineString","coordinates":[[0,0],[1,2]]}\')))',
    'varchar',
    'LINESTRING (0 0, 1 2)',
  ],
  [
    "to_encoded_polyline(ST_GeometryFromText('LINESTRING (-120.2 38.5, -120.95 40.7, -126.453 43.252)'))",
    'varchar',
    '_p~iF~ps|U_ulLnnqC_mqNvxq`@',
  ],
  [
    "ST_AsText(from_encoded_polyline('_p~iF~ps|U_ulLnnqC_mqNvxq`@'))",
    'varchar',
    'LINESTRING (-120.2 38.5, -120.95 40.7, -126.453 43.252)',
  ],
  ["line_locate_point(ST_GeometryFromText('LINESTRING (0 0, 0 1)'), ST_Point(0, 0.2))", 'double', '0.2'],
  ["ST_IsValid(ST_GeometryFromText('POLYGON ((0 0, 1 1, 0 1, 1 0, 0 0))'))", 'boolean', 'false'],
  [
    "geometry_invalid_reason(ST_GeometryFromText('POLYGON ((0 0, 1 1, 0 1, 1 0, 0 0))'))",
    'varchar',
    'Self-intersection',
  ],
  ['ST_Point(1, 2) = ST_Point(1, 2)', fails('TYPE_MISMATCH', 'Cannot apply operator: Geometry = Geometry')],
  ["bing_tile(1, 1, 1) = bing_tile('3')", 'boolean', 'true'],
  ['CAST(NULL AS Geometry)', 'Geometry', null],
  ["ST_AsText(ST_Boundary(ST_GeometryFromText('LINESTRING (8 4, 5 7)')))", 'varchar', 'MULTIPOINT ((8 4), (5 7))'],
  [
    "ST_AsText(ST_Boundary(ST_GeometryFromText('POLYGON ((1 1, 4 1, 1 4, 1 1))')))",
    'varchar',
    'LINESTRING (1 1, 4 1, 1 4, 1 1)',
  ],
  [
    "geometry_nearest_points(ST_GeometryFromText('LINESTRING (50 100, 50 200)'), ST_GeometryFromText('LINESTRING (10 10, 20 20)'))",
    'row(Geometry, Geometry)',
    '{field0=POINT (50 100), field1=POINT (20 20)}',
  ],
  ["geometry_nearest_points(ST_GeometryFromText('POINT EMPTY'), ST_Point(0, 0))", 'row(Geometry, Geometry)', null],
  ["ST_NumGeometries(ST_GeometryFromText('MULTIPOINT (1 2, 3 4)'))", 'integer', '2'],
  ["ST_NumInteriorRing(ST_GeometryFromText('POLYGON EMPTY'))", 'bigint', null],
  ["ST_Length(to_spherical_geography(ST_GeometryFromText('LINESTRING EMPTY')))", 'double', null],
  [
    'ST_Area(to_spherical_geography(ST_Point(1, 2)))',
    fails(
      'INVALID_FUNCTION_ARGUMENT',
      'When applied to SphericalGeography inputs, ST_Area only supports POLYGON or MULTI_POLYGON. Input type is: POINT',
    ),
  ],
  [
    "line_locate_point(ST_GeometryFromText('MULTILINESTRING ((0 0, 1 0), (5 0, 6 0))'), ST_Point(5.5, 1))",
    'double',
    '0.75',
  ],
  // Without its fifth corner the line would cross itself where it did not: JTS leaves it.
  [
    "ST_AsText(simplify_geometry(ST_GeometryFromText('LINESTRING (18.12 7.62, 0.62 4.7, 7.05 -17.84, 15.98 11.2, 14.98 11.91, -4.3 -4.04, -15.86 5.37, -17.51 -17.31)'), 2))",
    'varchar',
    'LINESTRING (18.12 7.62, 0.62 4.7, 7.05 -17.84, 15.98 11.2, 14.98 11.91, -4.3 -4.04, -15.86 5.37, -17.51 -17.31)',
  ],
  ['simplify_geometry(ST_Point(1, 2), -1)', fails('INVALID_FUNCTION_ARGUMENT', 'distanceTolerance is negative')],
  ['bing_tile(0, 0, 0)', fails('INVALID_FUNCTION_ARGUMENT', 'Zoom level must be > 0')],
  ['bing_tiles_around(0, 0, 5, 1001)', fails('INVALID_FUNCTION_ARGUMENT', 'Radius must be <= 1,000 km')],
  [
    "bing_tiles_around(0, 0, BIGINT '5')",
    fails(
      'FUNCTION_NOT_FOUND',
      'Unexpected parameters (integer, integer, bigint) for function bing_tiles_around. Expected: bing_tiles_around(double, double, integer), bing_tiles_around(double, double, integer, double)',
    ),
  ],
  // Over the date line.
  [
    'transform(bing_tiles_around(0.1, 179.9, 4, 100), t -> bing_tile_coordinates(t).x)',
    'array(integer)',
    '[15, 0, 15, 0]',
  ],
  ['round(great_circle_distance(36.12, -86.67, 33.94, -118.40), 9)', 'double', '2886.448973437'],
  ["ST_AsText(line_interpolate_point(ST_GeometryFromText('LINESTRING (0 0, 0 10)'), 0.5))", 'varchar', 'POINT (0 5)'],
  ["ST_IsRing(ST_GeometryFromText('LINESTRING (0 0, 0 1, 1 1, 0 0)'))", 'boolean', 'true'],
  [
    "ST_Touches(ST_GeometryFromText('POLYGON ((0 0, 1 0, 1 1, 0 1, 0 0))'), ST_GeometryFromText('POLYGON ((1 0, 2 0, 2 1, 1 1, 1 0))'))",
    'boolean',
    'true',
  ],
  [
    "ST_Crosses(ST_GeometryFromText('LINESTRING (0 0, 2 2)'), ST_GeometryFromText('LINESTRING (0 2, 2 0)'))",
    'boolean',
    'true',
  ],
  [
    "ST_Overlaps(ST_GeometryFromText('POLYGON ((0 0, 2 0, 2 2, 0 2, 0 0))'), ST_GeometryFromText('POLYGON ((1 1, 3 1, 3 3, 1 3, 1 1))'))",
    'boolean',
    'true',
  ],
  ["ST_Within(ST_Point(1, 1), ST_GeometryFromText('POLYGON ((0 0, 2 0, 2 2, 0 2, 0 0))'))", 'boolean', 'true'],
  ["ST_Within(ST_Point(0, 1), ST_GeometryFromText('POLYGON ((0 0, 2 0, 2 2, 0 2, 0 0))'))", 'boolean', 'false'],
  [
    "ST_Equals(ST_GeometryFromText('LINESTRING (0 0, 2 2)'), ST_GeometryFromText('LINESTRING (2 2, 1 1, 0 0)'))",
    'boolean',
    'true',
  ],
  [
    "ST_AsText(ST_SymDifference(ST_GeometryFromText('POLYGON ((0 0, 2 0, 2 2, 0 2, 0 0))'), ST_GeometryFromText('POLYGON ((1 0, 3 0, 3 2, 1 2, 1 0))')))",
    'varchar',
    'MULTIPOLYGON (((0 0, 1 0, 1 2, 0 2, 0 0)), ((2 0, 3 0, 3 2, 2 2, 2 0)))',
  ],
]

export const geospatialQueries: readonly QueryCase[] = [
  [
    "SELECT ST_AsText(geometry_union_agg(ST_GeometryFromText(w))) FROM (VALUES 'POLYGON ((0 0, 2 0, 2 2, 0 2, 0 0))', 'POLYGON ((1 1, 3 1, 3 3, 1 3, 1 1))', NULL) t(w)",
    ['varchar'],
    [['POLYGON ((0 0, 2 0, 2 1, 3 1, 3 3, 1 3, 1 2, 0 2, 0 0))']],
  ],
  [
    'SELECT ST_AsText(convex_hull_agg(ST_Point(x, y))) FROM (VALUES (0, 0), (1, 1), (2, 0), (1, 3)) t(x, y)',
    ['varchar'],
    [['POLYGON ((0 0, 1 3, 2 0, 0 0))']],
  ],
  [
    "SELECT count(*) FROM (VALUES 1, 2, 3) a(x), (VALUES 'POLYGON ((0 0, 2.5 0, 2.5 2.5, 0 2.5, 0 0))') b(w) WHERE ST_Contains(ST_GeometryFromText(w), ST_Point(x, 1))",
    ['bigint'],
    [['2']],
  ],
]
