import { existsSync, readFileSync } from 'node:fs'
import type { Outcome } from './apgr.ts'

const FOLDER = new URL('../../../shared/router/', import.meta.url)

/** Of the nine models of the second file: those of 7 to 9 billion parameters that follow instructions, and the best two. */
const WEAK = ['mistral-7b-instruct-v0.3', 'qwen2.5-7b-instruct', 'gemma-2-9b-it', 'llama-3.1-8b-instruct']
const STRONG = ['llama-3.1-nemotron-51b-instruct', 'llama-3.3-nemotron-super-49b-v1']

export const SETS = ['mmlu', 'gsm8k', 'nine'] as const
export type SetName = (typeof SETS)[number]

export interface Question extends Outcome {
  readonly set: SetName
  readonly prompt: string
}

export const questionsAreHere = existsSync(new URL('two-model.jsonl', FOLDER))

export function readQuestions(): readonly Question[] {
  return [...readTwoModels(), ...readNineModels()]
}

interface TwoModels {
  readonly benchmark: 'mmlu' | 'gsm8k'
  readonly prompt: string
  readonly weak: boolean
  readonly strong: boolean
}

interface NineModels {
  readonly question: string
  readonly scores: Readonly<Record<string, number>>
}

function readTwoModels(): readonly Question[] {
  return lines('two-model.jsonl').map((line) => {
    const row: TwoModels = JSON.parse(line)
    return { set: row.benchmark, prompt: row.prompt, weak: Number(row.weak), strong: Number(row.strong) }
  })
}

function readNineModels(): readonly Question[] {
  return lines('nine-models.jsonl').map((line) => {
    const { question, scores }: NineModels = JSON.parse(line)
    const mean = (models: readonly string[]) =>
      models.reduce((sum, model) => sum + (scores[model] ?? 0), 0) / models.length
    return { set: 'nine', prompt: question, weak: mean(WEAK), strong: mean(STRONG) }
  })
}

function lines(file: string): readonly string[] {
  return readFileSync(new URL(file, FOLDER), 'utf8').trim().split('\n')
}
