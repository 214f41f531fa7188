/** The named spatial relations as patterns of the DE-9IM matrix. */
import { boxOf, dimensionOf, type Geometry, partsOf, positionsOf } from './geometry.ts'
import { fits, placeIn, relate } from './relation.ts'

export type Relation = 'equals' | 'disjoint' | 'intersects' | 'touches' | 'contains' | 'within' | 'crosses' | 'overlaps'

export function holds(relation: Relation, a: Geometry, b: Geometry): boolean {
  if (relation === 'disjoint') return !holds('intersects', a, b)
  if (apart(a, b)) return false
  if (relation === 'within') return holds('contains', b, a)
  if (relation === 'contains' && b.kind === 'Point') return placeIn(b.at!, partsOf(a)) === 'inside'
  if (relation === 'intersects' && b.kind === 'Point') return placeIn(b.at!, partsOf(a)) !== 'outside'
  if (relation === 'intersects' && a.kind === 'Point') return holds('intersects', b, a)
  const matrix = relate(a, b)
  return patternsOf(relation, dimensionOf(a), dimensionOf(b)).some((pattern) => fits(matrix, pattern))
}

/** Boxes that do not meet hold geometries that do not meet: what most pairs of a join are. */
function apart(a: Geometry, b: Geometry): boolean {
  const [first, second] = [boxOf(positionsOf(a)), boxOf(positionsOf(b))]
  if (!first || !second) return true
  return first.maxX < second.minX || second.maxX < first.minX || first.maxY < second.minY || second.maxY < first.minY
}

const ANY = ['T********', '*T*******', '***T*****', '****T****']

function patternsOf(relation: Relation, first: number, second: number): readonly string[] {
  switch (relation) {
    case 'equals':
      return ['T*F**FFF*']
    case 'touches':
      return ['FT*******', 'F**T*****', 'F***T****']
    case 'contains':
      return ['T*****FF*']
    case 'crosses':
      if (first < second) return ['T*T******']
      if (first > second) return ['T*****T**']
      return first === 1 ? ['0********'] : []
    case 'overlaps':
      if (first !== second) return []
      return first === 1 ? ['1*T***T**'] : ['T*T***T**']
    default:
      return ANY
  }
}
