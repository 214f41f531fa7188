import type { CompiledModel, Entry, Json } from './compile.ts'

/** What changed between two compilations of a model, a line each: operations, shapes, and members by name. */
export function differences(before: CompiledModel | undefined, after: CompiledModel): string[] {
  if (!before)
    return [`+ ${Object.keys(after.operations).length} operations, ${Object.keys(after.shapes).length} shapes`]
  return [
    ...entryDifferences('metadata', before.metadata, after.metadata),
    ...sectionDifferences('operation', before.operations, after.operations),
    ...sectionDifferences('shape', before.shapes, after.shapes),
  ]
}

type Section = Readonly<Record<string, Entry>>

function sectionDifferences(noun: string, before: Section, after: Section): string[] {
  const lines: string[] = []
  for (const key of union(before, after)) {
    const [old, now] = [before[key], after[key]]
    if (!old) lines.push(`+ ${noun} ${key}`)
    else if (!now) lines.push(`- ${noun} ${key}`)
    else lines.push(...entryDifferences(`${noun} ${key}`, old, now))
  }
  return lines
}

function entryDifferences(path: string, before: Entry, after: Entry): string[] {
  const lines: string[] = []
  for (const key of union(before, after)) {
    const [old, now] = [before[key], after[key]]
    if (JSON.stringify(old) === JSON.stringify(now)) continue
    if (key === 'members' && isEntry(old) && isEntry(now)) lines.push(...entryDifferences(path, old, now))
    else if (old === undefined) lines.push(`+ ${path}.${key}: ${brief(now)}`)
    else if (now === undefined) lines.push(`- ${path}.${key}: ${brief(old)}`)
    else lines.push(`~ ${path}.${key}: ${change(old, now)}`)
  }
  return lines
}

function change(before: Json, after: Json | undefined): string {
  if (
    Array.isArray(before) &&
    Array.isArray(after) &&
    [...before, ...after].every((item) => typeof item === 'string')
  ) {
    const added = after.filter((item) => !before.includes(item)).map((item) => `+${item}`)
    const removed = before.filter((item) => !after.includes(item)).map((item) => `-${item}`)
    return [...added, ...removed].join(' ') || 'order'
  }
  return `${brief(before)} -> ${brief(after)}`
}

const union = (a: object, b: object) => [...new Set([...Object.keys(a), ...Object.keys(b)])].sort()
const isEntry = (value: unknown): value is Entry => typeof value === 'object' && value !== null && !Array.isArray(value)

function brief(value: Json | undefined): string {
  const text = JSON.stringify(value) ?? ''
  return text.length > 120 ? `${text.slice(0, 117)}...` : text
}
