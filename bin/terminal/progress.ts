/** A line that says how far something is: redrawn on a terminal, written now and then elsewhere. */
export interface Progress {
  /** `fraction` from 0 to 1 draws a bar, without one a block moves. */
  update(text: string, fraction?: number): void
  /** Removes the line from a terminal. */
  end(): void
}

const BAR_WIDTH = 24
const BLOCK_WIDTH = 6
/** A log is not to fill with progress: at most one line in this time. */
const PLAIN_INTERVAL_MS = 5000

export function progress(stream: NodeJS.WriteStream): Progress {
  return stream.isTTY ? drawn(stream) : written(stream)
}

function drawn(stream: NodeJS.WriteStream): Progress {
  let turn = 0
  return {
    update(text, fraction) {
      const line = `${fraction === undefined ? moving(turn++) : filled(fraction)} ${text}`
      stream.write(`\r\x1b[2K${line.slice(0, Math.max(20, stream.columns ?? 80) - 1)}`)
    },
    end: () => void stream.write('\r\x1b[2K'),
  }
}

function filled(fraction: number): string {
  const whole = Math.min(1, Math.max(0, fraction))
  const full = Math.round(whole * BAR_WIDTH)
  return `${'█'.repeat(full)}${'░'.repeat(BAR_WIDTH - full)} ${String(Math.floor(whole * 100)).padStart(3)}%`
}

/** A block that goes to and fro: how much there is to do is not known beforehand. */
function moving(turn: number): string {
  const room = BAR_WIDTH - BLOCK_WIDTH
  const place = turn % (2 * room)
  const before = place > room ? 2 * room - place : place
  return `${'░'.repeat(before)}${'█'.repeat(BLOCK_WIDTH)}${'░'.repeat(room - before)}`
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
