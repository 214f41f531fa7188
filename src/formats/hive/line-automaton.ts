/**
 * A finite automaton that follows the bytes of a text, which comes in pieces: large ones in several places at once. So after
 * a line feed there may be no other state than the first, or one that is for good.
 */
import { LANES, LaneLoop, MOST_BYTES, MOST_KINDS } from './lane-loop.ts'

/** By state, what comes after each byte. */
export type Transitions = readonly Uint16Array[]

const LINE_FEED = 10
/** What is smaller takes less than to know all pairs of bytes. */
const LEAST_BYTES = 65_536

export class LineAutomaton {
  /** Bytes that no state tells apart are of one kind. */
  readonly #kinds: Uint8Array
  readonly #kindCount: number
  /** By state and kind. */
  readonly #next: Uint16Array
  #loop: LaneLoop | undefined

  constructor(transitions: Transitions) {
    const kinds = new Map<string, number>()
    const bytes: number[] = []
    this.#kinds = Uint8Array.from({ length: 256 }, (_, byte) => {
      const column = transitions.map((row) => row[byte]).join()
      const kind = kinds.get(column) ?? bytes.push(byte) - 1
      kinds.set(column, kind)
      return kind
    })
    this.#kindCount = kinds.size
    this.#next = Uint16Array.from(transitions.flatMap((row) => bytes.map((byte) => row[byte]!)))
  }

  /** The state after the text. */
  after(state: number, text: Uint8Array): number {
    if (text.length < LEAST_BYTES || this.#kindCount > MOST_KINDS) return this.#afterBytes(state, text)
    let last = state
    for (let at = 0; at < text.length; at += MOST_BYTES)
      last = this.#afterLanes(last, text.subarray(at, at + MOST_BYTES))
    return last
  }

  #afterLanes(from: number, text: Uint8Array): number {
    const begins = laneBegins(text)
    if (!begins) return this.#afterBytes(from, text)
    const ends = [...begins.slice(1), text.length]
    const shortest = Math.min(...begins.map((begin, i) => ends[i]! - begin))
    const length = shortest - (shortest % 2)
    this.#loop ??= new LaneLoop(this.#kinds, this.#kindCount, this.#next)
    const lanes = begins.map((begin, i) => [begin, i === 0 ? from : 0] as const)
    const states = this.#loop
      .followed(text, lanes, length)
      .map((state, i) => this.#afterBytes(state, text.subarray(begins[i]! + length, ends[i])))
    // Of all but the last only what is for good.
    return states.find((state) => state > 0) ?? 0
  }

  #afterBytes(from: number, bytes: Uint8Array): number {
    const [next, kinds, kindCount] = [this.#next, this.#kinds, this.#kindCount]
    let state = from
    for (let i = 0; i < bytes.length; i++) state = next[state * kindCount + kinds[bytes[i]!]!]!
    return state
  }
}

const KNOWN = new Map<string, LineAutomaton>()
const MOST_KNOWN = 16

/** To build one takes more than to follow a small text, and many are asked the same. `key`: all that the transitions depend on. */
export function automatonOf(key: string, transitions: () => Transitions): LineAutomaton {
  const known = KNOWN.get(key)
  if (known) return known
  const built = new LineAutomaton(transitions())
  if (KNOWN.size >= MOST_KNOWN) KNOWN.clear()
  KNOWN.set(key, built)
  return built
}

/** Of lanes of about as many bytes each, all but the first after a line feed; undefined where lines are too long for that. */
function laneBegins(text: Uint8Array): readonly number[] | undefined {
  const begins = [0]
  for (let lane = 1; lane < LANES; lane++) {
    const end = text.indexOf(LINE_FEED, Math.floor((text.length * lane) / LANES))
    if (end < 0) return undefined
    begins.push(end + 1)
  }
  return begins
}
