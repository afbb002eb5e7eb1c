/** How a model is told to think. */
export type ThinkingControl =
  | { readonly by: 'none' }
  /** `thinkingBudget`, within a range; 0 turns thinking off where that is possible. */
  | { readonly by: 'budget'; readonly least: number; readonly most: number; readonly canBeOff: boolean }
  /** `thinkingLevel`; where MEDIUM or `minimal` is missing, a budget stands in or thinking can't be turned off. */
  | { readonly by: 'level'; readonly hasMedium: boolean; readonly hasMinimal: boolean }

/** What a family of models takes, where Google's models differ. */
export interface ModelTraits {
  readonly thinking: ThinkingControl
  /** Whether it thinks where nobody says anything of it. */
  readonly thinksUnasked: boolean
  /** Whether JSON can be asked for beside tools. */
  readonly jsonWithTools: boolean
  /** Whether files may be given by an https URL. */
  readonly fileUrls: boolean
  /** Whether each tool call that goes back must bear a thought signature. */
  readonly wantsSignatures: boolean
}

const GEMINI_2: ModelTraits = {
  thinking: { by: 'none' },
  thinksUnasked: false,
  jsonWithTools: false,
  fileUrls: false,
  wantsSignatures: false,
}
const gemini25 = (least: number, most: number, canBeOff: boolean): ModelTraits => ({
  ...GEMINI_2,
  thinking: { by: 'budget', least, most, canBeOff },
  thinksUnasked: true,
  fileUrls: true,
})
const gemini3 = (hasMedium: boolean, hasMinimal: boolean): ModelTraits => ({
  thinking: { by: 'level', hasMedium, hasMinimal },
  thinksUnasked: true,
  jsonWithTools: true,
  fileUrls: true,
  wantsSignatures: true,
})

/**
 * The first row that fits counts. Sources: Google's pages on thinking, thought signatures, structured outputs and file
 * input methods.
 */
const FAMILIES: readonly (readonly [RegExp, ModelTraits])[] = [
  [/gemini-(1|2\.0)|gemma|learnlm/, GEMINI_2],
  [/gemini-2\.5-pro/, gemini25(128, 32_768, false)],
  [/gemini-2\.5-flash-lite/, { ...gemini25(512, 24_576, true), thinksUnasked: false }],
  [/gemini-2\.5-flash-image/, { ...GEMINI_2, fileUrls: true }],
  [/gemini-2\.5/, gemini25(1, 24_576, true)],
  [/gemini-3-pro/, gemini3(false, false)],
  [/gemini-.*pro/, gemini3(true, false)],
]

/** What is known of a model by its name; one that is not known takes what the newest ones take. */
export function traitsOf(model: string): ModelTraits {
  return FAMILIES.find(([pattern]) => pattern.test(model))?.[1] ?? gemini3(true, true)
}
