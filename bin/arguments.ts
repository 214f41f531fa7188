/** The words after a command: `--name value`, `--name=value`, and the rest in order. */
export interface Arguments {
  readonly rest: readonly string[]
  option(name: string): string | undefined
  /** Whether an option without a value was given. */
  has(flag: string): boolean
}

/** How a command is called was asked, or got wrong: `--help` is answered with success. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
  readonly asked: boolean

  constructor(message: string, asked = false) {
    super(message)
    this.asked = asked
  }
}

/** Throws UsageError for an option that the command does not know, one without its value, one that comes twice, and for `--help`. */
export function readArguments(
  args: readonly string[],
  known: readonly string[],
  usage: string,
  flags: readonly string[] = [],
): Arguments {
  const options = new Map<string, string>()
  const given = new Set<string>()
  const rest: string[] = []
  for (let i = 0; i < args.length; i++) {
    const word = args[i]!
    if (word === '--help' || word === '-h') throw new UsageError(usage, true)
    const [, name, inline] = /^--([a-z-]+)(?:=(.*))?$/s.exec(word) ?? []
    if (name === undefined) {
      rest.push(word)
      continue
    }
    if (flags.includes(name) && inline === undefined) {
      given.add(name)
      continue
    }
    if (!known.includes(name)) throw new UsageError(`unknown option --${name}\n${usage}`)
    const value = inline ?? args[++i]
    if (value === undefined) throw new UsageError(`--${name} needs a value\n${usage}`)
    if (options.has(name)) throw new UsageError(`--${name} is given twice\n${usage}`)
    options.set(name, value)
  }
  return { rest, option: (name) => options.get(name), has: (flag) => given.has(flag) }
}

/** What an option counts, and the most of it that makes sense. */
export interface NumberRange {
  readonly of: string
  readonly most: number
}

/** Undefined where it is not given. Throws UsageError for what is no number in plain digits, or beyond the range. */
export function numberOption(given: Arguments, name: string, { of, most }: NumberRange): number | undefined {
  const text = given.option(name)
  if (text === undefined) return undefined
  const value = /^(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN
  if (value <= most) return value
  throw new UsageError(`--${name} takes a number of ${of}, 0 to ${most}: '${text}' is none`)
}
