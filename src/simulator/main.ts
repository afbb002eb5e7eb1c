import { Command, InvalidArgumentError } from 'commander'
import { startSimulator } from './simulator.ts'

interface Flags {
  readonly host: string
  readonly port: number
  readonly chunkDelayMs: number
}

function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('It takes a whole number, zero or more.')
  return Number(text)
}

function readFlags(): Flags {
  return new Command('simulator')
    .description(
      "Speaks OpenAI's, Anthropic's and Gemini's wire formats on loopback, with scripted answers and faults.",
    )
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--port <number>', 'port to listen on; 0 takes any free one', wholeNumber, 4010)
    .option('--chunk-delay-ms <number>', 'milliseconds between two chunks of an answer', wholeNumber, 20)
    .parse()
    .opts<Flags>()
}

const simulator = await startSimulator(readFlags())
process.stdout.write(`Simulator on ${simulator.url}

  OpenAI      ${simulator.url}/openai/v1
  Anthropic   ${simulator.url}/anthropic
  Gemini      ${simulator.url}/google
  requests    ${simulator.url}/_log

Any key and any model name will do. Faults are chosen by model name, such as gpt-5-mini+503x1: see docs/simulator.md.
`)

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void simulator.close())
}
