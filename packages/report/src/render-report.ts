import { distributionsSection } from './distributions-section.ts';
import { header } from './header.ts';
import { html, trusted } from './html.ts';
import { layersSection } from './layers-section.ts';
import { proofSection } from './proof-section.ts';
import { recipeSection } from './recipe-section.ts';
import { reconstructionSection } from './reconstruction-section.ts';
import { samplesSection } from './samples-section.ts';
import { script } from './script.ts';
import { style } from './style.ts';
import type { ReportData } from './types.ts';

/** The browser itself refuses everything that is not in the file. */
const policy =
  "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:";

/**
 * Renders one HTML file about a quantized model: no other file, no network, light, dark and on
 * paper. Parts whose data is absent are left out; every text is escaped.
 * @throws ReportError when a picture is not a `data:image` URL.
 */
export function renderReport(data: ReportData): string {
  const { model, proof, layers = [], units = [], samples = [], recipe = [], command } = data;
  const sections = [
    header(data),
    proof && proofSection(proof),
    samples.length > 0 && samplesSection(samples),
    layers.length > 0 && layersSection(layers),
    units.length > 0 && reconstructionSection(units),
    distributionsSection(layers),
    (recipe.length > 0 || command) && recipeSection(data),
  ];
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>${model} – quantization report</title>
<style>${trusted(style)}</style>
</head>
<body>
<main>${sections}</main>
<footer>Made by subbyte. Everything in this report is in this file.</footer>
<script>${trusted(script)}</script>
</body>
</html>
`;
  return page.toString();
}
