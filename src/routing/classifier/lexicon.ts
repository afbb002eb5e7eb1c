/** Kinds of words that a feature counts, in lower case; a kind may hold phrases of two words. */
export const LEXICON = {
  logic: [
    'statement statements true false implies implied valid invalid argument arguments premise premises conclusion',
    'conclusions therefore fallacy fallacies contradiction contradicts negation necessarily assumption assumptions',
    'symbolize symbolization',
  ],
  negation: ['not except least never neither nor cannot incorrect without unless none dont doesnt isnt wont cant'],
  condition: ['if suppose assume assuming given let when unless until then whenever provided'],
  quantity: [
    'each every per twice half third percent total remaining left times double doubled altogether average all both rest',
  ],
  comparison: [
    'more less than greater fewer most best highest lowest compare compared comparison difference larger smaller older',
    'younger',
  ],
  code: [
    'def function functions return returns class classes import python javascript typescript java rust golang sql code',
    'algorithm algorithms list lists string strings array arrays integer integers program compile compiler runtime bug',
    'debug refactor regex api json endpoint database query queries schema thread threads async mutex deadlock kernel',
    'código função algoritmo programa fonction algorithme programme funktion algorithmus programm',
  ],
  math: [
    'integer integers equation equations polynomial polynomials matrix matrices vector vectors probability triangle',
    'triangles graph divisor divisors prime primes sum sums product group groups ring field fields angle angles radius',
    'modulo derivative integral digit digits perpendicular coordinates sequence root roots circle divisible remainder',
    'converges eigenvalue bijection finite infinite irrational',
  ],
  calculation: [
    'calculate compute determine solve evaluate optimize',
    'how_many how_much how_long how_far how_old find_the',
  ],
  judgement: ['wrong moral morally morality ethical ethics ought normative justified'],
  proof: [
    'prove proves proof proofs derive derivation theorem theorems lemma corollary rigorous rigorously counterexample',
    'show_that by_induction demuestra demostrar demonstre prouve prouver démontrer beweise beweis dimostra',
  ],
  work: [
    'implement implements refactor debug optimize architect design deploy migrate benchmark parse simulate',
    'write_a fix_this fix_the code_review implementa implementiere implémente',
  ],
  constraint: ['must exactly constraint constraints requirement requirements ensure at_least at_most only_if no_more'],
  steps: ['first second third finally step steps next afterwards step_by'],
} as const satisfies Readonly<Record<string, readonly string[]>>

export type WordKind = keyof typeof LEXICON

/** Scripts without spaces between words are searched for these as they stand. */
export const UNSPACED: readonly { readonly kind: WordKind; readonly pattern: RegExp }[] = [
  { kind: 'proof', pattern: /证明|證明|推导|証明|증명/g },
  { kind: 'code', pattern: /代码|程序|函数|算法|コード|関数|アルゴリズム|코드|함수|알고리즘/g },
]
