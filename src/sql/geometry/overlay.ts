/**
 * Union, intersection and differences. Both geometries are cut where they meet; an operation keeps some of the pieces,
 * and the pieces of rings are joined to rings again.
 */
import {
  assembled,
  boxOf,
  dimensionOf,
  emptyOf,
  type Geometry,
  GeometryError,
  isEmpty,
  type Line,
  type Parts,
  type Position,
  partsOf,
  type Ring,
  type Rings,
  samePlace,
} from './geometry.ts'
import { placeIn } from './relation.ts'
import { doubleArea, isOn, meeting, type Place, placeInRings, type Segment, segmentsOf, turn } from './segments.ts'

export type Operation = 'union' | 'intersection' | 'difference' | 'sym-difference'

/** Of which dimension nothing is. */
const EMPTY_DIMENSION: Readonly<Record<Operation, (first: number, second: number) => number>> = {
  union: Math.max,
  intersection: () => 2,
  difference: (first) => first,
  'sym-difference': Math.max,
}

export function overlay(operation: Operation, a: Geometry, b: Geometry): Geometry {
  const [first, second] = operation === 'sym-difference' ? ofGreatestDimension(a, b) : [partsOf(a), partsOf(b)]
  const polygons = overlayPolygons(operation, first.polygons, second.polygons)
  const area: Parts = { points: [], lines: [], polygons }
  const lines = joinedLines(overlayLines(operation, first, second).filter((piece) => !isCovered(piece, area)))
  const covered: Parts = { ...area, lines }
  const points = overlayPoints(operation, first, second).filter((at) => placeIn(at, covered) === 'outside')
  const result = assembled({ points: distinctPlaces(points), lines, polygons })
  return isEmpty(result) ? emptyOf(EMPTY_DIMENSION[operation](dimensionOf(a), dimensionOf(b))) : result
}

/** Points have no part in the symmetric difference with a line, nor lines in that with an area. */
function ofGreatestDimension(a: Geometry, b: Geometry): readonly [Parts, Parts] {
  const dimension = Math.max(...[a, b].filter((one) => !isEmpty(one)).map(dimensionOf))
  const kept = ({ points, lines, polygons }: Parts): Parts => ({
    points: dimension === 0 ? points : [],
    lines: dimension === 1 ? lines : [],
    polygons,
  })
  return [kept(partsOf(a)), kept(partsOf(b))]
}

/** The union of any number; of none it is undefined. */
export function unionOf(geometries: readonly Geometry[]): Geometry | undefined {
  // Halves of halves, so that the pieces stay small.
  if (geometries.length <= 1) return geometries[0] && overlay('union', geometries[0], { kind: 'Point' })
  const middle = geometries.length >> 1
  return overlay('union', unionOf(geometries.slice(0, middle))!, unionOf(geometries.slice(middle))!)
}

// ---- areas

interface Edge {
  readonly from: Position
  readonly to: Position
}

function overlayPolygons(operation: Operation, a: readonly Rings[], b: readonly Rings[]): readonly Rings[] {
  if (a.length === 0) return operation === 'union' || operation === 'sym-difference' ? b : []
  if (b.length === 0) return operation === 'intersection' ? [] : a
  const [first, second] = cutTogether(directed(a), directed(b))
  const [inFirst, inSecond] = [areaOnly(a), areaOnly(b)]
  const kept: Edge[] = []
  for (const edge of first) {
    const place = placeIn(middleOf(edge), inSecond)
    if (place === 'boundary') {
      // Pieces on both boundaries are kept once, from the first.
      if (sharedWith(edge, second) === SHARED[operation]) kept.push(edge)
    } else kept.push(...keptOf(edge, place, KEPT[operation][0]))
  }
  for (const edge of second) {
    const place = placeIn(middleOf(edge), inFirst)
    if (place !== 'boundary') kept.push(...keptOf(edge, place, KEPT[operation][1]))
  }
  return polygonsOf(kept)
}

/** What becomes of a piece inside, and of one outside of the other: it stays, is turned round, or goes. */
type Fate = 'stays' | 'turns' | 'goes'
type Fates = Readonly<Record<'inside' | 'outside', Fate>>
const OUTER: Fates = { inside: 'goes', outside: 'stays' }
const INNER: Fates = { inside: 'stays', outside: 'goes' }
const KEPT: Readonly<Record<Operation, readonly [Fates, Fates]>> = {
  union: [OUTER, OUTER],
  intersection: [INNER, INNER],
  difference: [OUTER, { inside: 'turns', outside: 'goes' }],
  'sym-difference': [
    { inside: 'turns', outside: 'stays' },
    { inside: 'turns', outside: 'stays' },
  ],
}
const SHARED: Readonly<Record<Operation, 'same' | 'opposite' | 'neither'>> = {
  union: 'same',
  intersection: 'same',
  difference: 'opposite',
  'sym-difference': 'neither',
}

function keptOf(edge: Edge, place: 'inside' | 'outside', fates: Fates): readonly Edge[] {
  if (fates[place] === 'goes') return []
  return [fates[place] === 'stays' ? edge : { from: edge.to, to: edge.from }]
}

const areaOnly = (polygons: readonly Rings[]): Parts => ({ points: [], lines: [], polygons })
const middleOf = ({ from, to }: Edge): Position => [(from[0] + to[0]) / 2, (from[1] + to[1]) / 2]

function sharedWith({ from, to }: Edge, others: readonly Edge[]): 'same' | 'opposite' | undefined {
  if (others.some((other) => samePlace(other.from, from) && samePlace(other.to, to))) return 'same'
  return others.some((other) => samePlace(other.from, to) && samePlace(other.to, from)) ? 'opposite' : undefined
}

/** Rings with the interior on their left: shells against the clock, holes with it. */
function directed(polygons: readonly Rings[]): readonly Segment[] {
  return polygons.flatMap((rings) =>
    rings.flatMap((ring, i) => segmentsOf(doubleArea(ring) > 0 === (i === 0) ? ring : ring.toReversed())),
  )
}

/** Both cut at the same places, down to the last digit. */
function cutTogether(a: readonly Segment[], b: readonly Segment[]): readonly [readonly Edge[], readonly Edge[]] {
  const snap = snapping([...a, ...b].flat())
  const cuts = new Map<Segment, Position[]>([...a, ...b].map((segment) => [segment, segment.map(snap)]))
  for (const one of a)
    for (const other of b)
      for (const at of meeting(one, other).map(snap)) {
        cuts.get(one)!.push(at)
        cuts.get(other)!.push(at)
      }
  return [a.flatMap((segment) => pieces(segment, cuts.get(segment)!)), b.flatMap((s) => pieces(s, cuts.get(s)!))]
}

/** Rounding of calculated places, as a part of the greatest coordinate. */
const ROUNDING = 1e-12

/** Places that differ by rounding alone become the first of them. */
function snapping(places: readonly Position[]): (at: Position) => Position {
  const reach = places.reduce((most, [x, y]) => Math.max(most, Math.abs(x), Math.abs(y)), 0) * ROUNDING || 1
  const known = new Map<string, Position>()
  const steps = [0, -1, 1]
  return (at) => {
    const [column, row] = [Math.round(at[0] / reach), Math.round(at[1] / reach)]
    const found = steps
      .flatMap((dx) => steps.map((dy) => known.get(`${column + dx},${row + dy}`)))
      .find((place) => place !== undefined)
    if (!found) known.set(`${column},${row}`, at)
    return found ?? at
  }
}

function pieces([from, to]: Segment, cuts: readonly Position[]): Edge[] {
  const along = ([x, y]: Position): number => (x - from[0]) * (to[0] - from[0]) + (y - from[1]) * (to[1] - from[1])
  const nodes = cuts.toSorted((p, q) => along(p) - along(q))
  return nodes.slice(1).flatMap((end, i) => (samePlace(nodes[i]!, end) ? [] : [{ from: nodes[i]!, to: end }]))
}

const keyOf = ([x, y]: Position): string => `${x},${y}`

function polygonsOf(edges: readonly Edge[]): readonly Rings[] {
  const leaving = Map.groupBy(edges, (edge) => keyOf(edge.from))
  const used = new Set<Edge>()
  const rings: Ring[] = []
  for (const start of edges) {
    if (used.has(start)) continue
    const ring: Position[] = [start.from]
    let edge: Edge | undefined = start
    while (edge && !used.has(edge)) {
      used.add(edge)
      ring.push(edge.to)
      edge = nextEdge(edge, leaving.get(keyOf(edge.to)) ?? [])
    }
    if (!samePlace(ring[0]!, ring.at(-1)!))
      throw new GeometryError('The boundaries of the geometries can not be joined')
    const tidy = withoutStraightCorners(ring)
    if (tidy.length > 3) rings.push(tidy)
  }
  return shellsWithHoles(rings)
}

/** The first one with the clock from where the edge came from: it bounds the same area. */
function nextEdge(edge: Edge, candidates: readonly Edge[]): Edge | undefined {
  const back = Math.atan2(edge.from[1] - edge.to[1], edge.from[0] - edge.to[0])
  const clockwise = ({ from, to }: Edge): number => {
    const angle = back - Math.atan2(to[1] - from[1], to[0] - from[0])
    return angle <= 0 ? angle + 2 * Math.PI : angle
  }
  return candidates.toSorted((p, q) => clockwise(p) - clockwise(q))[0]
}

function withoutStraightCorners(ring: Ring): Ring {
  const open = ring.slice(0, -1)
  const corners = open.filter((at, i) => {
    const [before, after] = [open.at(i - 1)!, open[(i + 1) % open.length]!]
    return !isOn([before, after], at) || turn(before, at, after) !== 0
  })
  if (corners.length === 0) return []
  // From the lowest of the leftmost places on.
  const first = corners.reduce((best, at, i) => {
    const least = corners[best]!
    return at[0] < least[0] || (at[0] === least[0] && at[1] < least[1]) ? i : best
  }, 0)
  return [...corners.slice(first), ...corners.slice(0, first), corners[first]!]
}

function shellsWithHoles(rings: readonly Ring[]): readonly Rings[] {
  const shells = rings.filter((ring) => doubleArea(ring) > 0)
  const holes = rings.filter((ring) => doubleArea(ring) < 0)
  const owners = holes.map((hole) => {
    const around = shells.filter((shell) => segmentsOf(hole).every(([a, b]) => isWithin([a, b], shell)))
    return around.toSorted((p, q) => doubleArea(p) - doubleArea(q))[0]
  })
  return shells.map((shell) => [shell, ...holes.filter((_, i) => owners[i] === shell)])
}

const isWithin = ([a, b]: Segment, shell: Ring): boolean =>
  placeInRings([(a[0] + b[0]) / 2, (a[1] + b[1]) / 2], [shell]) !== 'outside'

// ---- lines and points

function overlayLines(operation: Operation, a: Parts, b: Parts): readonly Edge[] {
  const own = (mine: Parts, other: Parts, keeps: (place: Place) => boolean): Edge[] => {
    const others = [...other.lines.flatMap(segmentsOf), ...other.polygons.flat().flatMap(segmentsOf)]
    return mine.lines
      .flatMap(segmentsOf)
      .flatMap((segment) => pieces(segment, [...segment, ...others.flatMap((one) => meeting(segment, one))]))
      .filter((piece) => keeps(placeIn(middleOf(piece), { ...other, points: [] })))
  }
  switch (operation) {
    case 'union':
      return [...own(a, b, () => true), ...own(b, a, (place) => place === 'outside')]
    case 'intersection': {
      const met = own(a, b, (place) => place !== 'outside')
      return [...met, ...own(b, areaOnly(a.polygons), (place) => place !== 'outside')]
    }
    case 'difference':
      return own(a, b, (place) => place === 'outside')
    case 'sym-difference':
      return [...overlayLines('difference', a, b), ...overlayLines('difference', b, a)]
  }
}

const isCovered = (piece: Edge, area: Parts): boolean => placeIn(middleOf(piece), area) !== 'outside'

/** Pieces that follow each other become one line. */
function joinedLines(edges: readonly Edge[]): readonly Line[] {
  const lines: Position[][] = []
  for (const { from, to } of edges) {
    const last = lines.at(-1)
    if (!last || !samePlace(last.at(-1)!, from)) lines.push([from, to])
    else {
      if (last.length > 1 && isOn([last.at(-2)!, to], from) && turn(last.at(-2)!, from, to) === 0) last.pop()
      last.push(to)
    }
  }
  return lines
}

function overlayPoints(operation: Operation, a: Parts, b: Parts): readonly Position[] {
  switch (operation) {
    case 'union':
      return [...a.points, ...b.points]
    case 'intersection':
      return [
        ...a.points.filter((at) => placeIn(at, b) !== 'outside'),
        ...b.points.filter((at) => placeIn(at, a) !== 'outside'),
        ...crossings(a, b),
      ]
    case 'sym-difference':
      return [...overlayPoints('difference', a, b), ...overlayPoints('difference', b, a)]
    default:
      return a.points.filter((at) => placeIn(at, b) === 'outside')
  }
}

function crossings(a: Parts, b: Parts): readonly Position[] {
  const edges = ({ lines, polygons }: Parts): readonly Segment[] => [
    ...lines.flatMap(segmentsOf),
    ...polygons.flat().flatMap(segmentsOf),
  ]
  const [first, second] = [edges(a), edges(b)]
  return first.flatMap((one) => second.flatMap((other) => meeting(one, other)))
}

function distinctPlaces(places: readonly Position[]): readonly Position[] {
  const box = boxOf(places)
  return box ? [...new Map(places.map((at) => [keyOf(at), at])).values()] : []
}
