import type { Bench, BenchResult, Contestant } from '../bench/bench-models.ts';
import { table } from './table.ts';
import { decibelText } from './units.ts';

const right = (title: string) => ({ title, align: 'right' as const });

/** Divisors of a result: the same model in an engine, or the first model in it. */
function ratioColumns({ results }: Bench): readonly {
  readonly title: string;
  readonly of: (result: BenchResult) => number | undefined;
}[] {
  const isBase = ({ model, engine }: Contestant): boolean =>
    results.some(({ ratios }) =>
      ratios.some((one) => one.model === model && one.engine === engine),
    );
  const bases = results.filter(isBase);
  const [first] = results;
  const models = new Set(results.map(({ model }) => model)).size;
  const isSingle = bases.length === 1 && models > 1;
  const ratio = ({ ratios }: BenchResult, model: string, engine: string): number | undefined =>
    ratios.find((one) => one.model === model && one.engine === engine)?.ratio;
  return [...new Set(bases.map(({ engine }) => engine))].flatMap((engine) => [
    ...(isSingle
      ? []
      : [{ title: `/ ${engine}`, of: (one: BenchResult) => ratio(one, one.model, engine) }]),
    ...(models > 1
      ? [
          {
            title: `/ ${engine}, ${first?.model}`,
            of: (one: BenchResult) => ratio(one, first?.model ?? '', engine),
          },
        ]
      : []),
  ]);
}

function layersText({ model, engine, layers = [] }: BenchResult, most: number): string {
  const total = layers.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  const slowest = [...layers].sort((a, b) => b.milliseconds - a.milliseconds).slice(0, most);
  const shown = slowest.length < layers.length ? `the slowest ${slowest.length} of ` : '';
  // Where everything is float there is nothing to explain.
  const isMixed =
    slowest.some(({ reason }) => reason) &&
    layers.some(({ kernel }) => kernel.startsWith('integer'));
  const rows = slowest.map(({ layer, kernel, milliseconds, reason }) => [
    ...[layer, kernel, milliseconds.toFixed(3), `${((100 * milliseconds) / total).toFixed(1)} %`],
    isMixed ? (reason ?? '') : '',
  ]);
  const columns = [
    ...[{ title: 'layer' }, { title: 'kernel' }, right('ms'), right('share')],
    ...(isMixed ? [{ title: 'why in float' }] : []),
  ];
  return `${model} in ${engine}: ${shown}${layers.length} steps, ${total.toFixed(2)} ms in the mean\n\n${table(columns, rows)}`;
}

/** Models by the ends of their paths, where those tell them apart. */
function withShortNames(bench: Bench): Bench {
  const paths = Object.keys(bench.inputs);
  const ends = paths.map((path) => path.split(/[\\/]/).at(-1) ?? path);
  if (new Set(ends).size < ends.length) return bench;
  const shorten = <Named extends Contestant>(one: Named): Named => ({
    ...one,
    model: ends[paths.indexOf(one.model)] ?? one.model,
  });
  return {
    ...bench,
    inputs: Object.fromEntries(Object.values(bench.inputs).map((fed, i) => [ends[i], fed])),
    results: bench.results.map((one) => ({ ...shorten(one), ratios: one.ratios.map(shorten) })),
  };
}

/** What a benchmark found, for a terminal; of `layers` layers at most. */
export function benchText(given: Bench, layers: number): string {
  const bench = withShortNames(given);
  const { results, rounds, threads, interrupted } = bench;
  const ratios = ratioColumns(bench);
  const hasSqnr = results.some(({ sqnr }) => sqnr !== undefined);
  const rows = results.map((result) => [
    ...[result.model, result.engine, result.median.toFixed(2), result.least.toFixed(2)],
    ...ratios.map(({ of }) => of(result)?.toFixed(3) ?? ''),
    result.sqnr === undefined ? '' : decibelText(result.sqnr),
  ]);
  const columns = [
    ...[{ title: 'model' }, { title: 'engine' }, right('median ms'), right('least')],
    ...ratios.map(({ title }) => right(title)),
    ...(hasSqnr ? [right('agreement')] : []),
  ];
  const shapes = Object.entries(bench.inputs).map(([model, inputs]) => [
    model,
    Object.entries(inputs).map(([name, shape]) => `${name} ${shape.join('x')}`),
  ]);
  const isSame = new Set(shapes.map(([, inputs]) => String(inputs))).size === 1;
  const fed = isSame
    ? `Input ${shapes[0]?.[1]}`
    : shapes.map(([model, inputs]) => `${model}: ${inputs}`).join('; ');
  const heading = [
    `${fed}. ${threads === 1 ? '1 thread' : `${threads} threads`}, ${rounds} rounds in turn${interrupted ? ' until interrupted' : ''}.`,
    'Ratios are medians of those within rounds: below 1 is faster.',
  ].join('\n');
  const profiles = results
    .filter((result) => result.layers && layers > 0)
    .map((result) => layersText(result, layers));
  return [heading, table(columns, rows), ...profiles].join('\n\n');
}
