/** Policies made ready to decide: each action finds its statements at once. */
import type { PolicyDocument, PolicyKind, Statement } from './document.ts'
import { parsePolicy } from './document.ts'
import { compileCondition } from './operators.ts'
import { compilePattern, type Pattern, type RequestContext } from './patterns.ts'
import { type Asker, type Closeness, compilePrincipals } from './principals.ts'

export interface AccessRequest {
  /** `s3:GetObject`. */
  readonly action: string
  /** An ARN, or `*` for what has none. */
  readonly resource: string
  readonly asker: Asker
  readonly context: RequestContext
}

export interface CompiledPolicy {
  readonly document: PolicyDocument
  /** Of its text. */
  readonly letters: number
  /** The statements that speak of the action, in order. */
  of(action: string): ActionStatements
}

export interface ActionStatements {
  readonly allow: readonly CompiledStatement[]
  readonly deny: readonly CompiledStatement[]
}

export interface CompiledStatement {
  readonly statement: Statement
  /** Where it stands in its document, from nought. */
  readonly index: number
  /** How closely it names who asks; `asker` where it names nobody, since it belongs to them. */
  applies(request: AccessRequest): Closeness | undefined
  /** Whether it speaks of all resources that start so, or of none: no condition looks at the resource's name. */
  isAlikeOver(start: string): boolean
}

interface Ready extends CompiledStatement {
  speaksOf(action: string): boolean
}

/** Callers that simulate may ask for any action: no more are kept at a time. */
const MOST_ACTIONS = 2000

/** Throws as `parsePolicy` does. */
export function compilePolicy(text: string, kind: PolicyKind): CompiledPolicy {
  const document = parsePolicy(text, kind)
  const statements = document.statements.map((statement, index) => compileStatement(statement, index, document.version))
  const known = new Map<string, ActionStatements>()
  return {
    document,
    letters: text.length,
    of(action) {
      const found = known.get(action)
      if (found) return found
      if (known.size >= MOST_ACTIONS) known.clear()
      const speaking = statements.filter((statement) => statement.speaksOf(action))
      const { Allow: allow = [], Deny: deny = [] } = Object.groupBy(speaking, ({ statement }) => statement.effect)
      const split = { allow, deny }
      known.set(action, split)
      return split
    },
  }
}

function compileStatement(statement: Statement, index: number, version: PolicyDocument['version']): Ready {
  const variables = version === '2012-10-17'
  const actions = statement.actions.names.map((name) =>
    compilePattern(name, { variables: false, wildcards: true, ignoreCase: true }),
  )
  const tests = statement.conditions.map(({ operator, key, values }) =>
    compileCondition(operator, key, values, variables),
  )
  const principals = statement.principals && compilePrincipals(statement.principals)
  const resources = statement.resources?.names.map((name) =>
    compilePattern(completed(name), { variables, wildcards: true }),
  )
  const negated = statement.resources?.negated ?? false
  const covers = ({ resource, context }: AccessRequest): boolean =>
    resources === undefined || resources.some((pattern) => pattern.matches(resource, context)) !== negated
  return {
    statement,
    index,
    speaksOf: (action) => actions.some((pattern) => pattern.matches(action, NO_CONTEXT)) !== statement.actions.negated,
    isAlikeOver: (start) => resources === undefined || areAlike(resources, start),
    applies(request) {
      const closeness = principals ? principals(request.asker) : 'asker'
      if (closeness === undefined || !covers(request)) return undefined
      for (const test of tests) if (!test(request.context)) return undefined
      return closeness
    },
  }
}

const NO_CONTEXT: RequestContext = { get: () => undefined }

/** Where one matches all of them, the others change nothing. */
function areAlike(patterns: readonly Pattern[], start: string): boolean {
  const coverages = patterns.map((pattern) => pattern.over?.(start) ?? 'some')
  return coverages.includes('all') || !coverages.includes('some')
}

/** "Specifying arn:aws:sqs is equivalent to arn:aws:sqs:*:*:*" (reference_policies_grammar.html). */
function completed(resource: string): string {
  if (!resource.startsWith('arn:') || resource.includes('${')) return resource
  const missing = 6 - resource.split(':').length
  return missing > 0 ? resource + ':*'.repeat(missing) : resource
}

const MOST_KEPT = 2000
/** Compiled they take some thirty times the room of their text. */
const MOST_LETTERS_KEPT = 4 << 20
let lettersKept = 0
const kept = new Map<string, CompiledPolicy>()

/** The same text is compiled once. For what is kept, and comes again. Throws as `parsePolicy` does. */
export function compiledPolicy(text: string, kind: PolicyKind): CompiledPolicy {
  const key = `${kind} ${text}`
  const found = kept.get(key)
  if (found) return found
  const compiled = compilePolicy(text, kind)
  lettersKept += text.length
  if (kept.size >= MOST_KEPT || lettersKept > MOST_LETTERS_KEPT) {
    kept.clear()
    lettersKept = text.length
  }
  kept.set(key, compiled)
  return compiled
}
