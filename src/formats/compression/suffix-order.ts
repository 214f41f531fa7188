/**
 * The order of a text's rotations, which bzip2 sorts: in linear time, whatever the text. They stand in the order of the
 * suffixes of the least of them, and those are sorted by induction (Nong, Zhang and Chan, "Two Efficient Algorithms for
 * Linear Time Suffix Array Construction", 2009).
 */

/** Where each rotation starts, the least first; of those that are alike, any. */
export function rotationOrder(text: Uint8Array): Int32Array {
  const first = leastRotation(text)
  const rotated = new Uint8Array(text.length)
  rotated.set(text.subarray(first))
  rotated.set(text.subarray(0, first), text.length - first)
  const order = suffixOrder(rotated, 256)
  for (let i = 0; i < order.length; i++) order[i] = (order[i]! + first) % text.length
  return order
}

/** Two candidates run beside each other; where they differ, the greater one and all that it ran over are out. */
function leastRotation(text: Uint8Array): number {
  const size = text.length
  let [one, other, alike] = [0, 1, 0]
  while (one < size && other < size && alike < size) {
    const difference = text[(one + alike) % size]! - text[(other + alike) % size]!
    if (difference === 0) {
      alike++
      continue
    }
    if (difference > 0) one += alike + 1
    else other += alike + 1
    if (one === other) other++
    alike = 0
  }
  return Math.min(one, other)
}

/** `text`: numbers below `letters`. Where each of its suffixes starts, the least first; an end is less than any letter. */
export function suffixOrder(text: Uint8Array | Int32Array, letters: number): Int32Array {
  const size = text.length
  const order = new Int32Array(size)
  if (size < 2) return order
  // A suffix rises when it is less than the one after it.
  const rises = new Uint8Array(size)
  for (let i = size - 2; i >= 0; i--)
    rises[i] = text[i]! < text[i + 1]! || (text[i] === text[i + 1] && rises[i + 1]) ? 1 : 0
  const valleys = valleysOf(rises)
  const buckets = bucketsOf(text, rises, letters)
  induce(text, rises, buckets, valleys, order)
  if (valleys.length < 2) return order
  const sorted = order.filter((at) => isValley(rises, at))
  const names = namesOf(text, valleys, sorted)
  const reduced = suffixOrder(names.text, names.letters)
  induce(
    text,
    rises,
    buckets,
    reduced.map((place) => valleys[place]!),
    order,
  )
  return order
}

/** A suffix that rises after one that does not. */
const isValley = (rises: Uint8Array, at: number): boolean => at > 0 && rises[at] === 1 && rises[at - 1] === 0

function valleysOf(rises: Uint8Array): Int32Array {
  const valleys: number[] = []
  for (let i = 1; i < rises.length; i++) if (isValley(rises, i)) valleys.push(i)
  return Int32Array.from(valleys)
}

/** Suffixes that begin with a letter stand together: first those that fall, then those that rise. */
interface Buckets {
  /** Of each letter, and one more, which is the end. */
  readonly falling: Int32Array
  readonly rising: Int32Array
}

function bucketsOf(text: Uint8Array | Int32Array, rises: Uint8Array, letters: number): Buckets {
  const [falling, rising] = [new Int32Array(letters + 1), new Int32Array(letters)]
  for (let i = 0; i < text.length; i++) {
    if (rises[i]) falling[text[i]! + 1]!++
    else rising[text[i]!]!++
  }
  for (let letter = 0; letter < letters; letter++) {
    const fallen = rising[letter]!
    rising[letter] = falling[letter]! + fallen
    falling[letter + 1]! += rising[letter]!
  }
  return { falling, rising }
}

/** From valleys in order, or any order of them, that of all suffixes, as far as the valleys' own order goes. */
function induce(
  text: Uint8Array | Int32Array,
  rises: Uint8Array,
  { falling, rising }: Buckets,
  valleys: Int32Array,
  order: Int32Array,
): void {
  order.fill(-1)
  const next = rising.slice()
  for (const at of valleys) order[next[text[at]!]!++] = at
  next.set(falling.subarray(0, next.length))
  order[next[text.at(-1)!]!++] = text.length - 1
  for (let i = 0; i < order.length; i++) {
    const before = order[i]! - 1
    if (before >= 0 && !rises[before]) order[next[text[before]!]!++] = before
  }
  next.set(falling.subarray(1))
  for (let i = order.length - 1; i >= 0; i--) {
    const before = order[i]! - 1
    if (before >= 0 && rises[before]) order[--next[text[before]!]!] = before
  }
}

/** Each valley's stretch, up to the next valley, becomes one letter; those that are alike become the same. */
function namesOf(text: Uint8Array | Int32Array, valleys: Int32Array, sorted: Int32Array) {
  const places = new Int32Array(text.length)
  for (let i = 0; i < valleys.length; i++) places[valleys[i]!] = i
  const endOf = (at: number) => valleys[places[at]! + 1] ?? text.length
  const names = new Int32Array(valleys.length)
  let name = 0
  for (let i = 1; i < sorted.length; i++) {
    let [one, other] = [sorted[i - 1]!, sorted[i]!]
    const [end, otherEnd] = [endOf(one), endOf(other)]
    let alike = end - one === otherEnd - other && end < text.length && otherEnd < text.length
    for (; alike && one <= end; one++, other++) alike = text[one] === text[other]
    if (!alike) name++
    names[places[sorted[i]!]!] = name
  }
  return { text: names, letters: name + 1 }
}
