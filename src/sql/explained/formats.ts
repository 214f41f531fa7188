/** The nodes of a plan as text, as JSON and as a graph, laid out as Trino does. */
import type { PlanNode } from './nodes.ts'

/** One fragment, for one process runs all of it. */
export function fragmentText(root: PlanNode): string {
  return [
    'Fragment 0 [SINGLE]',
    `    Output layout: [${root.outputs.map(({ symbol }) => symbol).join(', ')}]`,
    '    Output partitioning: SINGLE []',
    ...treeLines(root).map((line) => `    ${line}`),
    '',
  ].join('\n')
}

export const treeText = (root: PlanNode): string => [...treeLines(root), ''].join('\n')

export const treeLines = (root: PlanNode): string[] => lines(root, '', '')

function lines(node: PlanNode, first: string, rest: string): string[] {
  const { children } = node
  const beside = rest + (children.length > 0 ? '│   ' : '    ')
  const own = [`Layout: [${node.outputs.map(({ symbol, type }) => `${symbol}:${type}`).join(', ')}]`, estimates(node)]
  return [
    `${first}${node.name}[${descriptorText(node)}]`,
    ...[...own, ...node.details].map((line) => beside + line),
    ...children.flatMap((child, i) => {
      const last = i === children.length - 1
      return lines(child, `${rest}${last ? '└─ ' : '├─ '}`, `${rest}${last ? '   ' : '│  '}`)
    }),
  ]
}

const descriptorText = ({ descriptor }: PlanNode): string =>
  Object.entries(descriptor)
    .map(([key, value]) => `${key} = ${value}`)
    .join(', ')

/** What is not known is a question mark. */
function estimates({ rows, sizeBytes }: PlanNode): string {
  const size = sizeBytes === undefined ? '?' : dataSize(sizeBytes)
  return `Estimates: {rows: ${rows ?? '?'} (${size}), cpu: ${sizeBytes === undefined ? '?' : size}, memory: ?, network: 0B}`
}

/** Three significant digits, as Trino shows sizes: `12B`, `1.21kB`, `147.21kB`. */
export function dataSize(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB']
  let [value, unit] = [bytes, 0]
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024
    unit++
  }
  return `${Number.isInteger(value) ? value : value.toFixed(2)}${units[unit]}`
}

type Json = string | number | boolean | readonly Json[] | { readonly [key: string]: Json }

export const logicalJson = (root: PlanNode): string => jsonText(nodeJson(root))

export const distributedJson = (root: PlanNode): string => jsonText({ '0': nodeJson(root) })

export function nodeJson(node: PlanNode, ids = { next: 0 }): Json {
  const id = String(ids.next++)
  const { name, descriptor, outputs, details, rows, sizeBytes, children } = node
  const known = rows !== undefined || sizeBytes !== undefined
  const cost = { outputRowCount: rows ?? 'NaN', outputSizeInBytes: sizeBytes ?? 'NaN' }
  const estimate = { ...cost, cpuCost: sizeBytes ?? 'NaN', memoryCost: 'NaN', networkCost: 0 }
  return {
    id,
    name,
    descriptor,
    outputs,
    details,
    estimates: known ? [estimate] : [],
    children: children.map((child) => nodeJson(child, ids)),
  }
}

/** As Trino's JSON is laid out: blanks around colons, objects of a list side by side. */
export function jsonText(value: Json, indent = ''): string {
  if (typeof value !== 'object') return JSON.stringify(value)
  const inner = `${indent}  `
  if (Array.isArray(value)) {
    if (value.length === 0) return '[ ]'
    return `[ ${value.map((item: Json) => jsonText(item, indent)).join(', ')} ]`
  }
  const members = Object.entries(value as { readonly [key: string]: Json })
  if (members.length === 0) return '{ }'
  return `{\n${members.map(([key, item]) => `${inner}${JSON.stringify(key)} : ${jsonText(item, inner)}`).join(',\n')}\n${indent}}`
}

const COLORS: Readonly<Record<string, string>> = {
  TableScan: 'deepskyblue',
  ScanFilter: 'deepskyblue',
  ScanProject: 'deepskyblue',
  ScanFilterProject: 'deepskyblue',
  Values: 'deepskyblue',
  Project: 'bisque',
  Filter: 'yellow',
  Aggregate: 'chartreuse3',
  Sort: 'aliceblue',
  TopN: 'darksalmon',
  Limit: 'gray83',
  Offset: 'gray83',
  Window: 'darkolivegreen4',
  Union: 'turquoise4',
  Unnest: 'crimson',
  Sample: 'goldenrod4',
  Output: 'white',
}

export function graphviz(root: PlanNode): string {
  const declared: string[] = []
  const edges: string[] = []
  const add = (node: PlanNode): number => {
    const own = declared.length + 1
    const label = [`${node.name}[${descriptorText(node)}]`, ...node.details].map(escaped).join('|')
    const color = COLORS[node.name] ?? 'orange'
    declared.push(`plannode_${own}[label="{${label}}", style="rounded, filled", shape=record, fillcolor=${color}];`)
    for (const child of node.children) edges.push(`plannode_${own} -> plannode_${add(child)};`)
    return own
  }
  add(root)
  const cluster = ['subgraph cluster_0 {', 'label = "SINGLE"', ...declared, '}']
  return ['digraph distributed_plan {', ...cluster, ...edges, '}', ''].join('\n')
}

/** Inside a record's label, braces, bars and angles have a meaning. */
const escaped = (text: string): string => text.replace(/[\\"{}|<>]/g, (sign) => `\\${sign}`).replaceAll('\n', ' ')
