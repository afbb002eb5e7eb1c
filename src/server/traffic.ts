import type { ServerResponse } from 'node:http'

/** Which requests are being answered. */
export interface Traffic {
  /** Counts a request until its response is sent or its client is gone. */
  enter(response: ServerResponse): void
  /** Resolves as soon as nothing is being answered, or when the time is over. */
  quiet(withinMs: number): Promise<void>
}

export function createTraffic(): Traffic {
  const running = new Set<ServerResponse>()
  let onQuiet: (() => void) | null = null
  return {
    enter(response) {
      running.add(response)
      response.once('close', () => {
        running.delete(response)
        if (running.size === 0) onQuiet?.()
      })
    },
    quiet: (withinMs) =>
      new Promise((resolve) => {
        if (running.size === 0) return resolve()
        const timer = setTimeout(resolve, withinMs)
        onQuiet = () => {
          clearTimeout(timer)
          resolve()
        }
      }),
  }
}
