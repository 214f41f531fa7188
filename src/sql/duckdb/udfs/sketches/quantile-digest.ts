/**
 * Quantiles of 64-bit integers from a binary tree over their bits (q-digest, Shrivastava and others). A node of level n
 * counts values whose bits agree but for the last n; nodes that count too little are folded into their parents. When
 * that happens, and the bytes, follow Trino's qdigest type.
 */
import { FunctionFailure } from '../../failures.ts'

const FORMAT = 0
const HEADER_BYTES = 45
const NODE_BYTES = 17
const HAS_LEFT = 1
const HAS_RIGHT = 2
const NOTHING = 1e-5
const BITS = 64
const SIGN = 1n << 63n

interface Node {
  /** With the sign bit turned over, so that unsigned order is the order of the values. */
  readonly bits: bigint
  readonly level: number
  count: number
  left: Node | undefined
  right: Node | undefined
}

export class QuantileDigest {
  private root: Node | undefined
  private weight = 0
  private min = 2n ** 63n - 1n
  private max = -(2n ** 63n)
  private readonly maxError: number

  constructor(maxError: number) {
    this.maxError = maxError
  }

  add(value: bigint, weight = 1): void {
    this.widen(value, value)
    const before = this.weight
    this.insert(BigInt.asUintN(64, value ^ SIGN), weight)
    // Every so many values the bound on what a node may count grows.
    const factor = this.compressionFactor()
    if (Math.floor(before / factor) !== Math.floor(this.weight / factor)) this.compress()
  }

  mergeWith(other: QuantileDigest): void {
    this.root = united(this.root, other.root)
    this.weight += other.weight
    this.widen(other.min, other.max)
    this.compress()
  }

  /** An upper bound of the value at `quantile`. */
  valueAt(quantile: number): bigint {
    if (!(quantile >= 0 && quantile <= 1)) throw invalid('quantile must be between [0,1]')
    let sum = 0
    for (const node of postOrder(this.root)) {
      sum += node.count
      if (sum > quantile * this.weight) return smaller(upperBound(node), this.max)
    }
    return this.max
  }

  /** The part of all values that are at most `value`; undefined for values outside of those seen. */
  quantileOf(value: bigint): number | undefined {
    if (this.weight === 0 || value < this.min || value > this.max) return undefined
    let below = 0
    for (const node of postOrder(this.root)) {
      if (upperBound(node) >= value) break
      below += node.count
    }
    return below / this.weight
  }

  private widen(min: bigint, max: bigint): void {
    this.min = smaller(this.min, min)
    this.max = max > this.max ? max : this.max
  }

  private compressionFactor(): number {
    return this.root === undefined ? 1 : Math.max(Math.trunc((this.root.level + 1) / this.maxError), 1)
  }

  private insert(bits: bigint, count: number): void {
    if (count < NOTHING) return
    this.weight += count
    const leaf: Node = { bits, level: 0, count, left: undefined, right: undefined }
    let attach = (node: Node): void => {
      this.root = node
    }
    let current = this.root
    while (current !== undefined) {
      const node: Node = current
      if (!inSameSubtree(bits, node.bits, node.level)) {
        attach(siblings(node, leaf))
        return
      }
      if (node.level === 0) {
        node.count += count
        return
      }
      const side = sideOf(bits, node.level)
      attach = (child) => {
        node[side] = child
      }
      current = node[side]
    }
    attach(leaf)
  }

  private compress(): void {
    const bound = Math.floor(this.weight / this.compressionFactor())
    for (const node of postOrder(this.root)) {
      if (!node.left && !node.right) continue
      const [left, right] = [node.left?.count ?? 0, node.right?.count ?? 0]
      const folds = node.count + left + right < bound
      if (node.left && (folds || left < NOTHING)) {
        node.left = withoutCount(node.left)
        node.count += left
      }
      if (node.right && (folds || right < NOTHING)) {
        node.right = withoutCount(node.right)
        node.count += right
      }
    }
    if (this.root && this.root.count < NOTHING) this.root = withoutCount(this.root)
  }

  serialize(): Uint8Array {
    this.compress()
    const nodes = [...postOrder(this.root)]
    const view = new DataView(new ArrayBuffer(HEADER_BYTES + NODE_BYTES * nodes.length))
    view.setUint8(0, FORMAT)
    view.setFloat64(1, this.maxError, true)
    // Eight bytes of decay and eight of its landmark stay zero.
    view.setBigInt64(25, this.min, true)
    view.setBigInt64(33, this.max, true)
    view.setInt32(41, nodes.length, true)
    for (const [i, node] of nodes.entries()) {
      const at = HEADER_BYTES + NODE_BYTES * i
      const children = (node.left ? HAS_LEFT : 0) | (node.right ? HAS_RIGHT : 0)
      view.setUint8(at, (Math.max(node.level - 1, 0) << 2) | children)
      view.setFloat64(at + 1, node.count, true)
      view.setBigUint64(at + 9, node.bits, true)
    }
    return new Uint8Array(view.buffer)
  }

  static parse(bytes: Uint8Array): QuantileDigest {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    const count = bytes.length >= HEADER_BYTES && bytes[0] === FORMAT ? view.getInt32(41, true) : -1
    if (count < 0 || bytes.length !== HEADER_BYTES + NODE_BYTES * count) throw invalid('Invalid format')
    const digest = new QuantileDigest(view.getFloat64(1, true))
    digest.min = view.getBigInt64(25, true)
    digest.max = view.getBigInt64(33, true)
    // Children come before their parents, left before right.
    const open: Node[] = []
    for (let at = HEADER_BYTES; at < bytes.length; at += NODE_BYTES) {
      const structure = view.getUint8(at)
      const right = structure & HAS_RIGHT ? open.pop() : undefined
      const left = structure & HAS_LEFT ? open.pop() : undefined
      const level = (structure >> 2) + (left || right ? 1 : 0)
      const node = { bits: view.getBigUint64(at + 9, true), level, count: view.getFloat64(at + 1, true), left, right }
      digest.weight += node.count
      open.push(node)
    }
    if (open.length > 1) throw invalid('Tree is corrupted. Expected a single root node')
    digest.root = open[0]
    return digest
  }
}

function* postOrder(node: Node | undefined): Generator<Node> {
  if (node === undefined) return
  yield* postOrder(node.left)
  yield* postOrder(node.right)
  yield node
}

const inSameSubtree = (a: bigint, b: bigint, level: number): boolean =>
  level === BITS || a >> BigInt(level) === b >> BigInt(level)

const sideOf = (bits: bigint, level: number): 'left' | 'right' => ((bits >> BigInt(level - 1)) & 1n ? 'right' : 'left')

function siblings(a: Node, b: Node): Node {
  const level = (a.bits ^ b.bits).toString(2).length
  const [left, right] = sideOf(a.bits, level) === 'left' ? [a, b] : [b, a]
  return { bits: a.bits, level, count: 0, left, right }
}

/** The node without its count: gone when nothing hangs below it, its only child, or itself when it has two. */
function withoutCount(node: Node): Node | undefined {
  if (!node.left || !node.right) return node.left ?? node.right
  node.count = 0
  return node
}

function united(a: Node | undefined, b: Node | undefined): Node | undefined {
  if (!a || !b) return a ?? copied(b)
  if (!inSameSubtree(a.bits, b.bits, Math.max(a.level, b.level))) return siblings(a, copied(b)!)
  if (a.level > b.level) {
    const side = sideOf(b.bits, a.level)
    a[side] = united(a[side], b)
    return a
  }
  if (a.level < b.level) {
    const side = sideOf(a.bits, b.level)
    const left = side === 'left' ? united(a, b.left) : copied(b.left)
    const right = side === 'right' ? united(a, b.right) : copied(b.right)
    return { bits: b.bits, level: b.level, count: b.count, left, right }
  }
  a.count += b.count
  a.left = united(a.left, b.left)
  a.right = united(a.right, b.right)
  return a
}

const copied = (node: Node | undefined): Node | undefined =>
  node && { ...node, left: copied(node.left), right: copied(node.right) }

/** The greatest value that the node may stand for. */
const upperBound = (node: Node): bigint => BigInt.asIntN(64, (node.bits | ((1n << BigInt(node.level)) - 1n)) ^ SIGN)

const smaller = (a: bigint, b: bigint): bigint => (a < b ? a : b)

const invalid = (text: string): FunctionFailure => new FunctionFailure('INVALID_FUNCTION_ARGUMENT', text)
