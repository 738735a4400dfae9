import { type Html, html } from './html.ts';
import type { ReportData } from './types.ts';

/** How the model was made, and the command that makes it again. */
export function recipeSection({ recipe = [], command }: ReportData): Html {
  const facts = recipe.map(
    ({ label, value }) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`,
  );
  return html`<section aria-labelledby="recipe"><h2 id="recipe">Recipe</h2>${facts.length > 0 && html`<dl class="facts">${facts}</dl>`}${command && html`<div class="command"><pre tabindex="0"><code>${command}</code></pre><button type="button" class="copy" data-copy="${command}">Copy</button></div>`}</section>`;
}
