import { isJsonObject, type JsonObject } from '../core/json.ts'
import type { Answer, AnsweredTool, AnswerUsage, Ending } from './answer.ts'
import { tokensOf, words } from './answer.ts'
import type { Ask, AskedReasoning, AskedTool, Prefill } from './ask.ts'
import { fillerText, replyTo, thoughtsAbout } from './phrases.ts'
import type { Scenario } from './scenario.ts'
import { exampleOf, type Ingredients } from './schema-example.ts'

/** What an answer is made of, beside what was asked. */
export interface Stage {
  readonly scenario: Scenario
  /** Unlike any other answer's of this simulator; letters and digits only. */
  readonly id: string
  /** Milliseconds since 1970. */
  readonly at: number
}

/** The part of the input that the behaviour `cached` counts as cached. */
const CACHED_SHARE = 0.8

/** Answers a request: the same request in the same scenario gets the same words. */
export function answer(ask: Ask, { scenario, id, at }: Stage): Answer {
  const { style } = scenario
  const reasoningShown: AskedReasoning = style.think ? 'shown' : ask.reasoning
  const toolCalls = style.ending === null ? callsFor(ask, scenario) : []
  const thoughts = reasoningShown === 'none' ? '' : thoughtsAbout(ask.lastUserText)
  const reasoning = ask.maxTokens === null ? thoughts : thoughts.slice(0, Math.floor(ask.maxTokens / 2) * 4)
  const room = ask.maxTokens === null ? null : ask.maxTokens - tokensOf(reasoning.length)
  const { text, ending } = toolCalls.length > 0 ? TOOL_CALLS : ended(ask, scenario, room)
  const usage = style.noUsage ? null : usageOf(ask, { cached: style.cached, reasoning, text, toolCalls })
  return { id, model: scenario.base, at, reasoning, reasoningShown, text, space: style.space, toolCalls, ending, usage }
}

interface Ended {
  readonly text: string
  readonly ending: Ending
}

const TOOL_CALLS: Ended = { text: '', ending: { type: 'toolCalls' } }

function ended(ask: Ask, { style }: Scenario, room: number | null): Ended {
  if (style.ending === 'refused') return { text: "I'm sorry, but I can't help with that.", ending: { type: 'refused' } }
  const whole = continued(textFor(ask, style.words, style.echo), ask.prefill, style.repeats)
  if (style.ending !== null) return { text: firstHalf(whole), ending: { type: style.ending } }
  return stopped(whole, ask.stops, room)
}

/** What is left of an answer whose beginning is there already; one that begins otherwise comes whole behind it. */
function continued(whole: string, prefill: Prefill | null, repeats: number): string {
  if (prefill === null) return whole
  const { text, echoed } = prefill
  const rest = whole.startsWith(text) ? whole.slice(text.length) : whole
  if (echoed || repeats === Number.POSITIVE_INFINITY) return text + rest
  return (
    words(text, 'behind')
      .slice(words(text, 'behind').length - repeats)
      .join('') + rest
  )
}

/** Ends text at a stop sequence or at the most tokens allowed, whichever comes first. */
function stopped(whole: string, stops: readonly string[], room: number | null): Ended {
  const limit = room === null ? Number.POSITIVE_INFINITY : room * 4
  const hits = stops
    .map((sequence) => ({ sequence, at: whole.indexOf(sequence) }))
    .filter(({ sequence, at }) => sequence !== '' && at >= 0)
    .sort((a, b) => a.at - b.at)
  const [first] = hits
  if (first !== undefined && first.at <= limit) {
    return { text: whole.slice(0, first.at), ending: { type: 'stopSequence', sequence: first.sequence } }
  }
  if (whole.length > limit) return { text: whole.slice(0, limit), ending: { type: 'maxTokens' } }
  return { text: whole, ending: { type: 'complete' } }
}

function textFor(ask: Ask, wordCount: number | null, echo: boolean | null): string {
  if (wordCount !== null) return fillerText(wordCount)
  const reply = echo === true ? ask.lastUserText : replyTo(ask.lastUserText, ask.toolResults)
  if (ask.format.type === 'text' || echo === true) return reply
  if (ask.format.type === 'json') return JSON.stringify({ answer: reply })
  return JSON.stringify(exampleOf(ask.format.schema, ingredientsOf(ask.lastUserText)))
}

function firstHalf(text: string): string {
  return text.slice(0, Math.ceil(text.length / 2))
}

function callsFor(ask: Ask, { style }: Scenario): readonly AnsweredTool[] {
  return toolsToCall(ask, style.tool).map(({ name, schema }) => {
    const example = exampleOf({ type: 'object', ...schema }, ingredientsOf(ask.lastUserText))
    return { name, arguments: isJsonObject(example) ? example : ({} satisfies JsonObject) }
  })
}

/** Which tools the answer calls: what the choice demands, else those that the prompt names, unless they have answered. */
function toolsToCall(ask: Ask, always: boolean): readonly AskedTool[] {
  const { tools, choice } = ask
  if (choice.type === 'none') return []
  if (choice.type === 'tool') return tools.filter((tool) => tool.name === choice.name)
  const named = tools.filter((tool) => mentions(ask.lastUserText, tool.name))
  const wanted = named.length > 0 ? named : tools.slice(0, 1)
  if (choice.type === 'required') return wanted
  if (ask.toolResults.length > 0) return []
  return always ? wanted : named
}

/** Whether a prompt names a tool: `get_weather` also as "get weather". */
function mentions(prompt: string, tool: string): boolean {
  const spoken = (text: string) => text.toLowerCase().replaceAll(/[_-]/g, ' ')
  return spoken(prompt).includes(spoken(tool))
}

/** Names (words that start with a capital inside a sentence, or in quotes) and numbers of a prompt. */
function ingredientsOf(prompt: string): Ingredients {
  const quoted = [...prompt.matchAll(/["“”«»`]([^"“”«»`]{1,80})["“”«»`]/g)].map(([, text = '']) => text)
  const names = prompt.match(/(?<=[\p{L}\p{N},:;] )\p{Lu}[\p{L}'-]+(?: \p{Lu}[\p{L}'-]+)*/gu) ?? []
  const numbers = prompt.match(/-?\d+(?:\.\d+)?/g) ?? []
  return { words: [...quoted, ...names], numbers: numbers.map(Number) }
}

interface Said {
  readonly cached: boolean
  readonly reasoning: string
  readonly text: string
  readonly toolCalls: readonly AnsweredTool[]
}

function usageOf(ask: Ask, { cached, reasoning, text, toolCalls }: Said): AnswerUsage {
  const input = Math.max(tokensOf(ask.inputCharacters), 1)
  const thought = tokensOf(reasoning.length)
  const calls = toolCalls.reduce(
    (sum, call) => sum + tokensOf(call.name.length + JSON.stringify(call.arguments).length),
    0,
  )
  return {
    input,
    cached: cached ? Math.floor(input * CACHED_SHARE) : 0,
    output: thought + tokensOf(text.length) + calls,
    reasoning: thought,
  }
}
