/** Which processes another has started. `ps` is asked only where there is no /proc: small images come without it. */
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'

export const childrenOf = (pid: number): number[] =>
  (existsSync('/proc/self/stat') ? fromProc() : fromPs())
    .filter(([, parent]) => parent === pid)
    .map(([child]) => child!)

/** Of a process and those that it has started; 0 where the system does not tell. */
export function residentMib(pid: number): number {
  const kib = [pid, ...childrenOf(pid)].map((one) => {
    try {
      return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${one}/status`, 'latin1'))?.[1] ?? 0)
    } catch {
      // It has ended meanwhile.
      return 0
    }
  })
  return kib.reduce((sum, one) => sum + one, 0) >> 10
}

function fromProc(): number[][] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  return pids.map((pid) => {
    try {
      // The name may hold anything, so what follows is looked for behind its last parenthesis: state, then parent.
      const [, parent] = readFileSync(`/proc/${pid}/stat`, 'latin1').replace(/^.*\)/s, '').trim().split(' ')
      return [Number(pid), Number(parent)]
    } catch {
      // It has ended meanwhile.
      return []
    }
  })
}

const fromPs = (): number[][] =>
  execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' })
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
