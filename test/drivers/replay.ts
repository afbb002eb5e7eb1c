import { isDeepStrictEqual } from 'node:util'
import type { Driver, DriverFinish, FinishReason, Upstream } from '../../src/core/driver.ts'
import { ProviderError, type ProviderErrorKind } from '../../src/core/provider-error.ts'
import { exceptionFor } from './exceptions.ts'
import { argumentsOf, bodyOf, type ExpectedUsage, type Recording } from './recordings.ts'
import type { ReplayServer } from './replay-server.ts'
import { type Folded, requestWith, runDriver } from './run-driver.ts'

/** How recordings of one API are replayed. */
export interface ReplaySubject {
  /** @param url the base URL of this recording's replay, without the path that the API's base URL usually has */
  makeDriver(recording: Recording, url: string): Driver
  /** The finish reasons that the recorded one may become; none where the recording tells nothing of it. */
  finishReasons(recording: Recording): readonly FinishReason[] | null
  /** As what the driver must fail where the exchange is no answer; null where it is one. */
  failure(recording: Recording): ProviderErrorKind | null
}

export interface ReplayResult {
  readonly recording: Recording
  /** What came out otherwise than expected; empty where all was as expected. */
  readonly mismatches: readonly string[]
}

const AT_ONCE = 16

/** Replays recordings, several at once, and says of each what came out wrong. */
export function replayAll(
  recordings: readonly Recording[],
  server: ReplayServer,
  subject: ReplaySubject,
): Promise<readonly ReplayResult[]> {
  return severalAtOnce(recordings, async (recording) => {
    const outcome = await replay(recording, server, subject, bodyOf(recording))
    const failure = subject.failure(recording)
    if (outcome instanceof Error) return failure !== null && kindOf(outcome) === failure ? [] : [String(outcome)]
    return failure === null ? mismatches(outcome, recording, subject) : [`an answer instead of ${failure}`]
  })
}

/**
 * Replays streams that end too early, once by their connection's end and once by its break. Each must be TRUNCATED, or
 * MALFORMED where nothing of the answer came, never an answer.
 */
export function replayCut(
  recordings: readonly Recording[],
  server: ReplayServer,
  subject: ReplaySubject,
): Promise<readonly ReplayResult[]> {
  return severalAtOnce(recordings, async (recording) => {
    const whole = bodyOf(recording)
    const wrong: string[] = []
    for (const [share, ending] of CUTS) {
      const body = whole.subarray(0, Math.floor(whole.length * share))
      const outcome = await replay(recording, server, subject, body, ending === 'break' ? body.length : undefined)
      const kind = outcome instanceof Error ? kindOf(outcome) : 'an answer'
      if (kind !== 'TRUNCATED') wrong.push(`cut at ${share} with its connection's ${ending}: ${kind}`)
    }
    return wrong
  })
}

/** Where streams are cut: early enough that no end can have come. */
const CUTS = [
  [0.5, 'end'],
  [0.37, 'break'],
] as const

async function severalAtOnce(
  recordings: readonly Recording[],
  task: (recording: Recording) => Promise<readonly string[]>,
): Promise<readonly ReplayResult[]> {
  const results: ReplayResult[] = []
  const queue = recordings.values()
  const worker = async () => {
    for (const recording of queue) results.push({ recording, mismatches: await task(recording) })
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
  return results
}

/** The answer that the driver made of a body, or the error that it threw. */
async function replay(
  recording: Recording,
  server: ReplayServer,
  subject: ReplaySubject,
  body: Buffer,
  breakAfter?: number,
): Promise<Folded | Error> {
  const { status, headers } = recording
  const replayed = server.serve({ status, headers, body, ...(breakAfter === undefined ? {} : { breakAfter }) })
  const upstream: Upstream = recording.streaming ? 'stream' : 'unary'
  const request = requestWith({ model: recording.requestedModel ?? 'model', upstream })
  try {
    return await runDriver(subject.makeDriver(recording, replayed.url), request)
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  } finally {
    replayed.forget()
  }
}

function kindOf(error: Error): string {
  return error instanceof ProviderError ? error.kind : String(error)
}

function mismatches(
  { text, reasoning, tools, finish }: Folded,
  recording: Recording,
  subject: ReplaySubject,
): readonly string[] {
  const { expected } = recording
  const reasons = subject.finishReasons(recording)
  return [
    ...differ('text', text, expected.text ?? ''),
    ...reasoningMismatches(reasoning, recording),
    ...differ(
      'tools',
      tools.map(plain),
      (expected.tools ?? []).map((tool) => plain({ name: tool.name, arguments: argumentsOf(tool) })),
    ),
    ...(reasons === null || reasons.includes(finish.reason) ? [] : differ('finish', finish.reason, reasons)),
    ...usageMismatches(finish.usage, expected.usage ?? null),
    ...(expected.model ? differ('model', finish.model, expected.model) : []),
  ]
}

function reasoningMismatches(reasoning: string, recording: Recording): readonly string[] {
  if (exceptionFor(recording)?.instead !== 'reasoning')
    return differ('reasoning', reasoning, recording.expected.reasoning ?? '')
  return reasoning === '' ? ['reasoning: none, where the body shows some'] : []
}

function plain({ name, arguments: args }: { readonly name: string; readonly arguments: unknown }): unknown {
  return { name, arguments: args }
}

/** The manifest leaves what a provider doesn't report as null: that says nothing. */
function usageMismatches(usage: DriverFinish['usage'], expected: ExpectedUsage | null): readonly string[] {
  if (expected === null || expected.input === null || expected.input === undefined) return []
  const compared = [
    ['input', usage?.inputTokens, expected.input],
    ['output', usage?.outputTokens, expected.output],
    ['cachedInput', usage?.cachedInputTokens, expected.cachedInput],
    ['cacheWrite', usage?.cacheWriteTokens, expected.cacheWrite],
    ['reasoning', usage?.reasoningTokens, expected.reasoning],
  ] as const
  return compared.flatMap(([name, is, should]) =>
    should === null || should === undefined ? [] : differ(`usage.${name}`, is, should),
  )
}

function differ(what: string, is: unknown, should: unknown): readonly string[] {
  return isDeepStrictEqual(is, should) ? [] : [`${what}: ${short(is)} instead of ${short(should)}`]
}

function short(value: unknown): string {
  const text = JSON.stringify(value) ?? 'undefined'
  return text.length > 200 ? `${text.slice(0, 200)}…` : text
}

/** Provider × (passed / total), as a table for people. */
export function scoreTable(results: readonly ReplayResult[]): string {
  const scores = new Map<string, { passed: number; total: number }>()
  for (const { recording, mismatches: wrong } of results) {
    const key = `${recording.provider} ${recording.api} ${recording.streaming ? 'stream' : 'unary'}`
    const score = scores.get(key) ?? { passed: 0, total: 0 }
    scores.set(key, { passed: score.passed + (wrong.length === 0 ? 1 : 0), total: score.total + 1 })
  }
  const rows = [...scores].sort(([a], [b]) => a.localeCompare(b))
  return rows.map(([key, { passed, total }]) => `${key.padEnd(52)} ${String(passed).padStart(4)} / ${total}`).join('\n')
}
