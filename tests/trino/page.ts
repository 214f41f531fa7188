/** `docs/trino-differences.md`: how many queries agree, and each difference with its reason. */
import { TRINO_VERSION } from '../../tools/trino/distribution.ts'
import { type Difference, KINDS } from './comparison.ts'
import { REASONS, type Reason, reasonOf } from './reasons.ts'

export interface Topic {
  readonly name: string
  readonly asked: number
  readonly differences: readonly Difference[]
}
const EXAMPLES = 3
const WIDTH = 160

export function differencesPage(topics: readonly Topic[]): string {
  const all = topics.flatMap((topic) => topic.differences)
  const asked = topics.reduce((sum, topic) => sum + topic.asked, 0)
  const agree = asked - all.length
  const rows = topics.map(({ name, asked: count, differences }) => {
    const kinds = KINDS.map((kind) => differences.filter((d) => d.kind === kind).length)
    return `| ${name} | ${count} | ${count - differences.length} | ${kinds.join(' | ')} |`
  })
  return `# Differences from Trino

Written by \`npm run accept:trino\`, which starts a real Trino ${TRINO_VERSION} (the release that Athena engine version 3 is
nearest to) and asks both it and Lentic ${asked} queries; ${agree} of them (${((100 * agree) / asked).toFixed(1)} %) agree in
the types, the values, the name of the error and its text with its position. Not compared: the order of a map's entries,
the order of the overloads in a message and the case of their type variables, the last digits of sums of floating-point
numbers, values that depend on the moment or on chance.

The columns: Lentic answers what Trino refuses; it refuses what Trino answers; another type; another value; another error;
the same error in other words.

| topic | queries | agree | ${KINDS.join(' | ')} |
|---|---|---|${KINDS.map(() => '---').join('|')}|
${rows.join('\n')}

${REASONS.map((reason) => section(reason, all)).join('')}`
}

function section(reason: Reason, all: readonly Difference[]): string {
  const found = all.filter((difference) => reasonOf(difference) === reason)
  if (found.length === 0) return ''
  // Examples from all over, not three of one function.
  const step = Math.max(1, Math.floor(found.length / EXAMPLES))
  const examples = found.filter((_, i) => i % step === 0).slice(0, EXAMPLES)
  return `## ${reason.title}: ${found.length}

${reason.text}

${examples.map(example).join('\n')}

`
}

const example = ({ sql, trino, lentic }: Difference): string =>
  `- ${code(sql)}\n  - Trino: ${code(trino)}\n  - Lentic: ${code(lentic)}`

function code(text: string): string {
  const line = text.replaceAll('\n', ' ').replaceAll('`', "'")
  return `\`${line.length > WIDTH ? `${line.slice(0, WIDTH)}…` : line}\``
}
