/** A line that says how far something is: redrawn on a terminal, written now and then elsewhere. */
export interface Progress {
  /** `fraction` from 0 to 1 draws a bar, without one a mark moves. */
  update(text: string, fraction?: number): void
  /** Removes the line from a terminal. */
  end(): void
}

const BAR_WIDTH = 24
const SPINNER = '⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏'
/** A log is not to fill with progress: at most one line in this time. */
const PLAIN_INTERVAL_MS = 5000

export function progress(stream: NodeJS.WriteStream): Progress {
  return stream.isTTY ? drawn(stream) : written(stream)
}

function drawn(stream: NodeJS.WriteStream): Progress {
  let turn = 0
  return {
    update(text, fraction) {
      const mark = fraction === undefined ? SPINNER[turn++ % SPINNER.length]! : bar(fraction)
      stream.write(`\r\x1b[2K${mark} ${text}`.slice(0, Math.max(20, stream.columns ?? 80) + 5))
    },
    end: () => void stream.write('\r\x1b[2K'),
  }
}

function bar(fraction: number): string {
  const full = Math.round(Math.min(1, Math.max(0, fraction)) * BAR_WIDTH)
  return `${'█'.repeat(full)}${'░'.repeat(BAR_WIDTH - full)} ${String(Math.round(fraction * 100)).padStart(3)}%`
}

function written(stream: NodeJS.WriteStream): Progress {
  let last = Date.now()
  return {
    update(text, fraction) {
      if (Date.now() - last < PLAIN_INTERVAL_MS) return
      last = Date.now()
      stream.write(`${text}${fraction === undefined ? '' : ` (${Math.round(fraction * 100)}%)`}\n`)
    },
    end: () => undefined,
  }
}
