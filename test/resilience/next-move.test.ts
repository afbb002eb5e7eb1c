import { describe, expect, it } from 'vitest'
import { ProviderError, type ProviderErrorDetails } from '../../src/core/provider-error.ts'
import { nextMove, type Situation } from '../../src/resilience/next-move.ts'

const half = () => 0.5

function situation(details: Omit<ProviderErrorDetails, 'message'>, differing: Partial<Situation> = {}): Situation {
  return {
    error: new ProviderError({ message: details.kind, ...details }),
    hadOutput: false,
    repairable: false,
    midStream: 'RESTART',
    onContentRejected: 'fail',
    attemptsOfModel: 1,
    attemptsOfCall: 1,
    retryAllowed: true,
    limits: { perModel: 2, perCall: 6 },
    modelFreeInMs: 0,
    following: { any: 2, free: 2, largerWindow: 0 },
    remainingMs: 60_000,
    ...differing,
  }
}

const NOBODY = { any: 0, free: 0, largerWindow: 0 }

describe('the next move after a failure', () => {
  it.each(['SERVER_ERROR', 'OVERLOADED', 'NETWORK'] as const)('%s: once more after backoff, then on', (kind) => {
    expect(nextMove(situation({ kind }), half)).toEqual({ type: 'again', waitMs: 200, key: 'any' })
    expect(nextMove(situation({ kind }, { attemptsOfModel: 2 }), half)).toMatchObject({ type: 'next', waitMs: 0 })
    expect(nextMove(situation({ kind }, { modelFreeInMs: 5_000 }), half)).toMatchObject({ type: 'next' })
    expect(nextMove(situation({ kind }, { retryAllowed: false }), half)).toMatchObject({ type: 'next' })
  })

  it('NETWORK where nobody takes the connection: on at once, since the same would take as long again', () => {
    const unreached = { kind: 'NETWORK', hopeless: true } as const
    expect(nextMove(situation(unreached), half)).toEqual({ type: 'next', waitMs: 0, among: 'any' })
    expect(nextMove(situation(unreached, { following: NOBODY }), half)).toEqual({ type: 'stop' })
  })

  it('an error inside a 200 is a broken stream: the same model is not asked again', () => {
    expect(nextMove(situation({ kind: 'OVERLOADED', httpStatus: 200 }), half)).toMatchObject({ type: 'next' })
  })

  it.each(['FIRST_TOKEN_TIMEOUT', 'IDLE_TIMEOUT', 'TRUNCATED', 'MALFORMED', 'NOT_FOUND'] as const)(
    '%s: on to the next candidate at once',
    (kind) => {
      expect(nextMove(situation({ kind }), half)).toEqual({ type: 'next', waitMs: 0, among: 'any' })
      expect(nextMove(situation({ kind }, { following: NOBODY }), half)).toEqual({ type: 'stop' })
    },
  )

  it('429 with a short Retry-After: another candidate if one is free, else exactly that wait', () => {
    const limited = { kind: 'RATE_LIMITED', retryAfterMs: 1_234 } as const
    const cooling = { modelFreeInMs: 1_234 }
    expect(nextMove(situation(limited, cooling), half)).toMatchObject({ type: 'next' })
    const alone = { ...cooling, following: NOBODY }
    expect(nextMove(situation(limited, alone), half)).toEqual({ type: 'again', waitMs: 1_234, key: 'any' })
    expect(nextMove(situation(limited, { ...alone, attemptsOfModel: 2 }), half)).toEqual({ type: 'stop' })
    expect(nextMove(situation(limited, { ...alone, remainingMs: 1_000 }), half)).toEqual({ type: 'stop' })
  })

  it('429 with another key free: the same model with that key at once', () => {
    expect(nextMove(situation({ kind: 'RATE_LIMITED', retryAfterMs: 60_000 }), half)).toEqual({
      type: 'again',
      waitMs: 0,
      key: 'another',
    })
    const tooManyRetries = situation({ kind: 'RATE_LIMITED', retryAfterMs: 60_000 }, { retryAllowed: false })
    expect(nextMove(tooManyRetries, half)).toMatchObject({ type: 'again', key: 'another' })
  })

  it('429 that names no wait at all is a retry like any other', () => {
    const now = { kind: 'RATE_LIMITED', retryAfterMs: 0 } as const
    expect(nextMove(situation(now), half)).toMatchObject({ type: 'next' })
    const alone = { following: NOBODY }
    expect(nextMove(situation(now, alone), half)).toEqual({ type: 'again', waitMs: 0, key: 'any' })
    expect(nextMove(situation(now, { ...alone, retryAllowed: false }), half)).toEqual({ type: 'stop' })
  })

  it('429 without or with a long Retry-After: on, with backoff before the last candidate', () => {
    const cooling = { modelFreeInMs: 1_000 }
    expect(nextMove(situation({ kind: 'RATE_LIMITED' }, cooling), half)).toEqual({
      type: 'next',
      waitMs: 0,
      among: 'any',
    })
    const onlyOne = { ...cooling, following: { any: 1, free: 1, largerWindow: 0 } }
    expect(nextMove(situation({ kind: 'RATE_LIMITED' }, onlyOne), half)).toEqual({
      type: 'next',
      waitMs: 200,
      among: 'any',
    })
    const alone = { ...cooling, following: NOBODY }
    expect(nextMove(situation({ kind: 'RATE_LIMITED', retryAfterMs: 20_000 }, alone), half)).toEqual({ type: 'stop' })
  })

  it('429 that can never succeed: no wait, no other key, only another candidate', () => {
    const hopeless = { kind: 'RATE_LIMITED', hopeless: true, retryAfterMs: 1_000 } as const
    expect(nextMove(situation(hopeless), half)).toMatchObject({ type: 'next', waitMs: 0 })
    expect(nextMove(situation(hopeless, { following: NOBODY }), half)).toEqual({ type: 'stop' })
  })

  it.each(['AUTHENTICATION', 'BILLING'] as const)('%s: the next key, else the next candidate', (kind) => {
    expect(nextMove(situation({ kind }, { attemptsOfModel: 0 }), half)).toMatchObject({ type: 'again', key: 'another' })
    expect(nextMove(situation({ kind }, { modelFreeInMs: 30_000 }), half)).toMatchObject({ type: 'next' })
    const usedUp = { attemptsOfModel: 0, attemptsOfCall: 6 }
    expect(nextMove(situation({ kind }, usedUp), half)).toMatchObject({ type: 'again', waitMs: 0 })
    expect(nextMove(situation({ kind }, { ...usedUp, modelFreeInMs: 30_000 }), half)).toEqual({ type: 'stop' })
  })

  it('a request that is too long goes to a known larger window only', () => {
    expect(nextMove(situation({ kind: 'CONTEXT_LENGTH' }), half)).toEqual({ type: 'stop' })
    const larger = { following: { any: 2, free: 2, largerWindow: 1 } }
    expect(nextMove(situation({ kind: 'CONTEXT_LENGTH' }, larger), half)).toMatchObject({ among: 'largerWindow' })
  })

  it('a refusal of the content is not shopped around unless the route says so', () => {
    expect(nextMove(situation({ kind: 'CONTENT_REJECTED' }), half)).toEqual({ type: 'stop' })
    const shopping = { onContentRejected: 'nextCandidate' } as const
    expect(nextMove(situation({ kind: 'CONTENT_REJECTED' }, shopping), half)).toMatchObject({ type: 'next' })
  })

  it('an invalid request ends the call', () => {
    expect(nextMove(situation({ kind: 'INVALID_REQUEST' }), half)).toEqual({ type: 'stop' })
  })

  it('after output the same model is never asked again, and FAIL ends the call', () => {
    const broken = { hadOutput: true }
    expect(nextMove(situation({ kind: 'NETWORK' }, broken), half)).toMatchObject({ type: 'next' })
    expect(nextMove(situation({ kind: 'NETWORK' }, { ...broken, midStream: 'FAIL' }), half)).toEqual({ type: 'stop' })
  })

  it('an answer in the wrong form: the same model once more, told what is wrong, then on', () => {
    const wrongForm = { hadOutput: true, repairable: true }
    expect(nextMove(situation({ kind: 'MALFORMED' }, wrongForm), half)).toMatchObject({ type: 'again', waitMs: 0 })
    expect(nextMove(situation({ kind: 'MALFORMED' }, { ...wrongForm, attemptsOfModel: 2 }), half)).toMatchObject({
      type: 'next',
    })
    expect(nextMove(situation({ kind: 'MALFORMED' }, { ...wrongForm, midStream: 'FAIL' }), half)).toEqual({
      type: 'stop',
    })
  })

  it('never makes more attempts than a call may', () => {
    expect(nextMove(situation({ kind: 'NETWORK' }, { attemptsOfCall: 6 }), half)).toEqual({ type: 'stop' })
  })
})
