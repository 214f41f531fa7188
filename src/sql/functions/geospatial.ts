/** Geospatial functions (trino.io/docs/422/functions/geospatial.html), under lower-case names as Trino keeps them. */
import { aggregate, type FunctionDefinition, scalar } from './definition.ts'

const one = (name: string, description: string, result: string) =>
  scalar(name, description, [`(Geometry) -> ${result}`])
const two = (name: string, description: string, result: string) =>
  scalar(name, description, [`(Geometry, Geometry) -> ${result}`])
/** In the plane and on the sphere. */
const both = (name: string, description: string, result: string, geometries: 1 | 2) =>
  scalar(
    name,
    description,
    ['Geometry', 'SphericalGeography'].map((type) => {
      const point = result === 'Geometry' ? type : result
      return `(${Array(geometries).fill(type).join(', ')}) -> ${point}`
    }),
  )

export const geospatialFunctions: readonly FunctionDefinition[] = [
  scalar('st_geometryfromtext', 'Geometry from well-known text', ['(varchar) -> Geometry']),
  scalar('st_geomfrombinary', 'Geometry from well-known binary', ['(varbinary) -> Geometry']),
  scalar('st_linefromtext', 'Line from well-known text', ['(varchar) -> Geometry']),
  scalar('st_linestring', 'Line through points', ['(array(Geometry)) -> Geometry']),
  scalar('st_multipoint', 'Points as one geometry', ['(array(Geometry)) -> Geometry']),
  scalar('st_point', 'Point', ['(double, double) -> Geometry']),
  scalar('st_polygon', 'Polygon from well-known text', ['(varchar) -> Geometry']),
  scalar('to_spherical_geography', 'Degrees of longitude and latitude on a sphere', [
    '(Geometry) -> SphericalGeography',
  ]),
  scalar('to_geometry', 'Geography in the plane', ['(SphericalGeography) -> Geometry']),
  one('st_asbinary', 'Well-known binary', 'varbinary'),
  one('st_astext', 'Well-known text', 'varchar'),
  scalar('from_geojson_geometry', 'Geography from GeoJSON', ['(varchar) -> SphericalGeography']),
  scalar('to_geojson_geometry', 'GeoJSON', ['(SphericalGeography) -> varchar', '(Geometry) -> varchar']),
  scalar('from_encoded_polyline', "Line from Google's encoding", ['(varchar) -> Geometry']),
  one('to_encoded_polyline', "Google's encoding of a line", 'varchar'),

  two('st_contains', 'Whether the second is within the first', 'boolean'),
  two('st_crosses', 'Whether they cross', 'boolean'),
  two('st_disjoint', 'Whether they do not meet', 'boolean'),
  two('st_equals', 'Whether they are the same places', 'boolean'),
  two('st_intersects', 'Whether they meet', 'boolean'),
  two('st_overlaps', 'Whether they overlap', 'boolean'),
  two('st_touches', 'Whether only their boundaries meet', 'boolean'),
  two('st_within', 'Whether the first is within the second', 'boolean'),
  scalar('st_relate', 'Whether the DE-9IM matrix fits a pattern', ['(Geometry, Geometry, varchar) -> boolean']),

  both('st_area', 'Area, in square metres on the sphere', 'double', 1),
  both('st_centroid', 'Centre', 'Geometry', 1),
  both('st_distance', 'Distance, in metres on the sphere', 'double', 2),
  both('st_length', 'Length of lines, in metres on the sphere', 'double', 1),
  both('st_x', 'X coordinate of a point', 'double', 1),
  both('st_y', 'Y coordinate of a point', 'double', 1),
  scalar('great_circle_distance', 'Kilometres between two places by latitude and longitude', [
    '(double, double, double, double) -> double',
  ]),

  one('st_boundary', 'Boundary', 'Geometry'),
  one('st_envelope', 'Bounding rectangle', 'Geometry'),
  one('st_envelopeaspts', 'Lower left and upper right corner of the bounding rectangle', 'array(Geometry)'),
  one('st_exteriorring', 'Shell of a polygon', 'Geometry'),
  two('st_difference', 'What is in the first and not in the second', 'Geometry'),
  two('st_intersection', 'What is in both', 'Geometry'),
  two('st_symdifference', 'What is in one of them alone', 'Geometry'),
  two('st_union', 'What is in either', 'Geometry'),
  two('geometry_nearest_points', 'The two points that are nearest to each other', 'row(Geometry, Geometry)'),
  scalar('geometry_union', 'Union of all', ['(array(Geometry)) -> Geometry']),
  scalar('simplify_geometry', 'Without corners nearer than a tolerance', ['(Geometry, double) -> Geometry']),

  one('st_convexhull', 'Smallest convex geometry around', 'Geometry'),
  one('st_coorddim', 'Dimension of the coordinates', 'tinyint'),
  one('st_dimension', 'Dimension of the geometry', 'tinyint'),
  one('st_endpoint', 'Last point of a line', 'Geometry'),
  one('st_geometries', 'The parts as an array', 'array(Geometry)'),
  scalar('st_geometryn', 'Part number n', ['(Geometry, integer) -> Geometry']),
  one('st_geometrytype', 'Type of the geometry', 'varchar'),
  scalar('st_interiorringn', 'Hole number n of a polygon', ['(Geometry, integer) -> Geometry']),
  one('st_interiorrings', 'Holes of a polygon', 'array(Geometry)'),
  one('st_isclosed', 'Whether a line ends where it starts', 'boolean'),
  one('st_isempty', 'Whether it is empty', 'boolean'),
  one('st_isring', 'Whether a line is closed and simple', 'boolean'),
  one('st_issimple', 'Whether it does not meet itself', 'boolean'),
  one('st_isvalid', 'Whether it is well formed', 'boolean'),
  one('geometry_invalid_reason', 'Why it is not well formed', 'varchar'),
  one('st_numgeometries', 'Number of parts', 'integer'),
  one('st_numinteriorring', 'Number of holes of a polygon', 'bigint'),
  one('st_numpoints', 'Number of points', 'bigint'),
  scalar('st_pointn', 'Point number n of a line', ['(Geometry, integer) -> Geometry']),
  one('st_points', 'All points', 'array(Geometry)'),
  one('st_startpoint', 'First point of a line', 'Geometry'),
  one('st_xmax', 'Greatest X', 'double'),
  one('st_xmin', 'Least X', 'double'),
  one('st_ymax', 'Greatest Y', 'double'),
  one('st_ymin', 'Least Y', 'double'),
  scalar('line_interpolate_point', 'Place at a fraction of a line', ['(Geometry, double) -> Geometry']),
  scalar('line_interpolate_points', 'Places at every fraction of a line', ['(Geometry, double) -> array(Geometry)']),
  two('line_locate_point', 'Fraction of a line that is nearest to a point', 'double'),
  scalar('st_buffer', 'Everything within a distance', ['(Geometry, double) -> Geometry']),

  scalar('bing_tile', 'Bing tile by coordinates and zoom, or by quadkey', [
    '(integer, integer, integer) -> BingTile',
    '(varchar) -> BingTile',
  ]),
  scalar('bing_tile_at', 'Bing tile of a place', ['(double, double, integer) -> BingTile']),
  scalar('bing_tile_coordinates', 'Coordinates of a Bing tile', ['(BingTile) -> row(x integer, y integer)']),
  scalar('bing_tile_polygon', 'Polygon of a Bing tile', ['(BingTile) -> Geometry']),
  scalar('bing_tile_quadkey', 'Quadkey of a Bing tile', ['(BingTile) -> varchar']),
  scalar('bing_tile_zoom_level', 'Zoom level of a Bing tile', ['(BingTile) -> tinyint']),
  scalar('bing_tiles_around', 'Bing tiles around a place, or within kilometres of it', [
    '(double, double, integer) -> array(BingTile)',
    '(double, double, integer, double) -> array(BingTile)',
  ]),
  scalar('geometry_to_bing_tiles', 'Bing tiles that cover a geometry', ['(Geometry, integer) -> array(BingTile)']),

  aggregate('convex_hull_agg', 'Smallest convex geometry around all', ['(Geometry) -> Geometry']),
  aggregate('geometry_union_agg', 'Union of all', ['(Geometry) -> Geometry']),
]
