/** Geospatial functions: each is a JavaScript function of its own name, under another one for geographies on the sphere. */
import { geospatialFunctions } from '../../functions/geospatial.ts'
import type { Call, Lowering, Lowerings } from '../context.ts'
import { duckdbType } from '../types.ts'
import type { AggregateLowering } from './aggregate-call.ts'

/** Whose geographies are measured otherwise than geometries. */
const ON_SPHERE: ReadonlySet<string> = new Set(['st_area', 'st_centroid', 'st_distance', 'st_length'])

const calculated: Lowering = (call: Call) => {
  const { name } = call.function
  const sphere = ON_SPHERE.has(name) && call.types[0]!.kind === 'SphericalGeography'
  const args = call.args.map((arg, i) => (call.types[i]!.kind === 'integer' ? `CAST(${arg} AS BIGINT)` : arg))
  const value = `js_${sphere ? 'sphere_' : ''}${name}(${args.join(', ')})`
  const { kind } = call.result
  return kind === 'tinyint' || kind === 'integer' ? `CAST(${value} AS ${duckdbType(call.result)})` : value
}

const axis = (tile: string, name: string): string => `js_bing_tile_axis(${tile}, '${name}')`

export const geospatialLowerings: Lowerings = {
  ...Object.fromEntries(
    geospatialFunctions.filter(({ kind }) => kind === 'scalar').map(({ name }) => [name, calculated]),
  ),
  bing_tile_quadkey: ({ args }) => args[0]!,
  bing_tile_zoom_level: ({ args }) => `CAST(${axis(args[0]!, 'zoom')} AS TINYINT)`,
  bing_tile_coordinates: (call) =>
    call.once(call.args, (tile) => {
      const coordinates = `struct_pack(x := ${axis(tile!, 'x')}, y := ${axis(tile!, 'y')})`
      return `CASE WHEN ${tile} IS NOT NULL THEN CAST(${coordinates} AS ${duckdbType(call.result)}) END`
    }),
  geometry_nearest_points: (call) =>
    call.once([`js_geometry_nearest_points(${call.args.join(', ')})`], (points) => {
      const pair = `row(${points}[1], ${points}[2])`
      return `CASE WHEN ${points} IS NOT NULL THEN CAST(${pair} AS ${duckdbType(call.result)}) END`
    }),
}

const collected =
  (name: string): AggregateLowering =>
  (call) =>
    `${name}(${call.apply('list', call.args[0]!)})`

export const geospatialAggregates: Readonly<Record<string, AggregateLowering>> = {
  convex_hull_agg: collected('js_convex_hull'),
  geometry_union_agg: collected('js_geometry_union'),
}
