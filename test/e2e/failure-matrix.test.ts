import { describe, expect, it } from 'vitest'
import { PROVIDER_ERROR_KINDS, type ProviderErrorKind } from '../../src/core/provider-error.ts'
import type { LogEntry } from '../../src/simulator/request-log.ts'
import type { Attempt, CallError, Completion, Event } from './answers.ts'
import { type Client, eventually } from './client.ts'
import { only } from './event-stream.ts'
import { FAILURES, type Row } from './failure-table.ts'
import { describeHouse, type House, leapingClock, newTag } from './harness.ts'
import { picodollars, sumOf } from './money.ts'
import { present } from './present.ts'
import { MODELS, PROVIDER_NAMES, type ProviderName, priced, provider, together } from './settings.ts'

const PROMPT = 'Why is the sky blue?'

/** Chance, always the same: a quarter of what a backoff may last at most. */
const CHANCE = 0.25
/** The first backoff: up to 400 ms. */
const BACKOFF_MS = 400 * CHANCE
/** What a log's times are rounded by, and how much later than it should a request may come on a busy machine. */
const ROUNDING_MS = 2
const SLACK_MS = 4_000

const TIMEOUT_MS = 20_000

type Phase = 'before' | 'after'
/** How the caller is answered; `whole`: also the provider is asked for an answer in one piece. */
type Delivery = 'stream' | 'unary' | 'whole'
const DELIVERIES = ['stream', 'unary', 'whole'] as const satisfies readonly Delivery[]

/** Two candidates for one call, the first with a fault. */
interface Pair {
  readonly tag: string
  readonly provider: string
  readonly first: string
  readonly second: string
}

interface Case {
  readonly kind: ProviderErrorKind
  readonly phase: Phase
  readonly name: ProviderName
  readonly fault: string
  readonly row: Row
  readonly pairs: Readonly<Record<Delivery, Pair>>
}

/** A key that was turned down is out for all models of its provider, so these have one each. */
function killsKey(kind: ProviderErrorKind): boolean {
  return kind === 'AUTHENTICATION' || kind === 'BILLING'
}

function isTimeout({ kind }: Case): boolean {
  return kind.endsWith('_TIMEOUT')
}

function casesOf(kind: ProviderErrorKind, phase: Phase): readonly Case[] {
  const cell: readonly Row[] | { readonly impossible: string } = FAILURES[kind][phase]
  if ('impossible' in cell) return []
  return cell.flatMap((row) =>
    row.faults.flatMap((fault) =>
      PROVIDER_NAMES.filter((name) => row.never?.[name] === undefined).map((name) => {
        const of = (delivery: Delivery) => pairOf(kind, name, fault, delivery)
        const pairs = { stream: of('stream'), unary: of('unary'), whole: of('whole') }
        return { kind: row.as?.[name] ?? kind, phase, name, fault, row, pairs }
      }),
    ),
  )
}

function pairOf(kind: ProviderErrorKind, name: ProviderName, fault: string, delivery: Delivery): Pair {
  const tag = newTag()
  const own = killsKey(kind) ? `${name}-${fault.slice(1)}-${delivery}` : name
  const other = name === 'anthropic' ? 'openai' : 'anthropic'
  const first = `${MODELS[name].replace(name, own)}${fault}+tag=${tag}`
  return { tag, provider: own, first, second: `${MODELS[other]}+tag=${tag}` }
}

const pairsOf = ({ pairs }: Case) => DELIVERIES.map((delivery) => pairs[delivery])

const CASES = PROVIDER_ERROR_KINDS.flatMap((kind) => [...casesOf(kind, 'before'), ...casesOf(kind, 'after')])

const DRIVERS = {
  openai: { driver: 'openai', api: 'responses' },
  'openai-chat': { driver: 'openai', api: 'chat' },
  anthropic: { driver: 'anthropic' },
  google: { driver: 'google' },
  compatible: { driver: 'openai-compatible' },
} as const

const config = (url: string) => configWith(url, 'stream')
const wholeConfig = (url: string) => configWith(url, 'unary')

const configWith = (url: string, upstream: 'stream' | 'unary') => ({
  defaults: { upstream },
  providers: together(
    CASES.filter(({ kind }) => killsKey(kind)).flatMap((each) =>
      pairsOf(each).map((pair) => provider(pair.provider, url, DRIVERS[each.name])),
    ),
  ),
  models: together(
    CASES.filter(({ phase }) => phase === 'after').flatMap((each) => pairsOf(each).map(({ first }) => priced(first))),
  ),
})

/** How a call ended, as its caller was told. */
type End = Completion | CallError

describe('the table of failures', () => {
  it('has a row, or a reason for none, for every kind before and after output', () => {
    for (const kind of PROVIDER_ERROR_KINDS) {
      for (const cell of [FAILURES[kind].before, FAILURES[kind].after]) {
        if ('impossible' in cell) expect(cell.impossible).toMatch(/\.$/)
        else expect(cell.length).toBeGreaterThan(0)
      }
    }
  })
})

describeHouse('a failure', { random: () => CHANCE, chunkDelayMs: 2, config }, (house) => {
  for (const name of PROVIDER_NAMES) {
    const cases = CASES.filter((each) => each.name === name && !isTimeout(each))
    it.concurrent.each(cases)(`of ${name}, $phase output: $kind by $fault`, async (each) => {
      const client = await oneClient(house())
      await Promise.all([checkStream(house(), client, each), checkUnary(house(), client, each, each.pairs.unary)])
    })
  }
})

describeHouse('a failure of an answer in one piece', { random: () => CHANCE, config: wholeConfig }, (house) => {
  // It has no first token to wait for, and nothing of it comes before the rest. One fault of each row will do.
  const cases = CASES.filter(({ row, fault }) => fault === row.faults[0]).filter(
    (each) => each.phase === 'before' && !isTimeout(each),
  )
  it.concurrent.each(cases)('of $name: $kind by $fault', async (each) => {
    const client = await oneClient(house())
    const kind = each.row.inOnePiece ?? each.kind
    await checkUnary(house(), client, { ...each, kind }, each.pairs.whole)
  })
})

const clock = leapingClock()

describeHouse('a silence', { random: () => CHANCE, clock, config }, (house) => {
  it.each(CASES.filter(isTimeout))('of $name, $phase output: $kind by $fault', async (each) => {
    const client = await oneClient(house())
    const checks = [checkStream(house(), client, each), checkUnary(house(), client, each, each.pairs.unary)]
    await Promise.all([each.pairs.stream, each.pairs.unary].map((pair) => silentAt(house(), pair, each.phase)))
    clock.leap(TIMEOUT_MS)
    await Promise.all(checks)
  })
})

/** How providers say for how long to wait, and for how long that is, by when the request came. */
const WAITS = [
  ['seconds', '+429-after=1x1', () => 1_000],
  ['milliseconds', '+429-after-ms=350x1', () => 350],
  // A date has no parts of a second.
  ['a date', '+429-date=2x1', (at: number) => Math.floor((at + 2_000) / 1_000) * 1_000 - at],
] as const

describeHouse('a wait that the provider names, where nobody else is free', { random: () => CHANCE }, (house) => {
  for (const name of PROVIDER_NAMES) {
    it.concurrent.each(WAITS)(`is kept exactly: ${name}, by %s`, async (_form, fault, waitMs) => {
      const client = await oneClient(house())
      const tag = newTag()
      const { attempts } = await client.answer({ model: `${MODELS[name]}${fault}+tag=${tag}`, prompt: PROMPT })
      expect(attempts).toMatchObject([{ errorKind: 'RATE_LIMITED', httpStatus: 429 }, { outcome: 'SUCCEEDED' }])
      const requests = await house().requestsOver(tag)
      expect(requests).toHaveLength(2)
      const [first, second] = [present(requests[0]), present(requests[1])]
      const wait = waitMs(Date.parse(first.time))
      const waited = millisecondsBetween(first, second)
      expect(waited).toBeGreaterThanOrEqual(wait - ROUNDING_MS)
      expect(waited).toBeLessThan(wait + SLACK_MS)
    })
  }
})

/** Until the first candidate has the request, and has sent what it will. */
function silentAt(house: House, { tag }: Pair, phase: Phase) {
  return eventually(async () => {
    const [request] = await house.requests(tag)
    return request?.chunks === (phase === 'before' ? 0 : 2) ? true : null
  })
}

function inputOf({ first, second }: Pair) {
  const routing = { fallbacks: [second], firstTokenTimeoutMs: TIMEOUT_MS, idleTimeoutMs: TIMEOUT_MS }
  return { model: first, prompt: PROMPT, routing }
}

async function checkUnary(house: House, client: Client, each: Case, pair: Pair): Promise<void> {
  const end = await client.complete(inputOf(pair))
  await checkEnd(client, each, pair, end)
  await checkRequests(house, each, pair)
}

async function checkStream(house: House, client: Client, each: Case): Promise<void> {
  const pair = each.pairs.stream
  const events = await (await client.stream(inputOf(pair))).all()
  const failures = only(events, 'AttemptFailed')
  const willContinue = each.row.leadsTo === 'next'
  expect(failures).toHaveLength(each.row.requests)
  for (const failure of failures) {
    expect(failure).toMatchObject({ outputVoided: each.phase === 'after', willContinue })
  }
  const sent = textOf(events.slice(0, present(failures[0]).seq))
  expect(sent === '').toBe(each.phase === 'before')
  const last = present(events.at(-1))
  const end = last.__typename === 'CompletionFinished' ? last.completion : errorIn(last)
  expect(failures.map(({ attempt }) => attempt)).toEqual(end.attempts?.slice(0, failures.length))
  if (isAnswer(end)) expect(textOf(events.slice(present(failures.at(-1)).seq))).toBe(end.text)
  await checkEnd(client, each, pair, end)
  await checkRequests(house, each, pair)
}

/** The caller's side: the answer or the error, its attempts and what they cost, and the call's row. */
async function checkEnd(client: Client, each: Case, pair: Pair, end: End): Promise<void> {
  const { row, kind, phase, name } = each
  const attempts = end.attempts ?? []
  const failed = attempts.slice(0, row.requests)
  expect(failed).toHaveLength(row.requests)
  for (const attempt of failed) checkFailed(each, attempt)
  const call = present(await client.call(end.callId))
  expect(call.attempts).toEqual(attempts)
  if (isAnswer(end)) {
    expect(row.leadsTo).toBe('next')
    const { text, usage } = end
    expect({ text, usage }).toEqual(await soundAnswer(client, pair.second))
    expect(attempts.slice(row.requests)).toMatchObject([{ outcome: 'SUCCEEDED' }])
    expect(attempts.map(({ number }) => number)).toEqual(attempts.map((_, index) => index + 1))
    expect(end.cost.wastedUsd).toBe(phase === 'before' ? '0' : failed[0]?.costUsd)
    if (phase === 'after') expect(sumOf(attempts.map(({ costUsd }) => costUsd))).toBe(picodollars(end.cost.totalUsd))
    expect(call).toMatchObject({ status: 'SUCCEEDED', cost: end.cost })
  } else {
    expect(end).toMatchObject({ __typename: row.leadsTo, retryable: false })
    expect(attempts).toHaveLength(row.requests)
    if (kind === 'CONTENT_REJECTED') expect(end.provider).toBe(name)
    expect(call).toMatchObject({ status: 'FAILED', cost: { totalUsd: '0' } })
  }
}

function isAnswer(end: End): end is Completion {
  return 'text' in end
}

function checkFailed(each: Case, attempt: Attempt): void {
  const outcome = isTimeout(each) ? 'TIMED_OUT' : 'FAILED'
  expect(attempt).toMatchObject({ outcome, errorKind: each.kind })
  if (each.phase === 'before') {
    expect(attempt).toMatchObject({ usage: null, costUsd: '0', firstTokenMs: null })
  } else {
    expect(attempt.usage).toMatchObject({ estimated: true })
    expect(picodollars(attempt.costUsd)).toBeGreaterThan(0n)
  }
}

/** The provider's side: how many requests came, when, and that no socket is left. */
async function checkRequests(house: House, { row, kind, pairs }: Case, { tag, first, second }: Pair): Promise<void> {
  const requests = await house.requestsOver(tag)
  const toFirst = requests.filter(({ model }) => first.endsWith(model))
  const toSecond = requests.filter(({ model }) => second.endsWith(model))
  expect([toFirst.length, toSecond.length]).toEqual([row.requests, row.leadsTo === 'next' ? 1 : 0])
  expect(requests).toEqual([...toFirst, ...toSecond])
  expect(new Set(requests.map(({ streaming }) => streaming))).toEqual(new Set([tag !== pairs.whole.tag]))
  const gaps = requests.slice(1).map((request, index) => millisecondsBetween(requests[index], request))
  for (const [index, gap] of gaps.entries()) {
    const isBackoff = row.wait === 'backoff' && index === 0
    expect(gap).toBeGreaterThanOrEqual((isBackoff ? BACKOFF_MS : 0) - ROUNDING_MS)
    expect(gap).toBeLessThan(BACKOFF_MS + SLACK_MS)
  }
  for (const request of toSecond) expect(request).toMatchObject({ clientClosedAfterMs: null })
  for (const { clientClosedAfterMs } of toFirst) {
    if (kind.endsWith('_TIMEOUT')) expect(clientClosedAfterMs).not.toBeNull()
  }
}

function millisecondsBetween(earlier: LogEntry | undefined, later: LogEntry): number {
  return Date.parse(later.time) - Date.parse(present(earlier).time)
}

const clients = new WeakMap<House, Promise<Client>>()

/** One for all tests of a house: none looks at what is not its own. */
function oneClient(house: House): Promise<Client> {
  const client = clients.get(house) ?? firstClient(house)
  clients.set(house, client)
  return client
}

/** A database that has just started takes its time for the first question, and many would ask theirs at once. */
async function firstClient(house: House): Promise<Client> {
  const client = await house.client()
  await client.post('{ calls(first: 1) { edges { cursor } } }')
  return client
}

type Answer = Pick<Completion, 'text' | 'usage'>

const sound = new Map<string, Promise<Answer>>()

/** What a model answers where nothing is wrong: the same words for the same prompt. */
function soundAnswer(client: Client, model: string): Promise<Answer> {
  const base = present(model.split('+')[0])
  const known =
    sound.get(base) ?? client.answer({ model: base, prompt: PROMPT }).then(({ text, usage }) => ({ text, usage }))
  sound.set(base, known)
  return known
}

function errorIn(event: Event): CallError {
  if (event.__typename === 'CompletionFailed') return event.error
  throw new Error(`The last event is ${event.__typename}`)
}

function textOf(events: readonly Event[]): string {
  return only(events, 'TextDelta')
    .map(({ text }) => text)
    .join('')
}
