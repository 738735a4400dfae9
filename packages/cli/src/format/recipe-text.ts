import type { Recipe } from '@subbyte/quantize';

const schemeNames: { readonly [S in Recipe['weights']['scheme']]: string } = {
  uniform: '',
  apot: ' APoT',
  ternary: ' ternary',
};

/** `4-bit APoT weights, 8-bit activations`. */
export function recipeText({
  weights,
  activations,
}: Pick<Recipe, 'weights' | 'activations'>): string {
  const values = activations ? `${activations.bits}-bit activations` : 'float activations';
  const { scheme, bits } = weights;
  return `${bits}-bit${schemeNames[scheme]} weights, ${values}`;
}

const isBits = (value: unknown): value is number => Number.isInteger(value);

/** What `recipeText` needs of a recipe from a model's metadata; undefined for anything that is none. */
export function parseRecipe(
  json: string | undefined,
): Pick<Recipe, 'weights' | 'activations'> | undefined {
  try {
    const { weights, activations } = JSON.parse(json ?? 'null') as Partial<Recipe>;
    const scheme = weights?.scheme ?? 'uniform';
    if (!weights || !isBits(weights.bits) || !Object.hasOwn(schemeNames, scheme)) return undefined;
    if (activations && !isBits(activations.bits)) return undefined;
    return { weights: { ...weights, scheme }, activations };
  } catch {
    return undefined;
  }
}
