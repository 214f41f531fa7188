/** Nothing is exported that no other file imports, and no file lies about that nobody reads. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { test } from 'node:test'

/** Files that are run or published, not imported. */
const ENTRIES: readonly RegExp[] = [
  /^bin\/lentic\.ts$/,
  /^src\/lentic\.ts$/,
  /^src\/engines\/duckdb\/worker\.ts$/,
  /^tools\/(build|coverage|models\/refresh)\.ts$/,
  /^bench\/[^/]+\.ts$/,
  /^tests\/clients\/boto3\/conformance\.ts$/,
  /^tests\/crash\/writer\.ts$/,
  /^tests\/trino\/accept\.ts$/,
  /\.test\.ts$/,
]

const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '--', '*.ts'], {
  encoding: 'utf8',
})
  .split('\n')
  .filter((path) => path !== '' && existsSync(path))
const texts = new Map(files.map((path) => [path, withoutComments(readFileSync(path, 'utf8'))]))

/** Comments may show imports; texts in quotes with `//` in them are left alone. */
function withoutComments(text: string): string {
  return text.replace(/^\s*(?:\/\*[\s\S]*?\*\/|\/\/.*)/gm, '')
}

const EXPORT = /^export (?:declare )?(?:async )?(function\*?|const|let|class|abstract class|interface|type) (\w+)/gm
const EXPORT_LIST = /^export (?:type )?\{([^}]*)\}/gm
const IMPORT = /\b(?:import|export)\s+(?:type\s+)?(?:(\*)(?: as \w+)?|\{([^}]*)\}|\w+)\s+from\s+'(\.[^']+)'/g
const WHOLE_IMPORT = /\bimport\s*(?:\(\s*)?'(\.[^']+)'/g

const names = (list: string, side: 'left' | 'right'): string[] =>
  list
    .split(',')
    .map((item) =>
      item
        .trim()
        .replace(/^type /, '')
        .split(' as '),
    )
    .filter(([name]) => name)
    .map((parts) => (side === 'left' ? parts[0]! : parts.at(-1)!))

/** What each file is asked for: names, or `*` for all. */
function wanted(): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>()
  const want = (from: string, target: string, name: string) => {
    const path = normalize(join(dirname(from), target))
    found.set(path, (found.get(path) ?? new Set()).add(name))
  }
  for (const [path, text] of texts) {
    for (const [, all, list, target] of text.matchAll(IMPORT))
      for (const name of all ? ['*'] : names(list ?? '', 'left')) want(path, target!, name)
    for (const [, target] of text.matchAll(WHOLE_IMPORT)) want(path, target!, '*')
  }
  return found
}

/** A type may be the shape of what another export takes or answers. */
const isType = (kind: string): boolean => kind === 'interface' || kind === 'type'

test('every export is imported by another file', () => {
  const asked = wanted()
  const dead = [...texts].flatMap(([path, text]) => {
    const by = asked.get(path)
    if (path === 'src/lentic.ts' || by?.has('*')) return []
    const exported = [...text.matchAll(EXPORT)]
      .filter(([, kind, name]) => !(isType(kind!) && text.split(new RegExp(`\\b${name}\\b`)).length > 2))
      .map(([, , name]) => name!)
    const listed = [...text.matchAll(EXPORT_LIST)].flatMap(([, list]) => names(list!, 'right'))
    return [...exported, ...listed].filter((name) => !by?.has(name)).map((name) => `${path}: ${name}`)
  })
  assert.deepEqual(dead, [])
})

test('every file is imported by another, or is run', () => {
  const asked = wanted()
  const lost = files.filter((path) => !asked.has(path) && !ENTRIES.some((entry) => entry.test(path)))
  assert.deepEqual(lost, [])
})
