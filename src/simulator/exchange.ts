import type { ServerResponse } from 'node:http'
import type { Clock } from '../core/clock.ts'
import { isJsonObject, type JsonValue } from '../core/json.ts'
import { type Answer, tokensOf } from './answer.ts'
import type { Ask } from './ask.ts'
import { createFastLanes, type FastLanes } from './fast-lane.ts'
import type { Fault, RefusalName } from './fault.ts'
import { welcomePage } from './html-pages.ts'
import { maskedKey, refusalOfKey } from './keys.ts'
import { problemWithLimit } from './output-limit.ts'
import { gone, pause, playBody, playStream, type Stage } from './play.ts'
import { createRequestLog, type LogEntry, type RequestLog } from './request-log.ts'
import { faultOf, parseScenario, type Scenario } from './scenario.ts'
import { answer } from './script.ts'
import { createStrikeCounts, type StrikeCounts } from './strike-counts.ts'
import type { Reading, Wire, WireRequest } from './wire.ts'

/** What all exchanges of a simulator share. */
export interface World {
  readonly clock: Clock
  readonly log: RequestLog
  readonly counts: StrikeCounts
  readonly lanes: FastLanes
  /** Between two content chunks, where a model's name says nothing else. */
  readonly chunkDelayMs: number
}

export function createWorld(clock: Clock, chunkDelayMs: number): World {
  return { clock, log: createRequestLog(), counts: createStrikeCounts(), lanes: createFastLanes(), chunkDelayMs }
}

/** A request to a provider's API that has arrived whole. */
export interface Arrival {
  readonly wire: Wire
  readonly response: ServerResponse
  /** Without the query. */
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: Readonly<Record<string, string>>
  /** The body parsed; undefined where it is no JSON. */
  readonly json: JsonValue | undefined
  readonly pathModel: WireRequest['path']
}

/** Answers one request to a provider's API as its model name asks. */
export async function exchange(world: World, arrival: Arrival): Promise<void> {
  const { wire, response, headers } = arrival
  const reading = read(arrival)
  const key = wire.keyOf(headers, arrival.query)
  const model = reading.type === 'ask' ? reading.ask.model : reading.model
  const parsed = parseScenario(model)
  const startedAt = world.clock.monotonic()
  const entry = world.log.add({
    time: new Date(world.clock.now()).toISOString(),
    wire: wire.name,
    path: arrival.path,
    model,
    streaming: reading.type === 'ask' && reading.ask.streaming,
    key: key === null ? null : maskedKey(key),
    body: parsed.type === 'scenario' && parsed.scenario.fast !== null ? null : (arrival.json ?? null),
    fault: null,
    status: null,
    chunks: 0,
    done: false,
    clientClosedAfterMs: null,
    durationMs: null,
  })
  const over = new AbortController()
  response.once('close', () => {
    const elapsed = world.clock.monotonic() - startedAt
    entry.done = true
    entry.durationMs = elapsed
    if (!response.writableFinished && entry.fault !== 'reset' && entry.fault !== 'hangup')
      entry.clientClosedAfterMs = elapsed
    // Only who was cut off is still waiting for something; an abort that nobody needs costs a stack trace.
    if (!response.writableFinished) over.abort()
  })
  const stage: Stage = { wire, response, entry, clock: world.clock, signal: over.signal }
  const refusal = refusalOfKey(key)
  if (refusal !== null) return refuse(stage, refusal, { amount: null, detail: null, key })
  if (reading.type === 'invalid') return refuse(stage, 'unreadable', { amount: null, detail: reading.detail, key })
  if (parsed.type === 'unknown') {
    const detail = `The simulator knows no behaviour '${parsed.behaviour}' (in the model name '${model}').`
    return refuse(stage, 'unreadable', { amount: null, detail, key })
  }
  const tooLong = problemWithLimit(wire.name, reading.ask, parsed.scenario.style.mostOutput)
  if (tooLong !== null) return refuse(stage, 'unreadable', { amount: null, detail: tooLong, key })
  await perform(world, stage, { ask: reading.ask, scenario: parsed.scenario, key })
}

function read({ wire, headers, json, pathModel }: Arrival): Reading {
  if (isJsonObject(json)) return wire.read({ headers, body: json, path: pathModel })
  return { type: 'invalid', model: pathModel?.model ?? '', detail: 'The request body is not a JSON object.' }
}

interface Performance {
  readonly ask: Ask
  readonly scenario: Scenario
  readonly key: string | null
}

async function perform(world: World, stage: Stage, performance: Performance): Promise<void> {
  const { ask, scenario, key } = performance
  const earlier = world.counts.next(`${stage.wire.name} ${ask.model}`)
  const fault = faultOf(scenario, earlier)
  stage.entry.fault = fault === null ? null : fault.type === 'refusal' ? fault.name : fault.type
  await pause(stage, scenario.pace.headersMs)
  switch (fault?.type) {
    case 'refusal':
      return refuse(stage, fault.name, { amount: fault.amount, detail: null, key })
    case 'silent':
      return gone(stage.signal)
    case 'hangup':
      stage.response.socket?.resetAndDestroy()
      return
    case 'html':
      return reply(stage, welcomePage())
    case 'empty':
      open(world, stage, ask)
      stage.response.end()
      return
    default:
      return speak(world, stage, performance, fault ?? null)
  }
}

async function speak(world: World, stage: Stage, { ask, scenario }: Performance, fault: Fault | null): Promise<void> {
  const { pace } = scenario
  const chunkMs = pace.chunkMs ?? (scenario.fast === null ? world.chunkDelayMs : 0)
  const timing = { firstTokenMs: pace.firstTokenMs, chunkMs }
  const script = () => answer(ask, { scenario, id: world.counts.id(), at: world.clock.now() })
  open(world, stage, ask)
  if (ask.streaming) {
    const frames =
      scenario.fast === null ? stage.wire.frames(script(), ask) : world.lanes.frames(stage.wire, ask, scenario)
    return playStream(stage, frames, timing, fault)
  }
  const body =
    scenario.fast === null ? bodyOf(stage.wire, ask, script(), fault) : world.lanes.body(stage.wire, ask, scenario)
  return playBody(stage, body, timing, fault)
}

function bodyOf(wire: Wire, ask: Ask, whole: Answer, fault: Fault | null): string {
  const endless = fault?.type === 'no-end' || fault?.type === 'done-only'
  return wire.body(endless ? { ...whole, ending: { type: 'missing' } } : whole, ask)
}

function open(world: World, { wire, response, entry }: Stage, ask: Ask): void {
  const at = world.clock.now()
  const headers = wire.headers({ requestId: requestId(entry), at, inputTokens: tokensOf(ask.inputCharacters) })
  entry.status = 200
  response.writeHead(200, {
    ...headers,
    'content-type': ask.streaming ? wire.streamType : 'application/json',
    ...(ask.streaming && { 'cache-control': 'no-cache' }),
  })
}

interface RefusalDetails {
  readonly amount: number | null
  readonly detail: string | null
  readonly key: string | null
}

function refuse(stage: Stage, name: RefusalName, { amount, detail, key }: RefusalDetails): void {
  const { wire, entry, clock } = stage
  entry.fault = name
  const context = {
    model: entry.model,
    amount,
    streaming: entry.streaming,
    at: clock.now(),
    requestId: requestId(entry),
    maskedKey: key === null ? '' : maskedKey(key),
    detail,
  }
  reply(stage, wire.refuse(name, context))
}

function reply({ response, entry }: Stage, whole: ReturnType<Wire['refuse']>): void {
  entry.status = whole.status
  response.writeHead(whole.status, { ...whole.headers, 'content-length': Buffer.byteLength(whole.body) })
  response.end(whole.body)
}

function requestId(entry: LogEntry): string {
  return `req_sim${String(entry.number).padStart(8, '0')}`
}
