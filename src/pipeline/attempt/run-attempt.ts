import type { Attempt, AttemptFailure, AttemptOutcome } from '../../core/attempt.ts'
import type { Catalog } from '../../core/catalog.ts'
import type { Clock } from '../../core/clock.ts'
import type { DriverEvent, DriverFinish } from '../../core/driver.ts'
import { ProviderError } from '../../core/provider-error.ts'
import { type ModelRef, modelId } from '../../core/routing.ts'
import type { Logger } from '../../core/telemetry.ts'
import type { TokenUsage } from '../../core/usage.ts'
import { paceOf } from '../../resilience/pace.ts'
import type { Grant, GrantOutcome } from '../../resilience/upstreams.ts'
import { CallAbort } from '../call-abort.ts'
import type { Answered, CallEvent } from '../call-event.ts'
import type { AttemptCall } from '../call-kinds.ts'
import type { Handler } from '../step.ts'
import { attemptCost, countedUsage } from './attempt-cost.ts'
import type { AttemptEnd } from './attempt-end.ts'
import { Nonconforming } from './conform.ts'
import type { Unfinished } from './continuation.ts'
import { outcomeOf } from './outcome.ts'
import { type Progress, startProgress } from './progress.ts'

export interface AttemptParts {
  readonly catalog: Catalog
  readonly clock: Clock
  readonly logger: Logger
}

/** One attempt that may be made: its place in the call, and the right to ask. */
export interface Permit {
  readonly number: number
  readonly ref: ModelRef
  readonly grant: Grant
  readonly inputTokens: number
  /** What it goes on from; null where it begins at the beginning. */
  readonly unfinished: Unfinished | null
}

/** Makes one attempt: hands its content on as it comes and reports its end, once, to whoever granted it. */
export async function* runAttempt(
  parts: AttemptParts,
  permit: Permit,
  call: AttemptCall,
  next: Handler<AttemptCall, DriverEvent>,
): AsyncGenerator<CallEvent, AttemptEnd> {
  const { grant, ref, number } = permit
  const progress = startProgress(parts.clock, permit.unfinished)
  let outcome: GrantOutcome = { type: 'left' }
  try {
    yield { type: 'attemptStarted', number, provider: ref.provider, model: ref.model }
    for await (const event of next(call)) {
      if (event.type === 'start') grant.noteLimits(event.limits)
      else for (const shown of progress.came(event)) yield shown
    }
    for (const shown of progress.heldBack()) yield shown
    const answered = await answer(parts, permit, call, progress, progress.finish())
    outcome = { type: 'succeeded', ...paceOf(answered.attempt) }
    return { type: 'answered', answered }
  } catch (thrown) {
    const { reason } = call.signal
    if (reason instanceof CallAbort) {
      outcome = leftBecause(reason, progress)
      return await abortedEnd(parts, permit, call, progress, reason)
    }
    const error = asProviderError(thrown, ref, parts.logger)
    outcome = thrown instanceof Nonconforming ? { type: 'left' } : { type: 'failed', error }
    return await failedEnd(parts, permit, call, progress, error)
  } finally {
    grant.report(outcome)
  }
}

/** An attempt that another outran has shown how slow it is. */
function leftBecause({ by }: CallAbort, progress: Progress): GrantOutcome {
  const isOutrun = by === 'fasterAttempt' && progress.firstTokenMs() === null
  return isOutrun ? { type: 'outrun', afterMs: progress.elapsedMs() } : { type: 'left' }
}

async function answer(
  parts: AttemptParts,
  permit: Permit,
  call: AttemptCall,
  progress: Progress,
  finish: DriverFinish | null,
): Promise<Answered> {
  if (!finish) throw new ProviderError({ kind: 'TRUNCATED', message: 'The stream ended without an end mark' })
  const outcome = outcomeOf(call, progress.shown, permit.unfinished ? withoutState(finish) : finish)
  const usage = finish.usage ?? (await countedUsage(call.ask, permit.inputTokens, progress.output))
  return {
    type: 'answered',
    attempt: ended(parts, permit, progress, { outcome: 'SUCCEEDED', failure: null, usage }),
    outcome,
    wentOnFrom: permit.unfinished?.attempts ?? [],
  }
}

/** What a provider wants back of its own part of an answer would not fit the whole. */
function withoutState(finish: DriverFinish): DriverFinish {
  return { ...finish, providerState: null }
}

async function failedEnd(
  parts: AttemptParts,
  permit: Permit,
  call: AttemptCall,
  progress: Progress,
  error: ProviderError,
): Promise<AttemptEnd> {
  const timedOut = error.kind === 'FIRST_TOKEN_TIMEOUT' || error.kind === 'IDLE_TIMEOUT'
  const attempt = ended(parts, permit, progress, {
    outcome: timedOut ? 'TIMED_OUT' : 'FAILED',
    failure: { message: error.message, kind: error.kind, httpStatus: error.httpStatus },
    usage: progress.finish()?.usage ?? (await usageSoFar(call, permit, progress)),
  })
  const text = progress.output.text()
  const repair = error instanceof Nonconforming && text !== '' ? { answer: text, problem: error.message } : null
  return { type: 'failed', attempt, error, hadOutput: hadOutput(call, progress), shown: progress.shown, repair }
}

async function abortedEnd(
  parts: AttemptParts,
  permit: Permit,
  call: AttemptCall,
  progress: Progress,
  abort: CallAbort,
): Promise<AttemptEnd> {
  const attempt = ended(parts, permit, progress, {
    outcome: abort.by === 'deadline' ? 'TIMED_OUT' : 'CANCELLED',
    failure: { message: abort.message, kind: null, httpStatus: null },
    usage: await usageSoFar(call, permit, progress),
  })
  return { type: 'aborted', attempt, abort }
}

/** Vectors go out only when all are there, so that a failed request for some of them can be made again. */
function hadOutput({ ask }: AttemptCall, { output }: Progress): boolean {
  return ask.type === 'completion' && !output.isEmpty()
}

/** An attempt without a byte costs nothing; what had been sent is counted here. */
async function usageSoFar({ ask }: AttemptCall, permit: Permit, { output }: Progress): Promise<TokenUsage | null> {
  return output.isEmpty() ? null : await countedUsage(ask, permit.inputTokens, output)
}

interface Ending {
  readonly outcome: AttemptOutcome
  readonly failure: AttemptFailure | null
  readonly usage: TokenUsage | null
}

function ended({ catalog }: AttemptParts, permit: Permit, progress: Progress, ending: Ending): Attempt {
  const { ref, number, grant } = permit
  const { startedAt } = progress
  const finish = progress.finish()
  return {
    number,
    provider: ref.provider,
    model: ref.model,
    answeredModel: finish?.model ?? null,
    key: grant.key?.name ?? null,
    serviceTier: finish?.serviceTier ?? null,
    outcome: ending.outcome,
    failure: ending.failure,
    startedAt,
    durationMs: progress.elapsedMs(),
    firstTokenMs: progress.firstTokenMs(),
    usage: ending.usage,
    cost: attemptCost(catalog, ref, finish, ending.usage, startedAt),
  }
}

/** A driver throws nothing but ProviderErrors; one that does has a fault of its own, which must not cost the answer. */
function asProviderError(thrown: unknown, ref: ModelRef, logger: Logger): ProviderError {
  if (thrown instanceof ProviderError) return thrown
  logger.error({ err: thrown, model: modelId(ref) }, 'a driver failed in an unforeseen way')
  return new ProviderError({ kind: 'MALFORMED', message: 'The answer could not be read', cause: thrown })
}
