/** The words after a command: `--name value`, `--name=value`, and the rest in order. */
export interface Arguments {
  readonly rest: readonly string[]
  option(name: string): string | undefined
}

/** Throws for an option that the command does not know, or one without its value. */
export function readArguments(args: readonly string[], known: readonly string[]): Arguments {
  const options = new Map<string, string>()
  const rest: string[] = []
  for (let i = 0; i < args.length; i++) {
    const word = args[i]!
    const [, name, inline] = /^--([a-z-]+)(?:=(.*))?$/s.exec(word) ?? []
    if (name === undefined) {
      rest.push(word)
      continue
    }
    if (!known.includes(name)) throw new Error(`unknown option --${name}`)
    const value = inline ?? args[++i]
    if (value === undefined) throw new Error(`--${name} needs a value`)
    options.set(name, value)
  }
  return { rest, option: (name) => options.get(name) }
}
