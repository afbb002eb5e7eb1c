import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Child, startChild } from './child.ts'
import { durationsMs, quantile, ratePerSecond } from './measure.ts'
import { direct, gateway, type Side } from './side.ts'

const { values: flags } = parseArgs({
  options: {
    seconds: { type: 'string', default: '5' },
    streams: { type: 'string', default: '1000' },
    profile: { type: 'boolean', default: false },
  },
})

const SECONDS = Number(flags.seconds)
const OPEN_STREAMS = Number(flags.streams)
const CONNECTIONS = 64
const CHUNKS = 200
const CHUNK_CHARACTERS = 16
const UNARY_MODEL = `gpt-5-mini+fast=1+size=64`
const STREAM_MODEL = `gpt-5-mini+fast=${CHUNKS}+size=${CHUNK_CHARACTERS}`
const SLOW_MODEL = 'gpt-5-mini+words=500+slow=1000'
const KEY = 'sy_bench_0123456789abcdefghij'
const PROVIDER = 'bench'

const say = (line = '') => process.stdout.write(`${line}\n`)

function times(value: number, base: number): string {
  return `${(value / base).toFixed(2)} x`
}

/** Processor time is what a busy machine distorts least. */
function cpuMeter(child: Child | undefined): (count: number, unit: string) => string {
  const before = child?.cpuMs() ?? 0
  return (count, unit) => {
    if (!child) return ''
    return `   ${(((child.cpuMs() - before) * 1000) / count).toFixed(1)} µs of CPU a ${unit}`
  }
}

/** Both sides in turn, each warmed up right before its sample: an idle server gives half its rate at first. */
async function unary(sides: readonly Side[], processes: ReadonlyMap<string, Child>): Promise<void> {
  say(`Unary, ${CONNECTIONS} connections, ${SECONDS} s each`)
  let base = 0
  for (const side of sides) {
    await ratePerSecond(side.unary, CONNECTIONS, SECONDS / 2)
    const cpu = cpuMeter(processes.get(side.name))
    const rate = await ratePerSecond(side.unary, CONNECTIONS, SECONDS)
    base ||= rate
    const used = cpu(rate * SECONDS, 'request')
    say(`  ${side.name.padEnd(12)} ${rate.toFixed(0).padStart(7)} req/s   ${times(rate, base)}${used}`)
  }
  say()
  say('Latency of one request at a time')
  for (const side of sides) {
    await durationsMs(side.unary, 200)
    const samples = await durationsMs(side.unary, 500)
    const [p50, p99] = [quantile(samples, 0.5), quantile(samples, 0.99)]
    say(`  ${side.name.padEnd(12)} p50 ${p50.toFixed(2).padStart(6)} ms   p99 ${p99.toFixed(2).padStart(6)} ms`)
  }
  say()
}

async function streams(sides: readonly Side[], processes: ReadonlyMap<string, Child>): Promise<void> {
  say(`${CONNECTIONS} streams of ${CHUNKS} chunks, ${SECONDS} s each`)
  let base = 0
  for (const side of sides) {
    const whole = await side.stream(STREAM_MODEL)
    const one = async () => {
      const length = await side.stream(STREAM_MODEL)
      if (length !== whole) throw new Error(`${side.name}: a stream has ${length} characters, another ${whole}`)
    }
    await ratePerSecond(one, CONNECTIONS, SECONDS / 2)
    const cpu = cpuMeter(processes.get(side.name))
    const rate = (await ratePerSecond(one, CONNECTIONS, SECONDS)) * CHUNKS
    base ||= rate
    const used = cpu(rate * SECONDS, 'chunk')
    say(`  ${side.name.padEnd(12)} ${rate.toFixed(0).padStart(7)} chunks/s   ${times(rate, base)}${used}`)
  }
  say()
}

async function memory(sides: readonly Side[], processes: ReadonlyMap<string, Child>): Promise<void> {
  say(`${OPEN_STREAMS} open streams, one word a second`)
  let base = 0
  for (const side of sides) {
    const process = processes.get(side.name)
    if (!process) continue
    await Promise.all(Array.from({ length: 200 }, () => side.unary()))
    const before = process.residentBytes()
    const open = Array.from({ length: OPEN_STREAMS }, () => side.stream(SLOW_MODEL).catch(() => 0))
    await new Promise((resolve) => setTimeout(resolve, 15_000))
    const perStream = (process.residentBytes() - before) / OPEN_STREAMS / 1024
    base ||= perStream
    say(`  ${side.name.padEnd(12)} ${perStream.toFixed(0).padStart(7)} KiB a stream   ${times(perStream, base)}`)
    await process.stop()
    await Promise.all(open)
  }
  say()
}

const scratch = mkdtempSync(join(tmpdir(), 'switchyard-bench-'))
const databaseUrl = process.env.DATABASE_URL
const simulator = await startChild({
  script: 'src/simulator/main.ts',
  args: ['--port', '0', '--chunk-delay-ms', '0'],
  url: /(http:\/\/\S+)/,
})

interface Bench {
  readonly sides: readonly Side[]
  /** The processes under measurement, by the name of their side. */
  readonly processes: ReadonlyMap<string, Child>
}

async function startBench(): Promise<Bench> {
  const relay = await startChild({ script: 'test/bench/relay.ts', args: [simulator.url], url: /Relay on (\S+)/ })
  const switchyard = await startChild({
    script: 'src/main.ts',
    nodeFlags: flags.profile ? ['--cpu-prof', '--cpu-prof-dir=.'] : [],
    env: {
      PORT: '0',
      LOG_LEVEL: 'warn',
      SWITCHYARD_CONFIG: 'test/bench/switchyard.config.ts',
      SWITCHYARD_DATA_DIR: scratch,
      SWITCHYARD_API_KEY: KEY,
      BENCH_KEY: 'bench',
      BENCH_UPSTREAM: simulator.url,
      ...(databaseUrl ? { DATABASE_URL: databaseUrl } : {}),
    },
    url: /GraphiQL\s+(http\S+)\/graphql/,
  })
  return {
    sides: [
      direct('direct', simulator.url, UNARY_MODEL),
      direct('relay', relay.url, UNARY_MODEL),
      gateway(switchyard.url, KEY, PROVIDER, UNARY_MODEL),
    ],
    processes: new Map([
      ['relay', relay],
      ['switchyard', switchyard],
    ]),
  }
}

say(`Node ${process.version}, ledger in ${databaseUrl ? 'Postgres' : 'embedded PGlite'}`)
say('direct: the simulator itself. relay: node:http passing bytes on. Ratios are to the first line.')
say()
try {
  // In processes that have done little else yet: memory that an earlier load left behind would be used again.
  const fresh = await startBench()
  await memory(fresh.sides, fresh.processes)
  const { sides, processes } = await startBench()
  await unary(sides, processes)
  await streams(sides, processes)
  await Promise.all([...processes.values()].map((child) => child.stop()))
} finally {
  await simulator.stop()
  rmSync(scratch, { recursive: true, force: true })
}
process.exit(0)
