import { LEXICON, UNSPACED, type WordKind } from './lexicon.ts'

/** What is counted in a text, in one pass over its words. */
export interface TextFacts {
  readonly words: number
  readonly distinctWords: number
  readonly numbers: number
  readonly questions: number
  readonly listItems: number
  readonly codeLines: number
  readonly kinds: Readonly<Record<WordKind, number>>
}

const WORD = /[\p{L}\p{M}]+(?:['’]\p{L}+)?|\d+(?:[.,]\d+)*/gu
const DIGIT = /^\d/
const APOSTROPHE = /['’]/g
const LIST_ITEM = /^[ \t]*(?:\d{1,3}[.)]|[-*•])[ \t]+\S/gm
const FENCED = /```[\s\S]*?(?:```|$)/g
const CODE_LINE =
  /^(?:.*[{;][ \t]*|.*=>.*|[ \t]*[})].*|[ \t]*(?:def|const|let|var|import|from|return|class|public|#include)\b.*[=({:;"'].*)$/gm
const QUESTION = /[?？]/g

/**
 * The text to look at is cut to its start and its end: what is asked stands there, and the time that it takes to
 * classify must not grow with the prompt.
 */
const START = 3_000
const END = 1_500

/** Counts what the classifier's features are made of. Looks at 4,500 characters at most. */
export function textFactsOf(text: string): TextFacts {
  const looked = text.length <= START + END ? text : `${text.slice(0, START)}\n${text.slice(-END)}`
  const kinds = countKinds(looked)
  return {
    ...kinds,
    questions: count(looked, QUESTION),
    listItems: count(looked, LIST_ITEM),
    codeLines: codeLines(looked),
  }
}

type WordFacts = Pick<TextFacts, 'words' | 'distinctWords' | 'numbers' | 'kinds'>

function countKinds(text: string): WordFacts {
  const kinds = noKinds()
  const kindsOf = kindsByWord()
  const distinct = new Set<string>()
  let words = 0
  let numbers = 0
  let previous = ''
  for (const word of text.toLowerCase().match(WORD) ?? []) {
    words++
    distinct.add(word)
    if (DIGIT.test(word)) numbers++
    const plain = word.replace(APOSTROPHE, '')
    for (const kind of kindsOf.get(plain) ?? []) kinds[kind]++
    for (const kind of kindsOf.get(`${previous}_${plain}`) ?? []) kinds[kind]++
    previous = plain
  }
  for (const { kind, pattern } of UNSPACED) kinds[kind] += count(text, pattern)
  return { words, distinctWords: distinct.size, numbers, kinds }
}

function codeLines(text: string): number {
  const fenced = text.match(FENCED)?.join('').split('\n').length ?? 0
  return Math.max(fenced, count(text, CODE_LINE))
}

function count(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0
}

function noKinds(): Record<WordKind, number> {
  return {
    logic: 0,
    negation: 0,
    condition: 0,
    quantity: 0,
    comparison: 0,
    code: 0,
    math: 0,
    calculation: 0,
    judgement: 0,
    proof: 0,
    work: 0,
    constraint: 0,
    steps: 0,
  }
}

let memory: ReadonlyMap<string, readonly WordKind[]> | null = null

/** The lexicon turned round, made when it is first needed. */
function kindsByWord(): ReadonlyMap<string, readonly WordKind[]> {
  if (memory !== null) return memory
  const kinds = new Map<string, WordKind[]>()
  for (const kind of Object.keys(LEXICON).filter(isKind)) {
    for (const word of LEXICON[kind].flatMap((line) => line.split(' '))) {
      kinds.set(word, [...(kinds.get(word) ?? []), kind])
    }
  }
  memory = kinds
  return kinds
}

function isKind(key: string): key is WordKind {
  return key in LEXICON
}
