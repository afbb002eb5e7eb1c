import { describe, expect, it } from 'vitest'
import type { Attempt } from '../../../src/core/attempt.ts'
import { FREE } from '../../../src/core/cost.ts'
import type { AttemptEnd } from '../../../src/pipeline/attempt/attempt-end.ts'
import { type Contender, contender, firstToSpeak } from '../../../src/pipeline/attempt/contender.ts'
import { insertByNumber } from '../../../src/pipeline/attempt/insert-by-number.ts'
import { queueOf } from '../../../src/pipeline/attempt/queue.ts'
import type { Seat } from '../../../src/pipeline/attempt/seat.ts'
import { CallAbort } from '../../../src/pipeline/call-abort.ts'
import type { CallEvent } from '../../../src/pipeline/call-event.ts'

const seat = (model: string): Seat => ({
  position: 0,
  ref: { provider: 'p', model },
  grant: { type: 'granted', key: null, noteLimits() {}, report() {} },
  ownLimit: null,
  continuation: null,
  inputTokens: 1,
})

function attempt(number: number): Attempt {
  return {
    number,
    provider: 'p',
    model: 'm',
    answeredModel: null,
    key: null,
    serviceTier: null,
    outcome: 'CANCELLED',
    failure: null,
    startedAt: 0,
    durationMs: 0,
    firstTokenMs: null,
    usage: null,
    cost: FREE,
  }
}

/** An attempt that says all this as soon as it is asked, then waits for its abort. */
async function* talking(
  { ref }: Seat,
  signal: AbortSignal,
  texts: readonly string[],
): AsyncGenerator<CallEvent, AttemptEnd> {
  yield { type: 'attemptStarted', number: 1, ...ref }
  for (const text of texts) yield { type: 'text', text }
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
  return { type: 'aborted', attempt: attempt(1), abort: signal.reason }
}

const started = async (texts: readonly string[], call = new AbortController()): Promise<Contender> => {
  const each = contender((asked, signal) => talking(asked, signal, texts), seat('m'), call.signal)
  await each.begin()
  return each
}

describe('one of two attempts that are under way at once', () => {
  it('is known by who speaks first, and loses nothing of what it says', async () => {
    const [silent, loud] = [await started([]), await started(['a', 'b'])]
    expect(await firstToSpeak(silent, loud)).toBe(loud)
    const rest = loud.rest()
    expect([await rest.next(), await rest.next()].map(({ value }) => value)).toMatchObject([
      { text: 'a' },
      { text: 'b' },
    ])
    const reason = new CallAbort('fasterAttempt')
    expect(await silent.stop(reason)).toMatchObject({ type: 'aborted', abort: reason })
  })

  it('keeps to itself what it said in the same moment, when it is stopped', async () => {
    const [a, b] = [await started(['a']), await started(['b', 'c'])]
    expect(await firstToSpeak(a, b)).toBe(a)
    expect(await b.stop(new CallAbort('fasterAttempt'))).toMatchObject({ type: 'aborted' })
  })

  it("ends with the call's own reason where the call ends", async () => {
    const call = new AbortController()
    const silent = await started([], call)
    const reason = new CallAbort('deadline')
    call.abort(reason)
    expect(await silent.stop(new CallAbort('fasterAttempt'))).toMatchObject({ abort: reason })
  })
})

describe('the candidates of a call', () => {
  const candidates = ['a', 'b', 'c'].map((model) => ({
    provider: 'p',
    model,
    reason: '',
    eligible: true,
    estimatedCost: null,
  }))
  const models = (queue: ReturnType<typeof queueOf>, from: number) =>
    queue
      .from(from)
      .filter(({ candidate }) => !queue.hadTurn(candidate))
      .map(({ candidate }) => candidate.model)

  it('come in their order, those that were outrun last, until they had another turn', () => {
    const queue = queueOf(candidates)
    queue.takesTurn(0)
    queue.takesTurn(1)
    expect(models(queue, 1)).toEqual(['c'])
    queue.givesTurnBack(0)
    expect(models(queue, 2)).toEqual(['c', 'a'])
    queue.takesTurn(0)
    expect(models(queue, 1)).toEqual(['c'])
  })
})

describe('attempts that end in another order than they began', () => {
  it('stand by their numbers', () => {
    const attempts: Attempt[] = []
    for (const number of [2, 1, 4, 3]) insertByNumber(attempts, attempt(number))
    expect(attempts.map(({ number }) => number)).toEqual([1, 2, 3, 4])
  })
})
