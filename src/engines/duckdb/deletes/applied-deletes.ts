/**
 * Many files of deletes apply to many data files, each of which has a list of its own: a thousand files after a thousand
 * changes have half a million pairs. What is said of them here grows with the files and not with the pairs. Files of
 * positions get one order, in which those of a data file are a few runs; files of values get ranks, above one of which all
 * of them apply to a data file, since what applies to a younger file applies to an older one of its partition too.
 */
import type { DeleteFile } from '../../../core/queries/relation.ts'

type Deletes = readonly DeleteFile[]

/** Places in the order, both of them among those meant. */
export interface Run {
  readonly first: number
  readonly last: number
}

export interface OrderedDeletes {
  /** Local paths, the order of which is told by `runsOf`. */
  readonly paths: readonly string[]
  readonly runsOf: (files: Deletes) => readonly Run[]
}

/** Of lists of local paths that are mostly parts of each other. */
export function orderedDeletes(lists: readonly Deletes[]): OrderedDeletes {
  const places = new Map<string, number>()
  for (const list of longestFirst(lists))
    for (const { localPath } of list) if (!places.has(localPath)) places.set(localPath, places.size)
  const known = new Map<Deletes, readonly Run[]>()
  const runsOf = (files: Deletes): readonly Run[] => {
    const found = known.get(files) ?? runs(files.map(({ localPath }) => places.get(localPath)!))
    known.set(files, found)
    return found
  }
  return { paths: [...places.keys()], runsOf }
}

const longestFirst = (lists: readonly Deletes[]): Deletes[] =>
  [...new Set(lists)].toSorted((a, b) => b.length - a.length)

function runs(places: readonly number[]): Run[] {
  const found: { first: number; last: number }[] = []
  for (const place of places.toSorted((a, b) => a - b)) {
    const open = found.at(-1)
    if (open && place <= open.last + 1) open.last = place
    else found.push({ first: place, last: place })
  }
  return found
}

/** To a data file those files of a chain apply that have its rank or a higher one. */
export interface Ranked {
  readonly chain: number
  readonly rank: number
}

export interface RankedDeletes {
  readonly files: readonly (Ranked & { readonly localPath: string })[]
  readonly rankOf: (files: Deletes) => Ranked
}

interface Chain {
  readonly chain: number
  readonly ranks: Map<string, number>
  rank: number
  /** The files of that rank. */
  top: ReadonlySet<string>
}

/** A file is in as many chains as it takes for lists that are not parts of each other. */
export function rankedDeletes(lists: readonly Deletes[]): RankedDeletes {
  const chains: Chain[] = []
  const chainsOf = new Map<string, Chain[]>()
  const ranks = new Map<Deletes, Ranked>()
  for (const list of longestFirst(lists)) {
    const paths = list.map(({ localPath }) => localPath)
    const known = chainsOf.get(paths[0]!)?.find(({ top }) => paths.every((path) => top.has(path)))
    const chain = known ?? { chain: chains.length, ranks: new Map<string, number>(), rank: 0, top: new Set(paths) }
    if (!known) {
      chains.push(chain)
      for (const path of paths) chainsOf.set(path, [...(chainsOf.get(path) ?? []), chain])
    } else if (paths.length < chain.top.size) {
      chain.rank++
      chain.top = new Set(paths)
    }
    for (const path of paths) chain.ranks.set(path, chain.rank)
    ranks.set(list, { chain: chain.chain, rank: chain.rank })
  }
  const files = chains.flatMap(({ chain, ranks: own }) =>
    [...own].map(([localPath, rank]) => ({ chain, localPath, rank })),
  )
  return { files, rankOf: (list) => ranks.get(list)! }
}
