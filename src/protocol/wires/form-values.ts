/** Forms (`Tags.member.1.Key=a`) to typed values, by shape. */
import type { ListShape, MapShape, Member } from '../schema.ts'
import { deeper, Malformed, parseText, setEntry } from './scalars.ts'

type Fields = Record<string, unknown>

interface FormNode {
  value?: string
  readonly children: Map<string, FormNode>
}

/** Far above what any operation can use; keeps a hostile form from filling memory with nodes. */
const maximumParameters = 100_000
const maximumSegments = 64

export function formTree(parameters: Iterable<readonly [string, string]>): FormNode {
  const root: FormNode = { children: new Map() }
  let count = 0
  for (const [name, value] of parameters) {
    count += 1
    if (count > maximumParameters) throw new Malformed('Too many parameters')
    const segments = name.split('.', maximumSegments + 1)
    if (segments.length > maximumSegments) throw new Malformed('Parameter name is nested too deeply')
    let node = root
    for (const segment of segments) {
      const child: FormNode = node.children.get(segment) ?? { children: new Map() }
      node.children.set(segment, child)
      node = child
    }
    node.value = value
  }
  return root
}

export function readFormMembers(members: readonly Member[], node: FormNode, depth: number): Fields {
  const target: Fields = {}
  for (const member of members) {
    const child = findMember(member, node)
    if (child) target[member.name] = readForm(member, child, depth)
  }
  return target
}

/** A flattened list goes by its element's name where that has one; older Java clients use the member's own name. */
function findMember(member: Member, node: FormNode): FormNode | undefined {
  const { shape } = member
  const element = member.flattened && shape.type === 'list' ? shape.element.wireName : undefined
  return (
    (element && node.children.get(element)) ||
    node.children.get(member.wireName ?? member.name) ||
    node.children.get(member.name)
  )
}

function readForm(member: Member, node: FormNode, depth: number): unknown {
  const { shape } = member
  switch (shape.type) {
    case 'structure':
      return readFormMembers(shape.members, node, deeper(depth))
    case 'list':
      return readList(shape, node, member.flattened, deeper(depth))
    case 'map':
      return readMap(shape, node, member.flattened, deeper(depth))
    default:
      return parseText(member, node.value ?? '')
  }
}

function readList(shape: ListShape, node: FormNode, flattened: boolean, depth: number): unknown[] {
  const named = node.children.get(shape.element.wireName ?? 'member') ?? node.children.get('member')
  const items = flattened ? node : (named ?? node)
  return numbered(items).map((item) => readForm(shape.element, item, depth))
}

function readMap(shape: MapShape, node: FormNode, flattened: boolean, depth: number): Fields {
  const target: Fields = {}
  for (const entry of numbered(flattened ? node : (node.children.get('entry') ?? node))) {
    const key = entry.children.get(shape.key.wireName ?? 'key') ?? entry.children.get('key')
    const value = entry.children.get(shape.value.wireName ?? 'value') ?? entry.children.get('value')
    if (key?.value !== undefined && value) setEntry(target, key.value, readForm(shape.value, value, depth))
  }
  return target
}

/** In the order of their numbers; gaps close, so that a large number costs nothing. */
function numbered(node: FormNode): FormNode[] {
  return [...node.children]
    .filter(([name]) => /^\d{1,9}$/.test(name))
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([, child]) => child)
}
