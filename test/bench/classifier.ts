import { estimateTokens } from '../../src/catalog/estimate-tokens.ts'
import type { Conversation } from '../../src/core/conversation.ts'
import { complexityOf } from '../../src/routing/classifier/complexity.ts'
import { quantile } from './measure.ts'

// What the complexity classifier costs, next to counting the characters of the same prompt, which every call pays.
const PROMPTS = {
  'a question': 'What is the capital of France?',
  'a megabyte of prose': 'If each of 13 dogs (a) is lazy, then prove it; '.repeat(20_000),
  'one long word': 'a'.repeat(1_000_000),
  'many spaces and lines': `${' '.repeat(1_000_000)}${'\n'.repeat(100_000)}`,
  'many brackets': '{;'.repeat(500_000),
  'many fences': '```\n'.repeat(100_000),
}

function asked(text: string): Conversation {
  return {
    messages: [{ role: 'user', parts: [{ type: 'text', text }] }],
    tools: [],
    toolChoice: null,
    output: { type: 'text' },
    sampling: { maxOutputTokens: null, temperature: null, topP: null, stop: [], seed: null },
    reasoning: null,
  }
}

function medianMs(task: () => unknown): number {
  const samples = Array.from({ length: 200 }, () => {
    const start = performance.now()
    task()
    return performance.now() - start
  })
  return quantile(samples, 0.5)
}

for (const [name, prompt] of Object.entries(PROMPTS)) {
  const conversation = asked(prompt)
  const [classified, counted] = [medianMs(() => complexityOf(conversation)), medianMs(() => estimateTokens(prompt))]
  const ratio = (classified / counted).toFixed(1)
  process.stdout.write(`${name.padEnd(24)} ${classified.toFixed(4)} ms   ${ratio} x counting its characters\n`)
}
