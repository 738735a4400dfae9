import type { Summary } from './summarize.ts';

const row = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`;

/** The page of results: one table for the defaults, one for other options. */
export function markdown(summaries: readonly Summary[]): string {
  const points = (value: number): string => value.toFixed(2);
  const eachOf = ({ each }: Summary): string => each.map(points).join(', ');
  const isUsual = ({ options }: Summary): boolean => Object.keys(options).length === 0;
  const usual = summaries.filter(isUsual).map((summary) => {
    const { setting, lost, seconds } = summary;
    const { nearest = '', brecq, qdrop = '' } = setting.others;
    const own = [setting.name, points(lost), eachOf(summary), points(setting.bar)];
    return row([...own, seconds.toFixed(0), nearest, brecq, qdrop]);
  });
  const other = summaries
    .filter(({ setting }) => summaries.some((one) => one.setting === setting && !isUsual(one)))
    .map((summary) => {
      const options = Object.entries(summary.options)
        .map(([name, value]) => `\`${name}\` ${value}`)
        .join(', ');
      const { setting, lost, seconds } = summary;
      const text = options || 'defaults';
      return row([setting.name, text, points(lost), eachOf(summary), seconds.toFixed(0)]);
    });
  return [
    '# What learned rounding loses',
    '',
    'Written by `npm run bench:brecq` from `brecq.json`: points of top-1 that ResNet-20 loses on all test pictures, in the mean and seed by seed, the',
    'most it should lose, and seconds of quantization. Behind them what others lose: nearest rounding, the code of the authors of BRECQ, QDrop made again.',
    '',
    row(['bits', 'lost', 'each', 'bar', 'seconds', 'nearest', 'BRECQ', 'QDrop']),
    row(['---', '---:', '---', '---:', '---:', '---:', '---:', '---:']),
    ...usual,
    ...(other.length === 0
      ? []
      : [
          '',
          '## Other options',
          '',
          row(['bits', 'options', 'lost', 'each', 'seconds']),
          row(['---', '---', '---:', '---', '---:']),
          ...other,
        ]),
    '',
  ].join('\n');
}
