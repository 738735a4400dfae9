import { expect, test } from 'vitest';
import { clock } from '../src/format/clock.ts';
import { layerNames } from '../src/format/layer-names.ts';
import { meanLossRatio, type TimedUnit, unitsText } from '../src/format/units-text.ts';
import { unitClock } from '../src/measure/unit-clock.ts';

const unit = (lossBefore: number, lossAfter: number, more: Partial<TimedUnit> = {}): TimedUnit => ({
  pass: 'joint',
  name: 'unit.0',
  layers: ['/layer1/layer1.0/conv1/Conv', '/layer1/layer1.0/conv2/Conv'],
  lossBefore,
  lossAfter,
  kept: lossAfter < lossBefore,
  flips: 30,
  weights: 400,
  updates: 1000,
  trainingLoss: 1,
  cache: 'float32',
  cacheBytes: 3_000_000,
  seconds: 1.25,
  ...more,
});

test('long names keep what tells layers apart', () => {
  expect(layerNames([])).toBe('');
  expect(layerNames(['conv1'])).toBe('conv1');
  expect(layerNames(['layer1.0.conv1', 'layer1.0.conv2'])).toBe('layer1.0.conv1, conv2');
  expect(layerNames(['a.x', 'a.y', 'b.z'])).toBe('a.x … b.z');
  expect(layerNames(['same', 'same'])).toBe('same, same');
  const long = layerNames(Array.from({ length: 3 }, (_, i) => `${'network/'.repeat(9)}conv${i}`));
  expect(long).toMatch(/^….*conv0 … conv2$/);
  for (const names of [['x'.repeat(99)], ['x'.repeat(99), 'y'.repeat(99)]]) {
    expect(layerNames(names).length).toBeLessThanOrEqual(36);
  }
});

test('the table tells losses, flips, time and what was not kept; the mean is of ratios', () => {
  const units = [unit(1, 0.25), unit(2, 2.5, { seconds: undefined, flips: 0 }), unit(4, 1)];
  expect(meanLossRatio(units)).toBeCloseTo(0.0625 ** (1 / 3), 10);
  const text = unitsText(units, 5e8);
  expect(text).toContain('caches at most 3.00 MB of 500 MB (--memory)');
  expect(text).toContain('samples of units kept: 3 as they are');
  expect(text).toContain('0.250');
  expect(text).toContain('7.5 %');
  expect(text).toContain('no: not better');
  expect(text).toContain('2 of 3 learned units kept; their losses are 0.397 of what they were');
  expect(unitsText([], 5e8)).toBe('');
});

test('minutes, seconds and hours', () => {
  expect([0, 59.6, 125, 3725, -3].map(clock)).toEqual(['0:00', '1:00', '2:05', '1:02:05', '0:00']);
});

test('time goes to units by their progress', () => {
  let time = 0;
  const units = unitClock(() => time);
  const tick = (seconds: number, pass: string, number: number, share: number): void => {
    time = 1000 * seconds;
    const rest = { units: 4, layers: [], iteration: 0, iterations: 120 };
    units.tick({ stage: 'reconstruct', unit: { ...rest, pass, unit: number }, share });
  };
  time = 10_000;
  units.tick({ stage: 'weights' });
  expect(units.secondsLeft()).toBeUndefined();
  // A checkpoint had the first unit: work begins at a fifth.
  tick(12, 'joint', 1, 0.2);
  expect(units.secondsLeft()).toBeUndefined();
  tick(17, 'joint', 1, 0.3);
  // A tenth of all the work took 5 seconds; seven more, of whatever pass.
  expect(units.secondsLeft()).toBeCloseTo(35, 10);
  tick(22, 'joint', 1, 0.4);
  tick(27, 'network', 0, 0.5);
  expect(units.secondsLeft()).toBeCloseTo(25, 10);
  tick(52, 'network', 0, 1);
  expect(units.secondsLeft()).toBe(0);
  time = 54_000;
  units.tick({ stage: 'measure' });
  expect(units.secondsOf('joint', 'unit.0')).toBeUndefined();
  expect(units.secondsOf('joint', 'unit.1')).toBe(12);
  expect(units.secondsOf('network', 'unit.0')).toBe(32);
});
